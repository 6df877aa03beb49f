"""Widgets: their state counts, their ids do not."""

from __future__ import annotations

import copy
from typing import Any

from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.outputs import bundle, compared

VIEW = "application/vnd.jupyter.widget-view+json"


def states(letter: str, **slider: Any) -> dict[str, Any]:
    box, inner, layout = letter * 32, f"{letter}1" * 16, f"{letter}2" * 16
    return {
        layout: {"state": {"width": "50%"}},
        box: {"state": {"_model_name": "BoxModel", "children": [f"IPY_MODEL_{inner}"]}},
        inner: {"state": {"value": 3, "layout": f"IPY_MODEL_{layout}", **slider}},
    }


def as_widgets(one: dict[str, Any], other: dict[str, Any], *text: str) -> OutputComparison:
    plain = text or ("Box()", "Box()")
    there, here = (
        bundle({VIEW: {"model_id": letter * 32, "version_major": 2}, "text/plain": shown})
        for letter, shown in zip("ab", plain, strict=True)
    )
    return compared(there, here, Context(widgets=(one, other)))


def test_ids_are_noise_where_the_state_is_the_same() -> None:
    found = as_widgets(states("a"), states("b"))
    assert (found.mime, found.verdict, found.noise) == (VIEW, EQUIVALENT, ["random-id"])


def test_another_state_of_a_model_that_is_referred_to_differs() -> None:
    found = as_widgets(states("a"), states("b", value=4))
    assert (found.verdict, found.summary) == (DIFFERS, "widget[1].value: 3 → 4")
    other = copy.deepcopy(states("b"))
    other["b2" * 16]["state"]["width"] = "60%"
    assert as_widgets(states("a"), other).summary == "widget[2].width: 50% → 60%"


def test_defaults_that_only_one_side_saved_are_noise_and_values_are_not() -> None:
    found = as_widgets(states("a"), states("b", disabled=False, _view_module="x"))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id", "widget-defaults"])
    assert as_widgets(states("a"), states("b", maximum=7)).verdict == DIFFERS


def test_without_states_on_both_sides_the_text_decides() -> None:
    found = as_widgets({}, states("b"))
    assert (found.mime, found.verdict, found.noise) == ("text/plain", EQUIVALENT, ["random-id"])
    found = as_widgets({}, states("b"), "IntSlider(value=3)", "IntSlider(value=4)")
    assert (found.mime, found.verdict) == ("text/plain", DIFFERS)


def test_models_that_refer_to_each_other_are_walked_once() -> None:
    def ring(letter: str) -> dict[str, Any]:
        return {letter * 32: {"state": {"children": [f"IPY_MODEL_{letter * 32}"]}}}

    assert as_widgets(ring("a"), ring("b")).verdict == EQUIVALENT


def test_a_view_is_identical_to_itself() -> None:
    view = bundle({VIEW: {"model_id": "a" * 32}})
    assert compared(view, view, Context(widgets=(states("a"), states("a")))).verdict == IDENTICAL
    assert compared(view, view).verdict == IDENTICAL


BAR = " 6/6 [00:00&lt;00:00,\u200787.06it/s]"


def test_the_times_of_a_bar_of_a_widget_are_noise_and_its_counts_are_not() -> None:
    def bar(letter: str, told: str) -> dict[str, Any]:
        return states(letter, value=told)

    found = as_widgets(bar("a", BAR), bar("b", " 6/6 [00:01&lt;00:00,\u2007 1.20s/it]"))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id", "progress"])
    assert as_widgets(bar("a", BAR), bar("b", BAR.replace("6/6", "5/6"))).verdict == DIFFERS
