"""Cells that ask at their top not to be judged as others are, and displays that are about the session."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_prov.check import cell_verdicts
from jupyter_prov.check.checker import check
from jupyter_prov.check.magics_stripped import without_our_magics
from jupyter_prov.check.rerun_plan import Rerun
from jupyter_prov.fix.fix_loop import fix
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.report.model import REPRODUCED
from jupyter_prov.report.terminal import show
from tests.check.worked import CURRENT, Worked

STORY = {
    "volatile": "%%prov volatile it shows a moment\nimport time\nprint(time.time_ns())\ny = 2",
    "skipped": "%%prov skip\nprint(time.time_ns())\nz = 3",
    "called": "import jupyter_prov as prov\nprov.volatile('said at run time'); print(time.time_ns())",
    "last": "%prov param y={y}\nprint(y + z)",
}


BARE = (
    "import sys; sys.modules['jupyter_prov'] = None; from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)
"""A kernel that cannot have the kernel part."""


def verdicts(report: Any) -> dict[str, tuple[str, bool, str]]:
    return {cell.id: (cell.verdict, cell.volatile, cell.reason) for cell in report.cells}


def test_volatile_and_skipped_cells_never_fail_a_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    path = Worked(tmp_path / "work", **STORY).work(*STORY)
    report = check(path, CURRENT)
    assert report.verdict == REPRODUCED
    assert verdicts(report) == {
        "volatile": ("differs", True, "it shows a moment"),
        "skipped": ("skipped", False, ""),
        "called": ("differs", True, "said at run time"),
        "last": ("identical", False, ""),
    }
    assert report.to_json()["cells"][0]["reason"] == "it shows a moment"
    show(report, Console(width=200))
    assert "cell 1 differs (volatile, it shows a moment: it does not count)" in capsys.readouterr().out


def test_they_are_honoured_in_a_kernel_without_the_kernel_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = {name: STORY[name] for name in ("volatile", "skipped", "last")}
    story["shown"] = "if y:\n    %prov note it's there\n    print('shown')"
    path = Worked(tmp_path / "work", **story).work(*story)
    command = [sys.executable, "-c", BARE, "-f", "{connection_file}"]
    spec = tmp_path / "share" / "kernels" / "bare" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": command, "display_name": "bare", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    path.write_text(path.read_text().replace('"python3"', '"bare"'))
    report = check(path, CURRENT)
    assert any("was not recorded" in spot for spot in report.blind_spots)
    assert {name: verdict for name, (verdict, *_) in verdicts(report).items()} == {
        "volatile": "differs",
        "skipped": "skipped",
        "last": "identical",
        "shown": "identical",
    }


@pytest.mark.parametrize(
    ("source", "run"),
    [
        ("%%prov skip\nx", "# %%prov skip\nx"),
        ("%%prov volatile\n%%bash\ndate", "%%bash\ndate"),
        ("if x:\n  %prov note y\nz", "if x:\n  pass\nz"),
        ("%prov", "pass"),
        ("%prov seed 1\nx", "%prov seed 1\nx"),
        ("%provide x", "%provide x"),
        ("a %prov", "a %prov"),
    ],
)
def test_what_runs_where_the_magics_are_not_known(source: str, run: str) -> None:
    assert without_our_magics(source) == run


def test_displays_about_the_session_are_no_difference(tmp_path: Path) -> None:
    story = {
        "summary": "%prov",
        "panel": "%prov panel",
        "mixed": "%prov seed 1\nimport random\nprint(random.random())\n%prov random\n5",
        "saved": "%prov save x.json\n%prov order",
    }
    path = Worked(tmp_path / "work", **story).work("mixed", "summary", "panel", "saved", "mixed", typed={})
    report = check(path, CURRENT)
    assert {cell.verdict for cell in report.cells} <= {"identical", "equivalent"}
    assert [cell.id for cell in report.cells] == list(story)


def test_a_fix_breaks_no_such_cell(tmp_path: Path) -> None:
    story = {
        "volatile": "%%prov volatile a draw\nimport random\nprint(random.random())",
        "drawn": "%%time\nimport random\nprint(random.random())",
    }
    path = Worked(tmp_path / "work", **story).work(*story)
    fixed = fix(path, CURRENT)
    sources = {cell.id: cell.source for cell in fixed.draft.notebook.cells}
    assert fixed.trial is not None
    assert fixed.left == []
    assert sources["volatile"].startswith("%%prov volatile a draw\n")
    assert sources["volatile"].endswith("print(random.random())")


def test_the_source_alone_says_enough_and_a_tag_too() -> None:
    cells = [
        nbformat.v4.new_code_cell("%%prov volatile why\nx"),
        nbformat.v4.new_code_cell("x", metadata={"tags": ["prov-volatile"]}),
        nbformat.v4.new_code_cell("x"),
    ]
    result = Rerun(nbformat.v4.new_notebook(cells=cells), SessionLog(""))
    assert [cell_verdicts._volatile(cell, None, result) for cell in cells] == [(True, "why"), (True, ""), (False, "")]
    assert cell_verdicts.is_skipped(nbformat.v4.new_code_cell("%%prov skip\nx"))
