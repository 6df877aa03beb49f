"""Recording and saving, through a real server and real kernels."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import traceback
from typing import Any

import pytest

from jupyter_prov.record import journal, wire
from jupyter_prov.record.model import OK, UNFINISHED
from jupyter_prov.server.kernel_line import STARTING, Line
from jupyter_prov.server.recorder import Recorder
from tests.record.making import is_pending


async def until(condition: Any, seconds: float = 300.0) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), seconds)


def recorder_of(person: Any) -> Any:
    return person.server.web_app.settings["jupyter_prov_recorder"]


async def test_a_saved_notebook_gets_its_record_beside_it(person: Any) -> None:
    (person.root / "data.csv").write_text("a,b\n1,2\n")
    notebook = await person.open("a.ipynb", "import random\nrandom.seed(3)", "open('data.csv').read()", "1 / 0")
    await person.run("a.ipynb", 0, 1, 2)
    await person.save("a.ipynb")
    record = person.record("a.ipynb")
    assert [state.id for state in record.cells] == [cell.id for cell in notebook.cells]
    executions = record.sessions[0].executions
    assert [(e.cell, e.count, e.outcome, e.error) for e in executions] == [
        (notebook.cells[0].id, 1, "ok", None),
        (notebook.cells[1].id, 2, "ok", None),
        (notebook.cells[2].id, 3, "error", "ZeroDivisionError"),
    ]
    assert executions[0].evidence["random"]["seeds"][0]["value"] == "3"
    (file,) = executions[1].evidence["data"]["files"]
    assert (file["path"], file["role"], file["size"]) == ("data.csv", "input", 8)
    assert file["digest"].startswith("blake3:")
    assert record.sessions[0].packages["distributions"]["ipykernel"]["version"]


async def test_no_server_waits_at_its_end_for_a_kernel_that_is_gone(person: Any) -> None:
    await person.open("a.ipynb", "1")
    (listener,) = recorder_of(person).listeners.values()
    assert [stream.socket.linger for stream in (listener.line._iopub, listener.line._shell)] == [0, 0]


async def test_a_save_that_changes_nothing_but_times_leaves_the_file_alone(person: Any) -> None:
    await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    file = person.root / "a.prov.json"
    before = file.stat().st_mtime_ns, file.read_bytes()
    await person.restart("a.ipynb")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert len(person.record("a.ipynb").sessions[0].executions) == 2


async def test_a_save_that_cannot_wait_leaves_a_record_of_the_same_outputs_alone(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    before = (person.root / "a.prov.json").stat().st_mtime_ns
    monkeypatch.setattr("jupyter_prov.server.recorder._SETTLE_SECONDS", 0.0)
    await person.restart("a.ipynb")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")  # the list of packages is still to come
    assert (person.root / "a.prov.json").stat().st_mtime_ns == before


async def test_an_execution_that_the_browser_heard_of_first_is_waited_for(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    listener = await recorder_of(person).listener_of("a.ipynb")
    await until(lambda: listener.sessions and not is_pending(listener.sessions[-1]))
    monkeypatch.setattr(listener, "catch_up", lambda: None)
    listener.line._iopub.on_recv(None)
    await person.run("a.ipynb", 0, until_heard=False)
    asyncio.get_running_loop().call_later(0.3, listener.line._iopub.on_recv, listener.line._on_iopub)
    await person.save("a.ipynb")
    assert [e.count for e in person.record("a.ipynb").sessions[0].executions] == [1, 2]


async def test_what_ran_before_the_kernel_was_known_to_be_recorded_is_waited_for(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer that it is recorded and what it has run so far come on two ways, of which either may be faster."""
    monkeypatch.setattr("jupyter_prov.server.recorder._SETTLE_SECONDS", 0.05)
    monkeypatch.setattr("jupyter_prov.server.kernel_line._RETRY_SECONDS", 3600.0)
    monkeypatch.setattr(Line, "_shake", lambda line: None)
    finish, finishing = Recorder._finish, []

    async def noted(recorder: Recorder, path: str, notebook: Any) -> None:
        finishing.append(path)
        await finish(recorder, path, notebook)

    monkeypatch.setattr(Recorder, "_finish", noted)
    await person.open("a.ipynb", "x = 1\nx")
    line = recorder_of(person).listeners[person.kernel_id("a.ipynb")].line
    await person.run("a.ipynb", 0, until_heard=False)
    model = {"type": "notebook", "format": "json", "content": person.notebooks["a.ipynb"]}
    await person.fetch("api", "contents", "a.ipynb", method="PUT", body=json.dumps(model))
    await person.until(lambda: finishing)
    line._iopub.on_recv(None)
    line._send(wire.handshake())
    await person.until(lambda: line.state == wire.RECORDING)
    asyncio.get_running_loop().call_later(0.3, line._iopub.on_recv, line._on_iopub)
    await person.settled()
    assert [e.count for e in person.record("a.ipynb").sessions[0].executions] == [1]


