"""Kernels that notebooks and consoles share, contents managers that are exchanged, and facts that come late."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_prov.record import journal
from jupyter_prov.server import recorder as recording
from jupyter_prov.server.recorder import Recorder
from jupyter_prov.server.unrecorded_notebooks import SPOT

PID = "get_ipython()._jupyter_prov_recording._helper.pid"


def recorder_of(person: Any) -> Recorder:
    found: Recorder = person.server.web_app.settings["jupyter_prov_recorder"]
    return found


async def beside(person: Any, path: str, of: str, *sources: str, kind: str = "notebook") -> None:
    """Open another notebook, or a console, on the kernel of one."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    person.notebooks[path] = nbformat.v4.new_notebook(cells=cells)
    if kind == "notebook":
        (person.root / path).write_text(nbformat.writes(person.notebooks[path]))
    body = {"path": path, "name": path, "type": kind, "kernel": {"id": person.kernel_id(of)}}
    person.sessions[path] = json.loads(
        (await person.fetch("api", "sessions", method="POST", body=json.dumps(body))).body
    )
    manager = person.server.kernel_manager.get_kernel(person.kernel_id(of))
    client = person.clients[path] = AsyncKernelClient()  # with a session id of its own
    client.load_connection_info(manager.get_connection_info())
    client.start_channels()
    await client.wait_for_ready(timeout=300)


def ran(person: Any, path: str) -> list[tuple[str | None, int | None]]:
    (session,) = person.record(path).sessions
    return [(execution.cell, execution.count) for execution in session.executions]


async def test_each_of_two_notebooks_and_a_console_on_one_kernel_has_its_own_executions(person: Any) -> None:
    a = await person.open("a.ipynb", "x = 1", "x")
    await beside(person, "b.ipynb", "a.ipynb", "y = x", "y")
    await beside(person, "a.ipynb-console", "a.ipynb", "x = 5", kind="console")
    for path, cell in (("a.ipynb", 0), ("b.ipynb", 0), ("a.ipynb-console", 0), ("a.ipynb", 1), ("b.ipynb", 1)):
        await person.run(path, cell)
    await person.save("a.ipynb")
    await person.save("b.ipynb")
    b = person.notebooks["b.ipynb"]
    assert ran(person, "a.ipynb") == [(a.cells[0].id, 1), (None, 2), (None, 3), (a.cells[1].id, 4), (None, 5)]
    assert ran(person, "b.ipynb") == [(None, 1), (b.cells[0].id, 2), (None, 3), (None, 4), (b.cells[1].id, 5)]
    assert [state.id for state in person.record("b.ipynb").cells] == [cell.id for cell in b.cells]


async def test_the_panel_of_each_notebook_shows_what_is_its_own(person: Any) -> None:
    a = await person.open("a.ipynb", "x = 1")
    await beside(person, "b.ipynb", "a.ipynb", "y = x")
    await person.run("a.ipynb", 0)
    await person.run("b.ipynb", 0)
    await person.save("b.ipynb")
    live = await person.live("a.ipynb")
    assert [run["cell"] for run in live["executions"]] == [a.cells[0].id, None]


async def test_a_rename_by_the_contents_api_alone_keeps_what_runs_later(person: Any) -> None:
    notebook = await person.open("a.ipynb", "x = 1", "x")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    await person.rename("a.ipynb", "b.ipynb")
    await person.run("a.ipynb", 1)  # its session still says so
    person.notebooks["b.ipynb"] = notebook
    await person.save("b.ipynb")
    assert ran(person, "b.ipynb") == [(cell.id, count) for cell, count in zip(notebook.cells, (1, 2), strict=True)]
    assert not person.has_record("a.ipynb")
    assert (await person.live("b.ipynb"))["recording"]["state"] == "recording"


class Replacing(AsyncLargeFileManager):
    """A contents manager that takes the place of another, as jupytext's does."""

    async def save(self, model: Any, path: str = "") -> Any:
        if path.endswith(".txt") and model["type"] == "notebook":
            await super().save({"type": "notebook", "content": model["content"]}, path.replace(".txt", ".ipynb"))
            return await super().save({"type": "file", "format": "text", "content": "text"}, path)
        return await super().save(model, path)


