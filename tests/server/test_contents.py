"""Records beside notebooks that no file manager keeps, and servers that record nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from memory import MemoryContents

from jupyter_prov.record import record_file


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    server = {"jpserver_extensions": {"jupyter_prov": True}, "allow_unauthenticated_access": False}
    return {"ServerApp": server, **getattr(request, "param", {})}


IN_MEMORY = {"ServerApp": {"jpserver_extensions": {"jupyter_prov": True}, "contents_manager_class": MemoryContents}}


@pytest.mark.filterwarnings("ignore:The synchronous ContentsManager:DeprecationWarning")
@pytest.mark.parametrize("jp_server_config", [IN_MEMORY], indirect=True)
async def test_notebooks_kept_in_no_file_are_recorded_renamed_and_checked(person: Any) -> None:
    contents = person.server.contents_manager
    cells = [nbformat.v4.new_code_cell("import random\nrandom.random()"), nbformat.v4.new_code_cell("2")]
    person.notebooks["a.ipynb"] = nbformat.v4.new_notebook(cells=cells)
    await person.save("a.ipynb")
    await person.start("a.ipynb")
    await person.run("a.ipynb", 0, 1)
    await person.save("a.ipynb")
    record = record_file.loads(contents.kept["a.prov.json"]["content"], "a.prov.json")
    assert [e.cell for e in record.sessions[0].executions] == [cell.id for cell in cells]
    await person.rename("a.ipynb", "b.ipynb")
    assert set(contents.kept) == {"b.ipynb", "b.prov.json"}

    job = await person.ask("jobs", "POST", {"path": "b.ipynb", "kind": "check"})
    await person.server.web_app.settings["jupyter_prov_jobs"].get(job["id"]).ended.wait()
    report = (await person.ask(f"jobs/{job['id']}"))["report"]
    assert [cell["verdict"] for cell in report["cells"]] == ["differs", "identical"]

    (cell,) = await person.ask(f"jobs/{job['id']}/accept", "POST", {"cells": [0]})
    record = record_file.loads(contents.kept["b.prov.json"]["content"], "b.prov.json")
    assert [bool(state.accepted) for state in record.cells] == [True, False]
    assert cell["id"] == cells[0].id


@pytest.mark.parametrize("jp_server_config", [{"Recorder": {"record": False}}], indirect=True)
async def test_a_server_can_be_told_to_record_nothing(person: Any, jp_root_dir: Path) -> None:
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert not (jp_root_dir / "a.prov.json").exists()
    assert (await person.live("a.ipynb"))["recording"]["state"] == "off"


async def test_a_kernel_can_be_told_to_record_nothing(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PROV", "0")
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert not person.has_record("a.ipynb")
    assert (await person.live("a.ipynb"))["recording"]["state"] == "off"


async def test_an_error_in_the_recorder_is_logged_and_does_not_fail_the_save(
    person: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = person.server.web_app.settings["jupyter_prov_recorder"]

    async def broken(*_: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(recorder.records, "write", broken)
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert json.loads((person.root / "a.ipynb").read_text())["cells"][0]["outputs"]
    assert "out of order" in caplog.text
