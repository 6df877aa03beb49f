"""JSON: keys have no order, every leaf counts."""

from __future__ import annotations

import array
import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.outputs import bundle, compared

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def as_json(one: Any, other: Any, mime: str = "application/json") -> OutputComparison:
    return compared(bundle({mime: one}), bundle({mime: other}))


def test_the_order_of_keys_means_nothing() -> None:
    assert as_json({"a": 1, "b": 2}, {"b": 2, "a": 1}).verdict == IDENTICAL


@pytest.mark.parametrize(
    ("recorded", "rerun", "summary"),
    [
        ({"data": [{"y": [1, 2]}]}, {"data": [{"y": [1, 3]}]}, "$.data[0].y[1]: 2 → 3"),
        ({"a": 1}, {"a": 1, "b": 2}, "$: b is only in the re-run"),
        ({"a": 1}, {}, "$: a is only in the record"),
        ([1, 2, 3], [1, 2], "$: 3 → 2 elements"),
        ({"a": True}, {"a": 1}, "$.a: true → 1"),
        ({"a": None}, {"a": 0}, "$.a: null → 0"),
        ({"a": "1"}, {"a": 1}, '$.a: "1" → 1'),
        ({"a": [1]}, {"a": {"0": 1}}, "$.a: a list of 1 → an object of 1"),
        ({"a": "10:20"}, {"a": "10:90"}, "$.a: 10:20 → 10:90"),
        (["a", "b"], ["ab"], "$: 2 → 1 elements"),
    ],
)
def test_a_changed_leaf_is_named_by_its_path(recorded: Any, rerun: Any, summary: str) -> None:
    found = as_json(recorded, rerun)
    assert (found.verdict, found.summary) == (DIFFERS, summary)
    assert as_json(rerun, recorded).verdict == DIFFERS


def test_noise_in_a_string_is_noise() -> None:
    found = as_json({"r": "<A at 0x7f00deadbeef>"}, {"r": "<A at 0x7f00deadbee0>"})
    assert (found.verdict, found.noise) == (EQUIVALENT, ["memory-address"])


def test_json_stored_as_text_is_read() -> None:
    found = as_json('{"a": 1, "b": 2}', '{"b":2,"a":1}', "application/vnd.vegalite.v5+json")
    assert (found.verdict, found.noise) == (EQUIVALENT, ["layout"])
    assert as_json('{"a": 1}', '{"a": 2}').verdict == DIFFERS
    assert as_json("no json", "no json either").verdict == DIFFERS


def test_one_and_one_point_zero_are_one_number() -> None:
    assert as_json([1], [1.0]).verdict == EQUIVALENT
    assert as_json([float("nan")], [float("-nan")]).verdict == IDENTICAL


@given(JSON)
def test_json_is_identical_to_itself(value: Any) -> None:
    assert as_json(value, json.loads(json.dumps(value))).verdict == IDENTICAL


@given(JSON, JSON)
def test_the_verdict_on_json_is_symmetric(one: Any, other: Any) -> None:
    assert as_json(one, other).verdict == as_json(other, one).verdict


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys that holds a leaf."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    here = [(value, key) for key, inner in items if not isinstance(inner, dict | list)]
    return here + [place for _, inner in items if isinstance(inner, dict | list) for place in places(inner)]


@given(JSON.filter(lambda v: isinstance(v, dict | list) and places(v)), st.data())
def test_a_changed_leaf_always_differs(value: Any, data: st.DataObject) -> None:
    changed = copy.deepcopy(value)
    holder, key = data.draw(st.sampled_from(places(changed)))
    holder[key] = data.draw(st.from_regex(r"new [a-z]{3}", fullmatch=True).filter(lambda leaf: leaf != holder[key]))
    assert as_json(value, changed).verdict == DIFFERS


PLOTLY = "application/vnd.plotly.v1+json"
HEX = "0123456789abcdef0123456789abcde{}"


def test_numbers_are_compared_within_a_tolerance() -> None:
    found = as_json([0.1 + 0.2], [0.3])
    assert (found.verdict, found.noise) == (EQUIVALENT, ["number"])
    assert as_json([0.3], [0.301]).verdict == DIFFERS
    assert as_json([10**20], [10**20 + 1]).verdict == DIFFERS


