"""What holds of every output: it is identical to itself, both ways are one, noise is noise and a change is a change."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, IDENTICAL
from tests.check.outputs import bundle, compared, error, shown, stream

VIEW = "application/vnd.jupyter.widget-view+json"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><g id="{}"><path d="M 0 {} L 9.5 2"/><text>{}</text></g></svg>'
WORDS = st.text("abc 01.:<>{}'\"\\$\r\b\x1b[m\n", max_size=24)
WORD = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3))
TYPES = (
    "text/plain",
    "text/html",
    "text/latex",
    "text/markdown",
    "application/javascript",
    "image/svg+xml",
    "image/png",
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys((*TYPES, "application/x-unknown"), WORDS),
        **dict.fromkeys(("application/json", "application/vnd.plotly.v1+json", VIEW), JSON),
    },
)
DRAWINGS = st.builds(SVG.format, WORD, st.integers(0, 9), WORD).map(lambda svg: bundle({"image/svg+xml": svg}))
ERRORS = st.builds(error, WORD, WORDS, WORDS, WORDS)
OUTPUT = st.builds(stream, WORDS, st.sampled_from(["stdout", "stderr"])) | ERRORS | DRAWINGS | DATA.map(bundle)
OUTPUTS = st.lists(OUTPUT, max_size=4)
CELL = st.sampled_from(["", "%%time\nwork()", "import threading"]).map(Context)


def verdicts(there: list[Any], here: list[Any], context: Context) -> list[str]:
    return sorted(found.verdict for found in compare_cell(there, here, context))


@given(OUTPUTS, CELL)
def test_any_outputs_are_identical_to_themselves(outputs: list[Any], context: Context) -> None:
    assert set(verdicts(outputs, copy.deepcopy(outputs), context)) <= {IDENTICAL}


@given(OUTPUTS, OUTPUTS, CELL)
def test_it_means_nothing_which_of_two_runs_came_first(one: list[Any], other: list[Any], context: Context) -> None:
    there, here = verdicts(one, other, context), verdicts(other, one, context)
    assert (DIFFERS in there) == (DIFFERS in here)
    assert len(one) != len(other) or there == here


@given(OUTPUT, OUTPUT, CELL)
def test_the_verdict_on_two_outputs_is_symmetric(one: Any, other: Any, context: Context) -> None:
    assert verdicts([one], [other], context) == verdicts([other], [one], context)


ADDRESS = st.integers(0x7F0000000000, 0x7FFFFFFFFFFF).map(hex)
NAME = st.from_regex(r"[a-z0-9_]{8}", fullmatch=True)
PLACE = st.sampled_from(["/home/ann", "/root", "/Users/bob", "/home/x.y"])
PACKAGES = st.sampled_from(["/usr/lib/python3/dist-packages", "/venv/lib/python3.12/site-packages"])
PIECES = {
    "address": ADDRESS.map("<A object at {}>".format),
    "temporary": NAME.map("/tmp/tmp{}/a.csv".format),
    "home": PLACE.map("{}/a.csv".format),
    "package": PACKAGES.map("{}/a/b.py".format),
    "cell": st.integers(1, 99999).map("/tmp/ipykernel_{}/123.py:1: Careful".format),
    "colour": st.sampled_from(["\x1b[31mred\x1b[0m", "red", "\x1b[1;32mred\x1b[m"]),
    "overwritten": st.sampled_from(["100 %", "\r 50 %\r100 %", "100 %\x1b[K"]),
    "blanks": st.sampled_from(["end", "end  ", "end\t", "end\r"]),
    "rounding": st.sampled_from(["0.30000000000000004", "0.3", "0.29999999999999999"]),
    "set": st.permutations(["'a'", "'b'", "3"]).map(lambda items: "{" + ", ".join(items) + "}"),
    "bar": st.tuples(st.integers(10, 59), st.integers(1, 99)).map(lambda t: "9/9 [00:{}<00:00, {}.5it/s]".format(*t)),
}
"""Pieces of text of which any two of one kind mean the same."""


@given(st.lists(st.sampled_from(sorted(PIECES)), min_size=1, max_size=5), WORD, st.data())
def test_a_noise_change_never_differs_and_hides_no_changed_word(
    kinds: list[str], word: str, data: st.DataObject
) -> None:
    one, other = ("\n".join([*(data.draw(PIECES[kind]) for kind in kinds), ""]) for _ in range(2))
    for there, here in ((one, other), (other, one)):
        assert compared(there, here).verdict != DIFFERS
        assert compared(there + word, here + word + "x").verdict == DIFFERS


DECIMAL = st.from_regex(r"[1-9][0-9]{0,4}\.[0-9]{1,6}", fullmatch=True)


@given(DECIMAL | st.from_regex(r"[1-9][0-9]{0,12}", fullmatch=True), st.data())
def test_a_changed_digit_in_a_significant_place_always_differs(number: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, character in enumerate(number[:9]) if character.isdigit()]))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {number[at]})))
    changed = number[:at] + digit + number[at + 1 :]
    for text in ("{}", "acc = {} kg", "[1.5, {}, ...]", "({}+2j)", "{{'a', {}}}", "-{}e-05"):
        for mime in ("text_plain", "text_latex", "text_html"):
            pair = [shown(**{mime: text.format(n)}) for n in (number, changed)]
            assert compared(*pair).verdict == DIFFERS
        assert compared(text.format(number), text.format(changed)).verdict == DIFFERS
        assert compared(*(error("E", text.format(n)) for n in (number, changed))).verdict == DIFFERS


@given(WORD, WORD, st.sampled_from(TYPES[:5]))
def test_a_changed_word_differs_in_text_of_every_type(one: str, other: str, mime: str) -> None:
    pair = [bundle({mime: f"the {word} of it"}) for word in (one, other)]
    assert (compared(*pair).verdict == DIFFERS) == (one != other)


@given(WORD, st.floats(0, 900), st.floats(0.01, 9), WORD)
def test_what_is_drawn_counts_and_what_it_is_called_does_not(name: str, y: float, moved: float, label: str) -> None:
    def drawing(called: str, at: float, told: str) -> Any:
        return bundle({"image/svg+xml": SVG.format(called, f"{at:.6f}", told)})

    old = drawing("a", y, label)
    assert compared(old, drawing(name, y + 1e-6, label)).verdict != DIFFERS
    assert compared(old, drawing(name, y + moved, label)).verdict == DIFFERS
    assert compared(old, drawing(name, y, label + "x")).verdict == DIFFERS


@given(st.dictionaries(WORD, st.integers(2, 50), min_size=1), st.data())
def test_a_changed_trait_of_a_widget_always_differs(traits: dict[str, int], data: st.DataObject) -> None:
    def states(letter: str, state: dict[str, int]) -> dict[str, Any]:
        return {
            letter * 32: {"state": {"layout": f"IPY_MODEL_{letter * 31}0", **state}},
            f"{letter * 31}0": {"state": {}},
        }

    changed = {**traits, (key := data.draw(st.sampled_from(sorted(traits)))): traits[key] + 100}
    views = [bundle({VIEW: {"model_id": letter * 32}, "text/plain": "Box()"}) for letter in "ab"]
    same = Context(widgets=(states("a", traits), states("b", traits)))
    assert compared(*views, same).verdict != DIFFERS
    assert compared(*views, Context(widgets=(states("a", traits), states("b", changed)))).verdict == DIFFERS
