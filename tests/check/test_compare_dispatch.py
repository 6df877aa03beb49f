"""Comparers of other packages, and which representation decides."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_prov.check.compare import compare_cell, dispatch, plugins
from jupyter_prov.check.compare.base import Context
from jupyter_prov.record.digests import DISPLAY
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL
from tests.check.outputs import bundle, compared, error, shown, stream

PLUGIN = """
from jupyter_prov.check.compare.base import Comparison

def compare(recorded, rerun, context):
    return Comparison("equivalent", ("case",)) if recorded.lower() == rerun.lower() else Comparison("differs", (), "!")

def broken(recorded, rerun, context):
    raise ValueError("not\\nwhat it expects")

def silent(recorded, rerun, context):
    return None
"""
POINTS = """
application/x-loud = loud_comparer:compare
application/x-broken = loud_comparer:broken
application/x-silent = loud_comparer:silent
application/x-absent = loud_comparer:absent
application/x-nowhere = no_such_module:compare
stream = loud_comparer:broken
error = loud_comparer:broken
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with an entry point, as an installer leaves it."""
    (tmp_path / "loud_comparer.py").write_text(PLUGIN)
    info = tmp_path / "loud-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[jupyter_prov.comparers]\n" + POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.points.cache_clear()
    yield
    plugins.points.cache_clear()
    sys.modules.pop("loud_comparer", None)


@pytest.mark.usefixtures("installed")
def test_a_comparer_of_another_package_is_found_by_its_mime_type() -> None:
    found = compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "a"}))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["case"])
    assert compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "b"})).summary == "!"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken", "failed: ValueError: not what it expects"),
        ("silent", "failed: TypeError: it gave None, which is no comparison"),
        ("absent", "failed: AttributeError: "),
        ("nowhere", "failed: ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_a_comparer_of_another_package_that_fails_gives_one_sentence_and_ours_decides(name: str, reason: str) -> None:
    context = Context()
    one, other = (bundle({f"application/x-{name}": text}) for text in "ab")
    assert compared(one, other, context).summary == "the data differ, of a type compared byte by byte"
    assert compared(one, one, context).verdict == IDENTICAL
    assert {reason in note for note in context.notes} == {True}
    assert len(dict.fromkeys(context.notes)) == 1
    assert context.notes[0].startswith("The comparer ")
    assert f" of loud for application/x-{name} " in context.notes[0]
    assert context.notes[0].endswith("; the built-in comparison was used.")


@pytest.mark.usefixtures("installed")
def test_streams_and_errors_fall_back_too() -> None:
    context = Context()
    assert compared("a 0.30000000000000004", "a 0.3", context).noise == ["number"]
    assert compared(error("E", "1"), error("E", "2"), context).summary == "E: 1 → E: 2"
    assert len(context.notes) == 2


def test_without_it_the_type_is_compared_byte_by_byte() -> None:
    assert compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "a"})).verdict == DIFFERS


def test_parameters_of_a_mime_type_mean_nothing() -> None:
    assert dispatch.comparer_of("text/html; charset=utf-8") is dispatch.comparer_of("text/html")


def test_a_representation_without_content_does_not_decide() -> None:
    def shown(script: str) -> dict[str, object]:
        return bundle({"application/vnd.bokehjs_exec.v0+json": "", "application/javascript": script})

    assert compared(shown("draw(1)"), shown("draw(1)")).verdict == IDENTICAL
    found = compared(shown("draw(1)"), shown("draw(2)"))
    assert (found.mime, found.verdict) == ("application/javascript", DIFFERS)


def marked(text: str) -> dict[str, object]:
    return {**shown(text_plain=text), "metadata": DISPLAY}


def test_what_prov_showed_of_another_session_is_told_as_noise() -> None:
    context = Context("%prov\nprint(1)")
    found = compare_cell([marked("a draw"), stream("1")], [stream("1"), marked("no draw")], context)
    assert [one.verdict for one in found] == [IDENTICAL, EQUIVALENT]
    assert found[1].noise == ["session-display"]
    assert [(one.recorded, one.rerun) for one in found[1].hidden] == [("a draw", "no draw")]
    (found_missing,) = compare_cell([marked("saved")], [], context)
    assert [(one.recorded, one.rerun) for one in found_missing.hidden] == [("saved", "nothing")]
    assert compare_cell([marked("a draw")], [marked("a draw")], context) == []
    assert [one.verdict for one in compare_cell([stream("1")], [stream("2")], context)] == [DIFFERS]


def test_a_forged_mark_hides_nothing_in_any_other_cell() -> None:
    for there, here in ([marked("1")], [marked("2")]), ([marked("1")], []), ([], [marked("1")]):
        (found,) = compare_cell(there, here, Context("show(metadata=mark)"))
        assert (found.verdict, found.noise) == (DIFFERS, [])
