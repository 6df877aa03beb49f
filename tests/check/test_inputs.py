"""Inputs: what counts as one, and as missing, in a fresh clone that lacks the files that git ignores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.check.checker import check
from jupyter_prov.check.input_status import compared_inputs
from jupyter_prov.check.stage import Stage
from jupyter_prov.record.model import Execution, Record, Session
from jupyter_prov.record.portable_paths import Place
from tests.check.worked import CURRENT, Worked


def session(*accesses: tuple[str, str, bool]) -> Session:
    """A session of one execution for each path, role, and whether it was there when it was written."""
    executions = []
    for number, (path, role, existed) in enumerate(accesses, 1):
        file: dict[str, Any] = {"path": path, "role": role, "digest": "1", **({"existed": True} if existed else {})}
        executions.append(Execution(number, f"c{number}", number, "", "", evidence={"data": {"files": [file]}}))
    return Session(1, "", executions=executions)


def compared(folder: Path, recorded: Session | None, again: Session, *differing: str) -> list[tuple[str, str]]:
    stage = Stage(folder, folder, Place.of_folder(folder))
    record = Record("a.ipynb", [], [recorded]) if recorded else None
    return [(one["path"], one["status"]) for one in compared_inputs(record, again, stage, differing)]


def test_an_output_that_was_overwritten_unread_is_missing_only_where_its_cell_differs(tmp_path: Path) -> None:
    both = session(("out.csv", "output", True), ("out.csv", "output", True))
    assert compared(tmp_path, both, both) == []
    assert compared(tmp_path, both, both, "c2") == []
    assert compared(tmp_path, both, both, "c1") == [("out.csv", "missing")]
    (tmp_path / "out.csv").touch()
    assert compared(tmp_path, both, both, "c1") == []


@pytest.mark.parametrize("recorded", [None, session()])
def test_what_the_re_run_made_before_it_read_it_is_not_new(tmp_path: Path, recorded: Session | None) -> None:
    again = session(("made.csv", "output", False), ("made.csv", "input", False), ("read.csv", "input", False))
    assert compared(tmp_path, recorded, again) == [("read.csv", "new")]


def test_a_cache_that_the_re_run_made_again_is_the_same_input(tmp_path: Path) -> None:
    recorded = session(("cache.csv", "input", False))
    again = session(("cache.csv", "output", False), ("cache.csv", "input", False))
    assert compared(tmp_path, recorded, again) == [("cache.csv", "same")]
    assert compared(tmp_path, recorded, session()) == [("cache.csv", "missing")]


def test_a_fresh_clone_without_ignored_outputs_lacks_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "out.csv").write_text("old")
    path = Worked(folder, write="open('out.csv', 'w').write('new')", read="print(open('out.csv').read())").work(
        "write", "read"
    )
    (folder / "out.csv").unlink()
    report = check(path, CURRENT)
    assert (report.verdict, report.inputs) == ("reproduced", [])