async def test_texts_that_are_shown_no_more_are_in_the_record_of_a_project_that_keeps_them(person: Any) -> None:
    (person.root / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-sources = true\n")
    notebook = await person.open("a.ipynb", "x = 1")
    await person.run("a.ipynb", 0)
    notebook.cells[0].source = "x = 2"
    await person.save("a.ipynb")
    assert list(person.record("a.ipynb").sources.values()) == ["x = 1"]
    (person.root / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-sources = 'perhaps'\n")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert person.record("a.ipynb").sources == {}


async def test_a_notebook_that_is_just_being_saved_is_left_alone(person: Any) -> None:
    await person.open("a.ipynb", "1")
    whole = (person.root / "a.ipynb").read_text()
    (person.root / "b.ipynb").write_text(whole[: len(whole) // 2])
    (person.root / ".~b.ipynb").write_text(whole)  # where Jupyter Server keeps the old one until the new one is whole
    await person.start("b.ipynb")
    assert await recorder_of(person).listener_of("b.ipynb")
    assert (person.root / "b.ipynb").read_text() == whole[: len(whole) // 2]
    assert (person.root / ".~b.ipynb").exists()


async def test_rename_copy_and_delete_take_the_record_along(person: Any) -> None:
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    await person.rename("a.ipynb", "b.ipynb")
    assert not person.has_record("a.ipynb")
    assert person.record("b.ipynb").notebook == "b.ipynb"

    await person.fetch("api", "contents", method="POST", body=json.dumps({"copy_from": "b.ipynb"}))
    await person.settled()
    assert person.record("b-Copy1.ipynb").notebook == "b-Copy1.ipynb"

    await person.fetch("api", "contents", "b.ipynb", method="DELETE")
    await person.settled()
    assert not person.has_record("b.ipynb")


async def test_a_notebook_renamed_while_it_is_open_goes_on_being_recorded(person: Any) -> None:
    notebook = await person.open("a.ipynb", "x = 1", "x")
    await person.run("a.ipynb", 0)
    await person.rename("a.ipynb", "b.ipynb")
    body = json.dumps({"path": "b.ipynb", "name": "b.ipynb", "type": "notebook"})
    await person.fetch("api", "sessions", person.sessions["a.ipynb"]["id"], method="PATCH", body=body)
    for known in (person.notebooks, person.sessions, person.clients):
        known["b.ipynb"] = known.pop("a.ipynb")
    await person.run("b.ipynb", 1)
    await person.save("b.ipynb")
    assert [e.cell for e in person.record("b.ipynb").sessions[0].executions] == [c.id for c in notebook.cells]
    assert not person.has_record("a.ipynb")


async def test_restart_begins_a_session_and_outputs_of_the_earlier_keep_their_provenance(person: Any) -> None:
    notebook = await person.open("a.ipynb", "x = 1\nx", "2")
    await person.run("a.ipynb", 0)
    await person.restart("a.ipynb")
    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    record = person.record("a.ipynb")
    assert [(s.number, [e.cell for e in s.executions]) for s in record.sessions] == [
        (1, [notebook.cells[0].id]),
        (2, [notebook.cells[1].id]),
    ]
    assert [(state.session, state.execution) for state in record.cells] == [(1, 1), (2, 1)]


async def test_two_notebooks_with_two_kernels_do_not_mix(person: Any) -> None:
    await person.open("a.ipynb", "'a'")
    await person.open("sub/b.ipynb", "'b'")
    await person.run("a.ipynb", 0)
    await person.run("sub/b.ipynb", 0)
    await person.save("a.ipynb")
    await person.save("sub/b.ipynb")
    for path in ("a.ipynb", "sub/b.ipynb"):
        (session,) = person.record(path).sessions
        assert [e.cell for e in session.executions] == [person.notebooks[path].cells[0].id]


async def test_a_kernel_killed_in_a_cell_loses_nothing_and_the_record_names_the_cell(person: Any) -> None:
    notebook = await person.open("a.ipynb", "import os\nos.getpid()", "import time\ntime.sleep(600)")
    await person.run("a.ipynb", 0)
    pid = int(notebook.cells[0].outputs[0].data["text/plain"])
    person.send("a.ipynb", 1)
    listener = recorder_of(person).listeners[person.kernel_id("a.ipynb")]
    await until(lambda: len(listener.sessions[0].executions) == 2)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: listener.sessions[0].ended)
    await person.save("a.ipynb")
    executions = person.record("a.ipynb").sessions[0].executions
    assert [(e.cell, e.outcome) for e in executions] == [
        (notebook.cells[0].id, OK),
        (notebook.cells[1].id, UNFINISHED),
    ]
    (path,) = recorder_of(person)._folder.glob("*.jsonl")
    assert [e.outcome for e in journal.sessions_of(path)[0].executions] == [OK, "running"]


async def test_sessions_of_a_server_that_was_killed_are_recovered_from_their_journals(person: Any) -> None:
    notebook = await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    await until(lambda: recorder_of(person).listeners[person.kernel_id("a.ipynb")].path == "a.ipynb")
    recorder = recorder_of(person)
    recorder.listeners.pop(person.kernel_id("a.ipynb")).stop()  # as after a kill: only the journal is left
    assert recorder.sessions_of("a.ipynb")[0].executions[0].cell == notebook.cells[0].id


async def test_a_notebook_can_switch_its_recording_off(person: Any) -> None:
    notebook = await person.open("a.ipynb", "1")
    notebook.metadata["prov"] = {"record": False}
    await person.save("a.ipynb")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert not person.has_record("a.ipynb")
    assert (await person.live("a.ipynb"))["recording"]["state"] == "off"
    assert not list(recorder_of(person)._folder.glob("*.jsonl"))


@pytest.mark.parametrize("broken", ["{", '{"schema": "jupyter-prov/record/9"}'])
async def test_a_record_that_cannot_be_read_is_left_as_it_is(person: Any, broken: str) -> None:
    await person.open("a.ipynb", "1")
    (person.root / "a.prov.json").write_text(broken)
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert (person.root / "a.prov.json").read_text() == broken


async def test_a_record_that_cannot_be_written_does_not_fail_the_save(person: Any) -> None:
    await person.open("a.ipynb", "1")
    (person.root / "a.prov.json").mkdir()
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert json.loads((person.root / "a.ipynb").read_text())["cells"][0]["outputs"]


async def test_a_notebook_stripped_of_its_outputs_keeps_its_record(person: Any) -> None:
    notebook = await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    before = (person.root / "a.prov.json").read_bytes()
    notebook.cells[0].outputs, notebook.cells[0].execution_count = [], None
    await person.save("a.ipynb")
    assert (person.root / "a.prov.json").read_bytes() == before


async def test_no_kernel_loses_the_start_of_its_session_to_a_late_subscription(person: Any) -> None:
    for number in range(6):
        path = f"{number}.ipynb"
        await person.open(path, "1")
        await person.run(path, 0)
        await person.save(path)
        (session,) = person.record(path).sessions
        assert session.started
        assert session.python["version"]
        assert session.packages["distributions"]


async def test_a_journal_that_cannot_be_written_costs_no_record_and_is_completed_later(
    person: Any, caplog: pytest.LogCaptureFixture
) -> None:
    folder = recorder_of(person)._folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder of the journals belongs")
    notebook = await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    assert [e.cell for e in person.record("a.ipynb").sessions[0].executions] == [notebook.cells[0].id]
    assert len([record for record in caplog.records if "cannot be written now" in record.getMessage()]) == 1
    folder.unlink()
    await person.save("a.ipynb")
    (path,) = folder.glob("*.jsonl")
    assert [e.outcome for log in journal.sessions_of(path) for e in log.executions] == [OK]


async def test_why_no_record_is_written_is_shown_before_and_after_a_save(person: Any) -> None:
    (person.root / "a.prov.json").write_text('{"prefix": {}}')
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    await person.settled()
    before = await person.live("a.ipynb")
    await person.save("a.ipynb")
    after = await person.live("a.ipynb")
    assert before["recording"] == after["recording"]
    assert after["recording"]["state"] == "no-record"
    assert "a.prov.json is not a jupyter-prov record" in after["recording"]["message"]
    assert (after["recorded"], len(after["executions"])) == (False, 1)
    (person.root / "a.prov.json").unlink()
    await person.save("a.ipynb")
    assert (await person.live("a.ipynb"))["recording"]["state"] == "recording"


STRANGE = """
import json
session, socket = get_ipython().kernel.session, get_ipython().kernel.iopub_socket
for content in ([], "x", 5, None, {"kind": []}, {"kind": "hello", "x": 1}, {"kind": None}, [[1]], True):
    for kind in ("jupyter_prov_record", "status", "x"):
        session.send(socket, kind, content=json.dumps(content).encode(), parent={})
"""


async def test_messages_of_any_shape_neither_stop_the_recording_nor_fill_the_log(person: Any, caplog: Any) -> None:
    await person.open("a.ipynb", STRANGE, "x = 1\nx")
    await person.run("a.ipynb", 0, 1)
    await person.save("a.ipynb")
    assert [run.outcome for run in person.record("a.ipynb").sessions[0].executions] == ["ok", "ok"]
    said = ["".join(traceback.format_exception(*one.exc_info)) for one in caplog.records if one.exc_info]
    assert not [one for one in said if "listener.py" in one]  # the server itself has to say something of some


@pytest.mark.parametrize("unheard", [1, 4, 12])
async def test_a_restart_of_which_the_first_messages_are_lost_is_noticed(person: Any, unheard: int) -> None:
    """A subscription takes a while to reach the new process; what that has said by then, nobody hears."""
    notebook = await person.open("a.ipynb", "x = 1\nx", "2")
    await person.run("a.ipynb", 0)
    listener = person.server.web_app.settings["jupyter_prov_recorder"].listeners[person.kernel_id("a.ipynb")]
    (first,) = listener.sessions
    parsed, life, lost = listener.line._parsed, listener.line._processes[-1], []

    def heard(frames: list[bytes]) -> Any:
        message = parsed(frames)
        if message["header"]["session"] == life or len(lost) == unheard:
            return message
        lost.append(message)

    listener.line._parsed = heard
    await person.restart("a.ipynb")
    await person.until(lambda: listener.sessions[-1] is not first)
    assert first.ended
    assert len(lost) == unheard
    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    assert [[e.cell for e in s.executions] for s in person.record("a.ipynb").sessions] == [
        [c.id] for c in notebook.cells
    ]


async def test_a_kernel_whose_hello_was_lost_is_asked_again_when_it_is_heard(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed, lost = Line._parsed, set()

    def heard(line: Any, frames: list[bytes]) -> Any:
        message = parsed(line, frames)
        if message["msg_type"].startswith("execute_re") or lost >= {"busy", "idle"}:
            return message
        if message["parent_header"].get("session") == line._session.session:
            lost.add(message["content"].get("execution_state"))
        return None

    monkeypatch.setattr("jupyter_prov.server.kernel_line._RETRY_SECONDS", 3600.0)
    monkeypatch.setattr(Line, "_parsed", heard)
    await person.open("a.ipynb", "x = 1\nx")
    await person.run("a.ipynb", 0)
    line = recorder_of(person).listeners[person.kernel_id("a.ipynb")].line
    await person.until(lambda: line.state == wire.RECORDING, 60)
    assert lost >= {"busy", "idle"}


@pytest.mark.parametrize("greeted", [False, True])
async def test_a_question_that_the_kernel_drops_since_a_cell_failed_is_asked_again(person: Any, greeted: bool) -> None:
    """A kernel in which a cell fails answers all requests that wait behind it by `aborted`, also those of others."""
    await person.open("a.ipynb", "1")
    line = person.server.web_app.settings["jupyter_prov_recorder"].listeners[person.kernel_id("a.ipynb")].line
    await person.until(lambda: line.state == wire.RECORDING)
    answers, parsed = [], line._parsed

    def noted(frames: list[bytes]) -> Any:
        message = parsed(frames)
        answers.append(message["content"].get("status"))
        return message

    line._parsed = noted
    while "aborted" not in answers:  # the question may have come too late, on a loaded machine
        person.clients["a.ipynb"].execute("import time; time.sleep(1); 1 / 0")
        if greeted:
            line.state, line._is_greeted = STARTING, True
            line._send(wire.handshake([]))
        else:
            line._shake()
        await person.until(lambda: line.state != STARTING)
    assert "aborted" in answers
    assert line.state == wire.RECORDING


async def test_the_recorder_asks_under_a_name_of_its_own(person: Any) -> None:
    """Clients of the server count their messages under one name: the end of our request is not that of a cell's."""
    await person.open("a.ipynb", "1")
    listener = person.server.web_app.settings["jupyter_prov_recorder"].listeners[person.kernel_id("a.ipynb")]
    await person.until(lambda: listener.is_recording)
    asked = person.clients["a.ipynb"].kernel_info()
    other = person.server.kernel_manager.get_kernel(person.kernel_id("a.ipynb")).client()
    assert asked.startswith(other.session.session)
    assert not asked.startswith(listener.line._session.session)


async def test_a_message_under_another_name_ends_no_session(person: Any) -> None:
    """A notebook may send messages as it likes."""
    send = (
        "from jupyter_client.session import Session\nkernel = get_ipython().kernel\n"
        "other = Session(key=kernel.session.key, signature_scheme=kernel.session.signature_scheme)\n"
        "other.send(kernel.iopub_socket, 'status', {'execution_state': 'busy'}, parent=kernel.get_parent())"
    )
    notebook = await person.open("a.ipynb", send, "2")
    await person.run("a.ipynb", 0)
    listener = recorder_of(person).listeners[person.kernel_id("a.ipynb")]
    await person.until(lambda: len(listener.line._processes) == 2 and listener.is_recording)
    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    (session,) = listener.sessions
    assert not session.ended
    (recorded,) = person.record("a.ipynb").sessions
    assert [(e.cell, e.outcome) for e in recorded.executions] == [(cell.id, OK) for cell in notebook.cells]
    assert recorded.blind_spots == []
