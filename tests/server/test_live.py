"""What the panel is told of a notebook's live session, and of the kernel that is not recorded."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
from memory import MemoryContents

from jupyter_prov.server import handlers, watched_inputs

WITHOUT = (
    "import sys; sys.modules['jupyter_prov'] = None; from ipykernel.kernelapp import launch_new_instance as go; go()"
)
"""A kernel in whose environment jupyter-prov is not installed."""


class ReadOnlyContents(MemoryContents):
    """Lets nobody save."""

    def get(self, path: str, *args: Any, **more: Any) -> Any:
        return {**super().get(path, *args, **more), "writable": False}


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    server = {"jpserver_extensions": {"jupyter_prov": True}, "allow_unauthenticated_access": False}
    more = getattr(request, "param", {})
    return {**more, "ServerApp": {**server, **more.get("ServerApp", {})}}


@pytest.fixture
def spec(jp_data_dir: Path) -> Any:
    """Adds a kernel to those that the server knows."""

    def add(name: str, argv: list[str], **more: str) -> None:
        folder = jp_data_dir / "kernels" / name
        folder.mkdir(parents=True)
        told = {"argv": argv, "display_name": name, "language": "python", **more}
        (folder / "kernel.json").write_text(json.dumps(told))

    return add


async def test_executions_are_told_in_order_with_their_marks(person: Any) -> None:
    notebook = await person.open("a.ipynb", "import random", "random.random()", "3", "x = 1", "x")
    await person.run("a.ipynb", 0, 2, 1, 1, 3, 4)
    notebook.cells[2].source = "4"
    del notebook.cells[3]
    live = await person.live("a.ipynb")
    assert (live["recorded"], live["writable"]) == (False, True)
    assert live["recording"] == {"state": "recording", "message": "Recording."}
    assert [(run["source"], run["marks"]) for run in live["executions"]] == [
        ("import random", []),
        ("3", ["edited"]),
        ("random.random()", ["out-of-order"]),
        ("random.random()", ["run-again", "out-of-order"]),
        ("x = 1", ["deleted", "used"]),
        ("x", []),
    ]
    assert live["session"]["number"] == 1


async def test_reasons_come_in_the_order_of_the_cells_and_fill_the_first_section(person: Any) -> None:
    notebook = await person.open("a.ipynb", "import random", "random.random()", "3", "x = 1", "x")
    await person.run("a.ipynb", 0, 1, 2, 3, 4)
    notebook.cells[2].source = "4"
    del notebook.cells[3]
    live = await person.live("a.ipynb")
    ids = [cell.id for cell in notebook.cells]
    assert live["reasons"] == [
        {"kind": "random", "cell": ids[1], "line": 1, "text": "Drew from random without a seed.", "mark": "unseeded",
         "fix": "fix", "weak": False},
        {"kind": "order", "cell": ids[2], "line": None, "text": "Edited since it ran.", "mark": "stale", "fix": "run",
         "weak": False},
        {"kind": "order", "cell": ids[3], "line": 1, "text": "Used 'x' from a cell that was deleted.",
         "mark": "out-of-order", "fix": "fix", "weak": False},
    ]  # fmt: skip
    order, random, clock = live["sections"][:3]
    assert (order["name"], [row["cell"] for row in order["rows"]]) == ("order", ids[2:])
    assert random["rows"][0]["level"] == "warning"
    assert clock["rows"] == []


async def test_a_client_that_tells_of_no_cells_hears_nothing_of_their_order(person: Any) -> None:
    await person.open("a.ipynb", "x = []", "x.append(1)")
    await person.run("a.ipynb", 0, 1, 1)
    assert [reason["kind"] for reason in (await person.live("a.ipynb"))["reasons"]] == ["order"]
    live = await person.ask("live", "POST", {"path": "a.ipynb"})
    assert live["reasons"] == []
    assert "order" not in [section["name"] for section in live["sections"]]


async def test_files_are_named_as_the_contents_api_opens_them(person: Any, tmp_path: Path) -> None:
    (person.root / "sub").mkdir()
    for name in ("sub/in.csv", "top.csv", ".hidden.csv"):
        (person.root / name).write_text(name)
    (tmp_path / "outside.csv").write_text("outside")
    names = ["in.csv", "../top.csv", "../.hidden.csv", str(tmp_path / "outside.csv")]
    await person.open("sub/a.ipynb", f"[open(name).read() for name in {names}]")
    await person.run("sub/a.ipynb", 0)
    live = await person.live("sub/a.ipynb")
    rows = next(section for section in live["sections"] if section["name"] == "data")["rows"]
    found = {row["text"].rpartition("/")[2].rpartition(" ")[2]: row["file"]["open"] for row in rows}
    assert found == {"in.csv": "sub/in.csv", "top.csv": "top.csv", ".hidden.csv": "", "outside.csv": ""}
    assert all("file" not in row for section in live["sections"][1:3] for row in section["rows"])


async def test_a_kernel_that_is_gone_is_told_with_and_without_a_record(person: Any) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        await person.open(name, "1")
    await person.run("b.ipynb", 0)
    await person.save("b.ipynb")
    for name in ("a.ipynb", "b.ipynb"):
        await person.fetch("api", "sessions", person.sessions[name]["id"], method="DELETE")
    never, kept = await person.live("a.ipynb"), await person.live("b.ipynb")
    assert (never["recording"]["state"], never["recorded"], never["executions"]) == ("no-kernel", False, [])
    assert never["recording"]["message"].endswith("nothing of it is recorded yet.")
    assert (kept["recording"]["state"], kept["recorded"], kept["session"]) == ("no-kernel", True, None)
    assert kept["recording"]["message"].endswith("its record is kept beside it.")


async def state(person: Any, path: str, leaves: str = "starting") -> Any:
    """What is said of a notebook's kernel once it is no longer in this state."""
    listener = await person.server.web_app.settings["jupyter_prov_recorder"].listener_of(path)
    await person.until(lambda: listener.state != leaves)
    return (await person.live(path))["recording"]


