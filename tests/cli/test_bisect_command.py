"""`jupyter prov bisect` as a person calls it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.check.elsewhere import folder_of, holding, recorded_in
from tests.command import Command, interrupted

GUILTY, WRONG_USE, NO_ENVIRONMENT, INTERRUPTED = 1, 2, 3, 130


@pytest.fixture
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.mark.slow
@pytest.mark.usefixtures("own_cache")
def test_the_guilty_version_is_named_for_each_cell(prov: Command) -> None:
    recorded_in(
        holding(humanize="4.9.0"),
        prov.folder,
        import_="import humanize",
        shown="print(humanize.__version__)",
        pid="import os\nos.getpid()",
    )
    env = folder_of(holding(humanize="4.12.0"))
    said = prov("bisect", "made.ipynb", "--env", env, "--json", "report.json", code=GUILTY)
    lines = said.out.splitlines()
    assert lines[0].startswith("✗ made.ipynb: 2 cells differ in")
    assert "  cell 2: humanize 4.9.0 → 4.12.0" in lines
    assert any(line.startswith("  cell 3: unexplained: it differs in the recorded environment too") for line in lines)
    assert "; 3 runs, " in " ".join(said.out.split())
    report = json.loads((prov.folder / "report.json").read_text())
    assert report["schema"] == "jupyter-prov/bisect/1"
    change = {"distribution": "humanize", "recorded": "4.9.0", "given": "4.12.0"}
    assert report["changes"] == [change]
    assert [cell["guilty"] for cell in report["cells"]] == [[[change]], []]
    assert report["trials"] == [{"changes": ["humanize"], "differing": ["pid", "shown"]}]
    assert set(report) == set("schema notebook environment changes cells trials runs seconds notes".split())
    told = prov("bisect", "made.ipynb", "--env", env, "--json", "-", "--progress", "json", code=GUILTY)
    assert json.loads(told.out)["cells"][0] == report["cells"][0]
    steps = [json.loads(line)["phase"] for line in told.complaints]
    assert "run 3, with humanize 4.9.0 → 4.12.0" in steps
    assert prov.left() == []


def test_nothing_that_differs_is_said(recorded: Command) -> None:
    said = recorded("bisect", "analysis.ipynb", "--env", "current").out
    assert said.startswith("✓ analysis.ipynb: nothing differs in the current environment; 1 run, ")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("analysis.ipynb", "--env", "recorded"), WRONG_USE, "bisect sets the recorded environment against another"),
        (("analysis.ipynb", "--env", "nowhere"), WRONG_USE, "nowhere is no environment"),
        (("missing.ipynb", "--env", "current"), WRONG_USE, "There is no notebook missing.ipynb."),
        (("bare.ipynb", "--env", "current"), WRONG_USE, "bare.ipynb has no record beside it"),
        (("empty.ipynb", "--env", "current"), WRONG_USE, "empty.prov.json does not say which packages"),
        (("analysis.ipynb", "--env", "current", "--json", "no/such"), WRONG_USE, "The report cannot be written"),
        (("analysis.ipynb",), WRONG_USE, "required: --env"),
    ],
)
def test_wrong_use_gets_one_sentence(recorded: Command, arguments: tuple[str, ...], code: int, complaint: str) -> None:
    recorded.write("bare.ipynb", "1")
    recorded.write("empty.ipynb", "1")
    record = {"schema": "jupyter-prov/record/1", "notebook": "empty.ipynb", "cells": [], "sessions": []}
    (recorded.folder / "empty.prov.json").write_text(json.dumps(record))
    *_, said = recorded("bisect", *arguments, code=code).complaints
    assert complaint in said


def test_an_interrupted_bisection_leaves_nothing(prov: Command, tmp_path: Path) -> None:
    ready, again, temporary = tmp_path / "ready", tmp_path / "again", tmp_path / "temporary"
    temporary.mkdir()
    endless = f"    open({str(ready)!r}, 'w').close()\n    time.sleep(999)"
    prov.write("endless.ipynb", f"import os, time\nif os.path.exists({str(again)!r}):\n{endless}")
    prov("run", "endless.ipynb")
    again.touch()
    before = prov.files()
    prov.variables["TMPDIR"] = str(temporary)
    process = prov.start("bisect", "endless.ipynb", "--env", "current")
    done = interrupted(process, signal.SIGINT, ready)
    assert (done.code, done.out) == (INTERRUPTED, "")
    assert done.complaints == ["jupyter prov: interrupted; nothing was changed."]
    assert prov.files() == before
    assert prov.left() == []
    assert [path.name for path in temporary.iterdir() if path.name.startswith("jupyter-prov")] == []
