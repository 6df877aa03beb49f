"""Digests of outputs: the same for what means the same however it is kept, and different for what differs."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record.digests import DISPLAY, canonical, of_outputs, of_text

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


def stream(text: Any, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(data: dict[str, Any], kind: str = "display_data", **more: Any) -> dict[str, Any]:
    return {"output_type": kind, "data": data, "metadata": {}, **more}


@given(st.lists(TEXTS, min_size=1), st.lists(TEXTS))
def test_the_chunks_of_a_stream_make_no_difference(out: list[str], err: list[str]) -> None:
    chunks = [stream(text) for text in out] + [stream(text, "stderr") for text in err]
    whole = [stream("".join(out))] + ([stream("".join(err), "stderr")] if err else [])
    assert of_outputs(chunks) == of_outputs(whole)


@given(TEXTS)
def test_a_text_kept_line_by_line_on_disk_is_the_same_text(text: str) -> None:
    cell = nbformat.v4.new_code_cell(
        outputs=[
            nbformat.v4.new_output("stream", text=text),
            nbformat.v4.new_output("display_data", {"text/plain": text, "image/svg+xml": text}),
        ]
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    on_disk = nbformat.v4.nbjson.JSONWriter().writes(notebook)
    assert of_outputs(json.loads(on_disk)["cells"][0]["outputs"]) == of_outputs(cell.outputs)


@given(st.lists(TEXTS), st.lists(TEXTS))
def test_lists_in_json_data_are_values_of_their_own(one: list[str], other: list[str]) -> None:
    for mime in ("application/json", "application/vnd.vega.v5+json"):
        same = of_outputs([shown({mime: one})]) == of_outputs([shown({mime: other})])
        assert same == (one == other)


def test_prompts_transient_data_and_metadata_make_no_difference() -> None:
    plain = shown({"text/plain": "1"})
    assert of_outputs([shown({"text/plain": "1"}, "execute_result", execution_count=3)]) == of_outputs([plain])
    assert of_outputs([{**plain, "transient": {"display_id": "x"}}]) == of_outputs([plain])
    assert of_outputs([{**plain, "metadata": {"isolated": True}}]) == of_outputs([plain])


@pytest.mark.parametrize(
    "other",
    [
        [stream("b")],
        [stream("a", "stderr")],
        [stream("a"), stream("", "stderr")],
        [shown({"text/plain": "a"})],
        [{"output_type": "error", "ename": "a", "evalue": "", "traceback": []}],
        [],
    ],
    ids=str,
)
def test_what_differs_has_another_digest(other: list[dict[str, Any]]) -> None:
    assert of_outputs(other) != of_outputs([stream("a")])


def test_outputs_are_not_touched() -> None:
    outputs = [stream("a"), stream("b"), shown({"text/plain": ["a", "b"]}, "execute_result", execution_count=1)]
    before = repr(outputs)
    canonical(outputs)
    assert repr(outputs) == before


def test_lone_surrogates_have_digests_of_their_own() -> None:
    assert of_text("\ud800") != of_text("\udfff")


@pytest.mark.parametrize("source", ["%prov", "x = 1\n  %prov clock", "x = %prov order", "%prov save a.json\nx"])
def test_what_prov_shows_of_the_session_has_no_digest(source: str) -> None:
    assert of_outputs([{**shown({"text/plain": "1"}), "metadata": DISPLAY}, stream("a")], source) == of_outputs(
        [stream("a")]
    )


@pytest.mark.parametrize("source", ["", "show()", "# %prov", "print('%prov')", "%province", "prov"])
def test_the_mark_of_a_session_in_any_other_cell_means_nothing(source: str) -> None:
    assert of_outputs([{**shown({"text/plain": "1"}), "metadata": DISPLAY}], source) == of_outputs(
        [shown({"text/plain": "1"})]
    )