def exchange(person: Any) -> None:
    server = person.server
    server.contents_manager = Replacing(parent=server, log=server.log)
    server.session_manager.contents_manager = server.contents_manager
    server.web_app.settings["contents_manager"] = server.contents_manager


async def test_a_contents_manager_that_replaces_another_is_followed(person: Any) -> None:
    exchange(person)
    notebook = await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert ran(person, "a.ipynb") == [(notebook.cells[0].id, 1)]
    exchange(person)  # once more, and nothing runs before the next thing is done
    await person.rename("a.ipynb", "b.ipynb")
    assert person.has_record("b.ipynb")
    assert not person.has_record("a.ipynb")


async def test_a_notebook_that_is_written_for_its_text_file_has_the_executions_of_that(person: Any) -> None:
    exchange(person)
    notebook = person.notebooks["a.txt"] = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    (person.root / "a.txt").write_text("text")
    await person.start("a.txt")
    await person.run("a.txt", 0)
    await person.save("a.txt")
    assert ran(person, "a.ipynb") == [(notebook.cells[0].id, 1)]


@pytest.mark.parametrize("minor", range(5))
async def test_a_notebook_of_a_format_without_ids_has_a_record(person: Any, minor: int) -> None:
    notebook = await person.open("a.ipynb", "x = 1", "x")
    await person.run("a.ipynb", 0, 1)
    whole = nbformat.from_dict(json.loads(json.dumps(notebook)))
    whole.nbformat_minor = minor
    for cell in whole.cells:
        del cell["id"]
    person.notebooks["a.ipynb"] = whole
    await person.save("a.ipynb")
    assert ran(person, "a.ipynb") == [("cell-0", 1), ("cell-1", 2)]
    assert [state.id for state in person.record("a.ipynb").cells] == ["cell-0", "cell-1"]


INSTALL = """import os, sys
site = os.path.abspath('../site'); sys.path.append(site)
os.makedirs(site + '/late_one-1.0.dist-info')
print('pip install')
"""
FILL = r"""
for name, text in (
    ('late_one.py', 'value = 3'),
    ('late_one-1.0.dist-info/METADATA', 'Name: late-one\nVersion: 1.0\n'),
    ('late_one-1.0.dist-info/RECORD', 'late_one.py,,\n'),
):
    open(f'{site}/{name}', 'w').write(text)
"""


async def install(person: Any) -> None:
    """Run a notebook that installs and imports something."""
    await person.open("a.ipynb", INSTALL + FILL, "import late_one\nlate_one.value")
    await person.run("a.ipynb", 0)


def packages(person: Any) -> dict[str, Any]:
    (session,) = person.record("a.ipynb").sessions
    assert session.packages["imports"].get("late_one") in (["late-one"], None)
    return dict(session.packages)


async def helper_of(person: Any, path: str) -> int:
    """The process that lists packages."""
    content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"pid": PID}}
    client = person.clients[path]
    message = client.session.msg("execute_request", content)
    client.shell_channel.send(message)
    while True:
        reply = await client.get_shell_msg(timeout=300)
        if reply["parent_header"]["msg_id"] == message["header"]["msg_id"]:
            return int(reply["content"]["user_expressions"]["pid"]["data"]["text/plain"])


async def test_what_is_installed_imported_and_saved_at_once_is_in_the_record(person: Any) -> None:
    await install(person)
    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    assert packages(person)["imports"]["late_one"] == ["late-one"]


