"""Inputs that change on disk while a notebook is open."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.diagnosis.input_state import OTHER, Eyes, Known, inputs_of
from jupyter_prov.record.file_digests import TREE, Digests, version_of
from jupyter_prov.server.events import NOTEBOOK_EVENT
from tests.record.making import data, file, is_pending, log_of, ran


def known(path: Path, version: str | None = None) -> dict[str, Known]:
    """What a session knows of a file or folder that it has just read."""
    found = Digests().of(str(path))
    assert found is not None
    one = Known()
    one.add({"digest": found.digest, "size": found.size}, version or version_of(str(path)) or "")
    return {str(path): one}


def test_a_file_is_read_only_where_its_size_and_times_do_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, eyes = tmp_path / "d.csv", Eyes()
    path.write_text("1")
    wanted = known(path)
    (digest,) = wanted[str(path)].digests.values()
    with monkeypatch.context() as patched:
        patched.setattr(Digests, "of", lambda *_: pytest.fail("it was read"))
        assert eyes.look(wanted) == {str(path): digest}
        path.write_text("longer")
        assert eyes.look(wanted) == {str(path): OTHER}
        path.unlink()
        assert eyes.look(wanted) == {str(path): None}
    path.write_text("1")
    assert eyes.look(wanted) == {str(path): digest}
    path.write_text("2")
    assert eyes.look(wanted)[str(path)] not in (digest, None)
    path.unlink()
    path.mkdir()
    assert eyes.look(wanted)[str(path)] != digest


def test_a_folder_is_read_only_where_something_in_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, eyes = tmp_path / "store.zarr", Eyes()
    folder.mkdir()
    for name in ("a", "b"):
        (folder / name).write_text(name)
    time.sleep(0.03)  # so that the clock of the file system moves on
    wanted = known(folder, f"{TREE}{time.time_ns()}")
    with monkeypatch.context() as patched:
        patched.setattr(Digests, "of", lambda *_: pytest.fail("it was read"))
        assert eyes.look(wanted) == {str(folder): wanted[str(folder)].digest}
    (folder / "a").write_text("A")
    changed = eyes.look(wanted)[str(folder)]
    assert changed not in (wanted[str(folder)].digest, None)
    (folder / "a").write_text("a")
    assert eyes.look(wanted)[str(folder)] == wanted[str(folder)].digest


def test_inputs_are_those_of_the_latest_execution_of_each_cell_in_all_states_that_the_session_knows() -> None:
    log = log_of(
        ran(1, "a", "one", data(file("/p/old.csv", version="1", digest="d1", size=1))),
        ran(2, "a", "two", data(file("/p/x.csv", version="1", digest="d1", size=1))),
        ran(3, "b", "three", data(file("/p/x.csv", "output", "2", digest="d2", size=2), file("/p/y.csv", "output"))),
        ran(4, "c", "four", data(file("/p/late.csv", version="7"))),
    )
    ((path, found),) = inputs_of(log).items()
    assert (path, found.digests, found.sizes) == ("/p/x.csv", {"1": "d1", "2": "d2"}, {1, 2})


def states(live: Any) -> dict[str, str]:
    rows = next(section for section in live["sections"] if section["name"] == "data")["rows"]
    return {row["file"]["open"]: row["file"]["state"] for row in rows}


async def read_all(person: Any, *names: str) -> None:
    """A notebook that has read these files, all of whose digests have come."""
    for name in names:
        (person.root / name).write_text(f"{name}!")
    await person.open("a.ipynb", f"[open(name).read() for name in {names}]", "open('own.csv', 'w').write('1')",
                      "open('own.csv').read()", "open('own.csv', 'w').write('2')")  # fmt: skip
    await person.run("a.ipynb", 0)
    recorder = person.server.web_app.settings["jupyter_prov_recorder"]
    listener = await recorder.listener_of("a.ipynb")
    await person.until(
        lambda: listener.sessions and listener.sessions[-1].executions and not is_pending(listener.sessions[-1])
    )


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[None]:
    """One element for each call of a method from now on."""
    calls: list[None] = []
    called = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *args: (calls.append(None), called(*args))[1])
    return calls


async def test_a_change_on_disk_is_told_by_the_next_look(
    person: Any, listen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read_all(person, "a.csv", "b.csv", "c.csv", "d.csv")
    stream = await listen()
    live = await person.live("a.ipynb")
    assert states(live) == dict.fromkeys(("a.csv", "b.csv", "c.csv", "d.csv"), "same")
    assert live["reasons"] == []

    watches = person.server.web_app.settings["jupyter_prov_recorder"].watches
    watch = watches._watches[person.kernel_id("a.ipynb")]
    told: list[int] = []
    looks = counted(monkeypatch, watch, "look")
    tell = watches._changed
    monkeypatch.setattr(watches, "_changed", lambda path: (told.append(len(looks)), tell(path)))
    os.utime(person.root / "d.csv")
    (person.root / "a.csv").write_text("A.csv!")
    (person.root / "b.csv").write_text("more than it was")
    (person.root / "c.csv").unlink()
    assert await stream.next(NOTEBOOK_EVENT) == {"path": "a.ipynb", "changed": "inputs"}
    assert told[0] <= 2  # one may have been under way
    assert not await watch.look()  # and told once
    live = await person.live("a.ipynb")
    assert states(live) == {"a.csv": "changed", "b.csv": "changed", "c.csv": "missing", "d.csv": "same"}
    assert [(reason["text"], reason["fix"]) for reason in live["reasons"]] == [
        ("a.csv has changed on disk since it was read.", "run"),
        ("b.csv has changed on disk since it was read.", "run"),
        ("c.csv was read and is gone.", None),
    ]

    (person.root / "c.csv").write_text("c.csv!")
    await stream.next(NOTEBOOK_EVENT, changed="inputs")
    assert states(await person.live("a.ipynb"))["c.csv"] == "same"


async def test_what_the_session_wrote_itself_is_no_change(person: Any) -> None:
    await read_all(person, "a.csv")
    await person.live("a.ipynb")
    await person.run("a.ipynb", 1, 2, 3)
    listener = await person.server.web_app.settings["jupyter_prov_recorder"].listener_of("a.ipynb")
    await person.until(lambda: len(listener.sessions[-1].executions) == 4 and not is_pending(listener.sessions[-1]))
    live = await person.live("a.ipynb")
    assert states(live) == {"a.csv": "same", "own.csv": "same"}
    assert [reason["text"] for reason in live["reasons"]] == ["own.csv has been written since it was read."]


async def test_a_watch_begins_with_a_question_and_ends_with_the_kernel(person: Any) -> None:
    await read_all(person, "a.csv")
    watches = person.server.web_app.settings["jupyter_prov_recorder"].watches
    assert not watches._watches
    await person.live("a.ipynb")
    assert list(watches._watches) == [person.kernel_id("a.ipynb")]
    await person.fetch("api", "sessions", person.sessions["a.ipynb"]["id"], method="DELETE")
    await person.until(lambda: not watches._watches)