def test_names_of_models_are_canonical_and_references_count() -> None:
    def figure(one: str, other: str, linked: str) -> dict[str, Any]:
        return {"data": [{"uid": one, "y": [1]}, {"uid": other, "y": [2]}], "link": {"ref": linked}}

    a, b = HEX.format(1), HEX.format(2)
    found = as_json(figure(a, b, a), figure(b, a, b), PLOTLY)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id"])
    assert as_json(figure(a, b, a), figure(b, a, a), PLOTLY).verdict == DIFFERS


def test_what_stands_under_random_keys_is_found_by_reference_or_content() -> None:
    def document(*names: str) -> dict[str, Any]:
        return {"models": {name: {"n": n} for n, name in enumerate(names)}, "root_id": names[1]}

    names = [HEX.format(n) for n in range(3)]
    one, other = document(*names), document(*names[::-1])
    assert as_json(one, other, "application/vnd.x+json").verdict == EQUIVALENT
    other["models"][names[0]]["n"] = 7
    assert as_json(one, other, "application/vnd.x+json").verdict == DIFFERS


def test_a_uuid_that_is_data_or_a_person_s_differs() -> None:
    one, other = HEX.format(1), HEX.format(2)
    assert as_json({"customers": [one]}, {"customers": [other]}, PLOTLY).verdict == DIFFERS
    beside = {"uid": HEX.format(3), "customers": [one]}, {"uid": HEX.format(4), "customers": [other]}
    assert as_json(*beside, PLOTLY).verdict == DIFFERS
    assert as_json({"id": one}, {"id": other}).verdict == DIFFERS


def test_packed_arrays_are_compared_by_their_numbers() -> None:
    def packed(*values: float) -> dict[str, Any]:
        data = base64.b64encode(array.array("d", values).tobytes()).decode()
        return {"y": {"dtype": "f8", "bdata": data}}

    assert as_json(packed(0.1 + 0.2, 1), packed(0.3, 1), PLOTLY).noise == ["number"]
    assert as_json(packed(1, 2), packed(1, 3), PLOTLY).summary == "$.y.numbers[1]: 2.0 → 3.0"


def test_deep_models_with_names_are_judged() -> None:
    def nested(name: str) -> dict[str, Any]:
        value: dict[str, Any] = {"id": name}
        for _ in range(20_000):
            value = {name: value}
        return value

    found = as_json(nested(HEX.format(1)), nested(HEX.format(2)), "application/vnd.x+json")
    assert found.verdict == EQUIVALENT


BOKEH = """(function(root) {{
  const docs_json = {{"{doc}": {{"roots": [{{"name": "Figure", "id": "{model}", "attributes": {{"x": {x}}}}}]}}}};
  const render_items = [{{"docid": "{doc}", "roots": {{"{model}": "{element}"}}, "root_ids": ["{root}"]}}];
}})(window);"""


def bokeh(number: int, x: float = 0.5, root: int | None = None) -> Any:
    names = {"doc": HEX.format(number), "element": HEX.format(number + 1), "model": f"p100{number}"}
    script = BOKEH.format(**names, x=x, root=f"p100{number if root is None else root}")
    return bundle({"application/javascript": script, "application/vnd.bokehjs_exec.v0+json": ""})


def test_the_names_that_bokeh_gives_to_documents_models_and_elements_are_noise() -> None:
    found = compared(bokeh(1), bokeh(4))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["random-id"])
    assert compared(bokeh(1), bokeh(4, x=0.6)).verdict == DIFFERS
    assert compared(bokeh(1), bokeh(4, root=7)).verdict == DIFFERS


def test_what_stands_under_a_random_key_is_a_name_too() -> None:
    def roots(model: int, element: int, shown: int) -> dict[str, Any]:
        return {"roots": {HEX.format(model): HEX.format(element)}, "shown": HEX.format(shown)}

    assert as_json(roots(1, 2, 2), roots(3, 4, 4), PLOTLY).noise == ["random-id"]
    assert as_json(roots(1, 2, 2), roots(3, 4, 3), PLOTLY).verdict == DIFFERS