async def test_a_list_of_packages_that_comes_long_after_the_save_completes_the_record(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_SETTLE_SECONDS", 0.05)
    await install(person)
    helper = await helper_of(person, "a.ipynb")
    os.kill(helper, signal.SIGSTOP)
    try:
        await person.run("a.ipynb", 1)
        model = {"type": "notebook", "format": "json", "content": person.notebooks["a.ipynb"]}
        await person.fetch("api", "contents", "a.ipynb", method="PUT", body=json.dumps(model))
        await person.until(lambda: person.has_record("a.ipynb"))
        assert "late_one" not in packages(person)["imports"]
    finally:
        os.kill(helper, signal.SIGCONT)
    await person.until(lambda: "late_one" in packages(person)["imports"])


async def test_a_server_that_ends_writes_what_was_saved_with_what_has_come(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_LAST_SECONDS", 0.5)
    await install(person)
    helper = await helper_of(person, "a.ipynb")
    os.kill(helper, signal.SIGSTOP)
    try:
        await person.run("a.ipynb", 1)
        model = {"type": "notebook", "format": "json", "content": person.notebooks["a.ipynb"]}
        await person.fetch("api", "contents", "a.ipynb", method="PUT", body=json.dumps(model))
        await recorder_of(person).stop()
        assert len(ran(person, "a.ipynb")) == 2
    finally:
        os.kill(helper, signal.SIGCONT)


async def test_a_kernel_that_is_shut_down_at_once_has_told_what_was_installed(person: Any) -> None:
    await install(person)
    await person.run("a.ipynb", 1)
    await person.fetch("api", "sessions", person.sessions["a.ipynb"]["id"], method="DELETE")
    await person.save("a.ipynb")
    assert packages(person)["imports"]["late_one"] == ["late-one"]


async def test_a_kernel_that_dies_before_its_packages_are_listed_has_those_of_its_next_life(person: Any) -> None:
    await person.open("a.ipynb", "1", "import os\nos.kill(os.getpid(), 9)")
    helper = await helper_of(person, "a.ipynb")
    os.kill(helper, signal.SIGSTOP)
    listener = await recorder_of(person).listener_of("a.ipynb")
    assert listener is not None
    await person.run("a.ipynb", 0)
    await person.until(lambda: bool(listener.sessions))
    listener.sessions[0].packages.clear()  # as if they had not come
    person.send("a.ipynb", 1)
    await person.until(lambda: len(listener.sessions) == 2 and bool(listener.sessions[1].packages))
    os.kill(helper, signal.SIGCONT)  # it ends with its kernel
    await person.save("a.ipynb")
    session = person.record("a.ipynb").sessions[0]
    assert session.packages["distributions"]["ipykernel"]
    assert any("the kernel that was started next" in spot for spot in session.blind_spots)


async def test_outputs_overwritten_by_a_run_say_what_was_there(person: Any) -> None:
    Path(person.root, "old.txt").write_text("before")
    await person.open("a.ipynb", "open('old.txt', 'w').write('x')\nopen('new.txt', 'w').write('y');")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    (session,) = person.record("a.ipynb").sessions
    files = {file["path"]: file for file in session.executions[0].evidence["data"]["files"]}
    assert files["old.txt"]["existed"].startswith("blake3:")
    assert files["old.txt"]["existed"] != files["old.txt"]["digest"]
    assert "existed" not in files["new.txt"]


def without_record(person: Any, path: str, wanted: bool = False) -> None:
    person.notebooks[path].metadata["prov"] = {"record": wanted}


def journal_of(person: Any, path: str) -> str:
    """The journal of a notebook's kernel; '' where there is none."""
    journal = recorder_of(person)._folder / f"{person.kernel_id(path)}.jsonl"
    return journal.read_text() if journal.exists() else ""


async def test_a_notebook_that_asks_for_no_record_leaves_those_of_its_kernel_theirs(person: Any) -> None:
    a = await person.open("a.ipynb", "x = 1", "x", "x + 1")
    await person.run("a.ipynb", 0, 1)
    await person.save("a.ipynb")
    await beside(person, "b.ipynb", "a.ipynb", "secret = 1", "open('mine', 'w').write('1')")
    without_record(person, "b.ipynb")
    await person.save("b.ipynb")
    await person.run("b.ipynb", 0, 1)
    await person.run("a.ipynb", 2)
    await person.save("b.ipynb")
    await person.save("a.ipynb")
    assert ran(person, "a.ipynb") == [(a.cells[0].id, 1), (a.cells[1].id, 2), (a.cells[2].id, 5)]
    assert person.record("a.ipynb").sessions[0].blind_spots.count(SPOT) == 1
    assert not person.has_record("b.ipynb")
    assert (await person.live("a.ipynb"))["recording"]["state"] == "recording"
    live = await person.live("b.ipynb")
    assert (live["recording"]["state"], live["executions"]) == ("off", [])
    assert "secret" not in journal_of(person, "a.ipynb")
    assert "mine" not in journal_of(person, "a.ipynb")


async def test_what_a_notebook_ran_before_it_asked_for_no_record_is_forgotten(person: Any) -> None:
    a = await person.open("a.ipynb", "x = 1", "x")
    await beside(person, "b.ipynb", "a.ipynb", "secret = 1")
    await person.run("a.ipynb", 0)
    await person.run("b.ipynb", 0)
    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    assert "secret" in journal_of(person, "a.ipynb")
    without_record(person, "b.ipynb")
    await person.save("b.ipynb")
    await person.save("a.ipynb")
    assert ran(person, "a.ipynb") == [(a.cells[0].id, 1), (a.cells[1].id, 3)]
    assert "secret" not in journal_of(person, "a.ipynb")
    recovered = journal.read(recorder_of(person)._folder / f"{person.kernel_id('a.ipynb')}.jsonl")
    assert (recovered.damaged, [run.number for run in recovered.sessions[0].executions]) == (0, [1, 3])
    assert SPOT in recovered.sessions[0].blind_spots


async def test_a_cell_that_was_not_saved_is_known_by_its_client(person: Any) -> None:
    await person.open("a.ipynb", "x = 1")
    await person.run("a.ipynb", 0)
    await beside(person, "b.ipynb", "a.ipynb", "1")
    without_record(person, "b.ipynb")
    await person.save("b.ipynb")
    for path in ("b.ipynb", "a.ipynb"):
        person.notebooks[path].cells.append(nbformat.v4.new_code_cell(f"'of {path}'"))
        await person.run(path, 1)
    await person.save("a.ipynb")
    assert [count for _, count in ran(person, "a.ipynb")] == [1, 3]
    assert "of b.ipynb" not in journal_of(person, "a.ipynb")


async def test_a_notebook_is_recorded_on_a_kernel_whose_first_one_asks_for_no_record(person: Any) -> None:
    await person.open("b.ipynb", "secret = 1")
    without_record(person, "b.ipynb")
    await person.save("b.ipynb")
    await person.run("b.ipynb", 0)
    await beside(person, "a.ipynb", "b.ipynb", "x = 1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    (session,) = person.record("a.ipynb").sessions
    assert [run.count for run in session.executions] == [2]
    assert session.python["version"]
    assert session.packages["distributions"]
    recovered = journal.read(recorder_of(person)._folder / f"{person.kernel_id('a.ipynb')}.jsonl")
    assert recovered.sessions[0].packages["distributions"]
    assert "secret" not in journal_of(person, "a.ipynb")
    without_record(person, "b.ipynb", wanted=True)
    await person.save("b.ipynb")
    person.notebooks["b.ipynb"].cells.append(nbformat.v4.new_code_cell("2"))
    await person.run("b.ipynb", 1, until_heard=False)  # the first cell never is
    await person.save("b.ipynb")
    assert [run.count for run in person.record("b.ipynb").sessions[0].executions] == [2, 3]


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_a_file_that_both_have_read_has_its_digest_in_the_record_of_the_other(person: Any, order: str) -> None:
    (person.root / "data.csv").write_text("1")
    await person.open("a.ipynb", "1", "open('data.csv').read()")
    await person.run("a.ipynb", 0)
    await beside(person, "b.ipynb", "a.ipynb", "open('data.csv').read()")
    without_record(person, "b.ipynb")
    await person.save("b.ipynb")
    for name in order:
        await person.run(f"{name}.ipynb", {"a": 1, "b": 0}[name])
    await person.save("a.ipynb")
    (file,) = person.record("a.ipynb").sessions[0].executions[-1].evidence["data"]["files"]
    assert (file["path"], file["digest"][:7]) == ("data.csv", "blake3:")