async def test_a_kernel_without_the_package_is_told_with_the_command_that_mends_it(person: Any, spec: Any) -> None:
    spec("bare", [sys.executable, "-c", WITHOUT, "-f", "{connection_file}"], display_name="Bare Python")
    await person.open("a.ipynb", "1", kernel="bare")
    told = await state(person, "a.ipynb")
    assert told["state"] == "not-loaded"
    assert "Bare Python" in told["message"]
    assert told["command"] == f"{sys.executable} -m pip install jupyter-prov"


async def test_no_command_is_made_up_for_a_kernel_that_something_else_starts(person: Any, spec: Any) -> None:
    spec("bare", ["env", sys.executable, "-c", WITHOUT, "-f", "{connection_file}"])
    await person.open("a.ipynb", "1", kernel="bare")
    told = await state(person, "a.ipynb")
    assert (told["state"], "command" in told) == ("not-loaded", False)
    assert "Install it there, then restart the kernel." in told["message"]


async def test_a_kernel_of_another_language_is_named(person: Any, spec: Any) -> None:
    spec("other", [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], language="R")
    await person.open("a.ipynb", "1", kernel="other")
    told = (await person.live("a.ipynb"))["recording"]
    assert told == {"state": "other-language",
                    "message": "Not recorded: this kernel runs R, and only Python is recorded."}  # fmt: skip


@pytest.mark.filterwarnings("ignore:The synchronous ContentsManager:DeprecationWarning")
@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize(
    "jp_server_config", [{"ServerApp": {"contents_manager_class": ReadOnlyContents}}], indirect=True
)
async def test_a_place_where_nothing_can_be_saved_is_told(person: Any, writable: bool) -> None:
    contents = person.server.contents_manager
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    contents.kept["a.ipynb"] = contents._model("a.ipynb", "notebook", content, "json")
    person.notebooks["a.ipynb"] = content
    if writable:
        contents.__class__ = MemoryContents
    assert (await person.live("a.ipynb"))["writable"] is writable


@pytest.mark.parametrize(
    "cells", ["x", [1, None, {"source": 3}], [{"id": "a", "source": "b"}, {"id": [], "source": 1}], {}]
)
async def test_cells_that_are_none_do_no_harm(person: Any, cells: Any) -> None:
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    assert (await person.ask("live", "POST", {"path": "a.ipynb", "cells": cells}))["executions"]


async def test_the_event_loop_only_takes_a_snapshot(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the answer nor the watch of the inputs is worked out there."""
    await person.open("a.ipynb", "open('d.csv', 'w').write('1'); open('d.csv').read()")
    await person.run("a.ipynb", 0)
    threads: dict[str, int] = {}

    def noting(work: Any) -> Any:
        def noted(*given: Any) -> Any:
            threads[work.__name__] = threading.get_ident()
            return work(*given)

        return noted

    monkeypatch.setattr(handlers, "session_of", noting(handlers.session_of))
    monkeypatch.setattr(watched_inputs, "inputs_of", noting(watched_inputs.inputs_of))
    while not (await person.live("a.ipynb"))["executions"]:
        pass
    assert threads.keys() == {"session_of", "inputs_of"}
    assert threading.get_ident() not in threads.values()
