"""Representations of one value, errors, and outputs that only one side has."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from rich.console import Console

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, CellReport, NotebookReport
from jupyter_prov.report.terminal import show
from tests.check.outputs import bundle, compared, error, png, shown, stream

FRAME = "Cell In[{}], line 2\n      1 x = 0\n----> 2 1 / x"


def test_the_richest_representation_decides_and_a_poorer_one_is_told() -> None:
    one, other = shown(text_html="<b>1</b>", text_plain="1"), shown(text_html="<b>1</b>", text_plain="2")
    found = compared(one, other)
    assert (found.mime, found.verdict, found.noise) == ("text/html", EQUIVALENT, ["representation"])
    assert found.summary == "text/plain differs: 1 → 2"
    assert compared(one, shown(text_html="<b>2</b>", text_plain="1")).verdict == DIFFERS


def test_the_report_shows_a_poorer_representation_that_differs() -> None:
    found = compared(shown(text_html="<b>1</b>", text_plain="one"), shown(text_html="<b>1</b>", text_plain="two"))
    environment = {"source": "current", "python": "3.12.0", "packages": 1, "missing": [], "changed": []}
    report = NotebookReport("a.ipynb", environment, [], [], [CellReport(0, "a", EQUIVALENT, [found])], [], 1, 1.0)
    console = Console(file=io.StringIO(), width=120)
    show(report, console)
    assert "      text/plain differs: one → two\n" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_plot_that_became_a_line_of_text_differs() -> None:
    plot = {"image/png": png(Image.new("RGB", (4, 4))), "text/plain": "<Figure size 4x4>"}
    found = compared(bundle(plot), shown(text_plain="<Figure size 4x4>"))
    assert (found.mime, found.verdict) == ("image/png", DIFFERS)
    assert found.summary == "image/png is only in the record"
    assert compared(shown(text_plain="<Figure size 4x4>"), bundle(plot)).summary == "image/png is only in the re-run"


def test_a_missing_poor_representation_is_told_and_means_nothing() -> None:
    found = compared(shown(text_html="<b>1</b>", text_plain="1"), shown(text_html="<b>1</b>"))
    assert (found.verdict, found.summary) == (EQUIVALENT, "text/plain is only in the record")


def test_representations_that_share_no_type_differ() -> None:
    assert compared(shown(text_latex="1"), shown(text_plain="1")).verdict == DIFFERS


def test_a_shown_result_and_a_displayed_one_mean_the_same() -> None:
    result = {**shown(text_plain="1"), "output_type": "execute_result", "execution_count": 7}
    assert compared(result, shown(text_plain="1")).verdict == IDENTICAL


def test_bytes_of_an_unknown_type_are_compared_as_they_are() -> None:
    assert (
        compared(bundle({"application/pdf": "JVBERi0="}), bundle({"application/pdf": "JVBERi0="})).verdict == IDENTICAL
    )
    assert compared(bundle({"application/pdf": "JVBERi0="}), bundle({"application/pdf": "JVBERi1="})).verdict == DIFFERS


def test_outputs_that_only_one_side_has_differ_and_are_shown() -> None:
    recorded = [shown(text_plain="1"), shown(text_plain="2")]
    told = compare_cell(recorded, recorded[:1], Context())
    assert [(one.verdict, one.summary) for one in told] == [(IDENTICAL, ""), (DIFFERS, "only in the record: 2")]
    told = compare_cell(recorded[:1], [*recorded, stream("late\n")], Context())
    assert [one.summary for one in told] == ["", "only in the re-run: 2", "only in the re-run: late"]


def test_an_error_in_the_place_of_a_value_is_shown() -> None:
    found = compared(shown(text_plain="1"), error("KeyError", "'x'"))
    assert (found.verdict, found.mime) == (DIFFERS, "error")
    assert found.summary == "a shown value → an error: KeyError: 'x'"


@pytest.mark.parametrize(
    ("other", "summary"),
    [
        (error("KeyError", "3"), "ValueError: 3 → KeyError: 3"),
        (error("ValueError", "4"), "ValueError: 3 → ValueError: 4"),
    ],
)
def test_another_error_differs(other: dict[str, object], summary: str) -> None:
    found = compared(error("ValueError", "3"), other)
    assert (found.verdict, found.summary) == (DIFFERS, summary)


def test_prompt_numbers_colours_and_addresses_in_a_traceback_are_noise() -> None:
    there = error("ValueError", "<A at 0x7f00deadbeef>", f"\x1b[0;31m{FRAME.format(3)}\x1b[0m")
    here = error("ValueError", "<A at 0x7f00deadbee0>", FRAME.format(12))
    found = compared(there, here)
    assert found.verdict == EQUIVALENT
    assert set(found.noise) == {"memory-address", "terminal", "layout"}
    assert compared(there, there).verdict == IDENTICAL


def test_a_library_that_moved_its_lines_is_noise_in_a_traceback() -> None:
    library = "File /env/lib/python3.11/site-packages/pandas/core.py:{}, in get(key)\n---> {} raise KeyError"
    there = error("KeyError", "3", "KeyError", FRAME.format(1), library.format(100, 100), "KeyError: 3")
    here = error("KeyError", "3", "KeyError", FRAME.format(1), library.format(250, 250), "KeyError: 3")
    found = compared(there, here)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["traceback"])


def test_an_error_that_comes_from_another_line_of_the_notebook_differs() -> None:
    there = error("KeyError", "3", "KeyError", "Cell In[1], line 1\n----> 1 a[3]\n", "KeyError: 3")
    here = error("KeyError", "3", "KeyError", "Cell In[1], line 1\n----> 1 b[3]\n", "KeyError: 3")
    assert compared(there, here).verdict == DIFFERS


def test_a_traceback_without_arrows_is_compared_as_text() -> None:
    there, here = error("Error", "e", "at f:1", "at g:2"), error("Error", "e", "at f:1", "at h:2")
    assert compared(there, there).verdict == IDENTICAL
    assert compared(there, here).verdict == DIFFERS


@pytest.mark.parametrize("mime", ["image/png", "text/html", "text/plain", "image/svg+xml", "application/pdf"])
@pytest.mark.parametrize("data", [None, 3, {"a": 1}, [1, 2], True])
def test_data_of_a_shape_that_its_type_does_not_have_are_compared_too(mime: str, data: object) -> None:
    assert compared(bundle({mime: data}), bundle({mime: data})).verdict == IDENTICAL
    assert compared(bundle({mime: data}), bundle({mime: "text"})).verdict == DIFFERS


def test_an_empty_display_is_identical_to_itself() -> None:
    assert compared(bundle({}), bundle({})).verdict == IDENTICAL
    assert compared(bundle({}), shown(text_plain="1")).verdict == DIFFERS
