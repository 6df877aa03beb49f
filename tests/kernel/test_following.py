"""Records of kernels that no server listens to: VS Code's, and those of a bare client."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import digests, record_file
from jupyter_prov.record.model import Record
from tests.live import LiveKernel, companion, kernel
from tests.record.making import left_behind

LOAD = "%load_ext jupyter_prov"
FOLLOWED = f"{companion('SaveWatcher')}._followed()"


class Editor:
    """A front end that runs cells and saves the notebook, as VS Code does."""

    def __init__(self, live: LiveKernel, path: Path, sends_ids: bool, has_ids: bool = True) -> None:
        self.live, self.path = live, path
        self._sends_ids, self._has_ids = sends_ids, has_ids
        self.cells: dict[str, dict[str, Any]] = {}

    def type(self, cell: str, source: str) -> None:
        """Put a cell at the end, or edit it."""
        self.cells.setdefault(cell, {"execution_count": None, "outputs": []})["source"] = source

    def run(self, cell: str, source: str | None = None) -> None:
        """Run a cell, after it was edited."""
        if source is not None:
            self.type(cell, source)
        reply = self.ask(self.cells[cell]["source"], cell)
        self.cells[cell]["execution_count"] = reply["execution_count"]
        self.cells[cell]["outputs"] = [{k: v for k, v in o.items() if k != "transient"} for o in self.live.outputs]

    def ask(self, code: str, cell: str = "console") -> dict[str, Any]:
        """Have something executed."""
        content = {"code": code, "silent": False, "store_history": True}
        return self.live.request(content, cell if self._sends_ids else None)

    def save(self, **metadata: Any) -> None:
        """Save the notebook."""
        cells = [
            {"cell_type": "code", "metadata": {}, **({"id": name} if self._has_ids else {}), **cell}
            for name, cell in self.cells.items()
        ]
        minor = 5 if self._has_ids else 4
        self.path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}))

    def looked(self) -> bool:
        """Whether the kernel part has done with the notebook as it was saved last."""
        seen = f"{companion('SaveWatcher')}._seen[2:]"
        content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"seen": seen}}
        told = self.live.request(content)["user_expressions"]["seen"]["data"]["text/plain"]
        state = self.path.stat()
        return bool(told == str((state.st_size, state.st_mtime_ns)))

    @property
    def beside(self) -> Path:
        return Path(record_file.record_path(str(self.path)))

    def record(self, cells: int) -> Record:
        """The record, once it tells of so many cells."""
        self.live.until(
            lambda: self.beside.exists() and len(record_file.read(self.beside).cells) == cells, "the record"
        )
        return record_file.read(self.beside)


@contextmanager
def editor(
    project: Path, python: str, sends_ids: bool = False, has_ids: bool = True, told: bool = True
) -> Iterator[Editor]:
    path = project / "analysis.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with kernel(project, python, shake=False) as live:
        edited = Editor(live, path, sends_ids, has_ids)
        edited.ask(LOAD + (f"\n__vsc_ipynb_file__ = {str(path)!r}" if told else ""))
        yield edited


def test_a_notebook_that_the_user_names_is_followed_from_then_on(project: Path, python: str) -> None:
    """And not only from the next look at the one that was followed before."""
    path, other = project / "analysis.ipynb", project / "other.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with kernel(project, python, shake=False) as live:
        edited = Editor(live, path, sends_ids=False, has_ids=True)
        edited.ask("from jupyter_prov.kernel import save_watcher\nsave_watcher.EVERY = 3600")
        edited.ask(f"{LOAD}\n__vsc_ipynb_file__ = {str(path)!r}")
        edited.run("first", "1")
        edited.run("name", f"%prov save {other}")
        followed = {"code": "", "silent": True, "store_history": False}
        followed["user_expressions"] = {"path": f"{companion('SaveWatcher')}._path"}
        told = live.request(followed)["user_expressions"]["path"]["data"]["text/plain"]
    assert told == repr(str(other))


@pytest.mark.parametrize("sends_ids", [True, False])
def test_the_record_is_written_when_the_notebook_is_saved(project: Path, python: str, sends_ids: bool) -> None:
    with editor(project, python, sends_ids) as edited:
        edited.run("make", "x = 1\nopen('made.txt', 'w').write('x')")
        edited.run("show", "print(x)")
        edited.save()
        record = edited.record(2)
        assert record.notebook == "analysis.ipynb"
        origin = record.origin("make")
        assert origin is not None
        assert origin[1].evidence["data"]["files"][0]["digest"] == digests.of_bytes(b"x")
        state = record.cell("show")
        assert state is not None
        assert state.outputs == digests.of_outputs(edited.cells["show"]["outputs"])
        edited.run("show", "print(x + 1)")
        edited.run("more", "print(x + 2)")
        edited.save()
        record = edited.record(3)
        assert [e.cell for _, e in record.executions()][-4:] == ["make", "show", "show", "more"]
        assert {path.name for path in project.iterdir()} == {"analysis.ipynb", "analysis.prov.json", "made.txt"}


@pytest.mark.skipif(os.name == "nt", reason="processes of POSIX")
def test_a_save_that_says_nothing_new_removes_what_a_killed_kernel_left(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "a = 1\na")
        edited.save()
        edited.record(1)
        edited.live.until(edited.looked, "the notebook is seen")
        left = left_behind(project)
        edited.save(saved="again")
        edited.live.until(edited.looked, "the notebook is seen again")
        assert not left.exists()


def test_cells_without_ids_are_those_that_a_check_knows(project: Path, python: str) -> None:
    with editor(project, python, has_ids=False) as edited:
        edited.run("one", "a = 1")
        edited.run("two", "print(a)")
        edited.save()
        assert [state.id for state in edited.record(2).cells] == ["cell-0", "cell-1"]


def test_cells_of_the_same_source_are_told_apart_by_their_numbers(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        for cell in ("one", "two", "one"):
            edited.run(cell, "print('same')")
        edited.save()
        record = edited.record(2)
        origins = {state.id: record.origin(state.id) for state in record.cells}
        counts = {cell: origin[1].count for cell, origin in origins.items() if origin}
        assert counts == {cell: edited.cells[cell]["execution_count"] for cell in ("one", "two")}


def test_nothing_is_written_anew_that_says_the_same(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.save()
        edited.record(1)
        edited.live.until(edited.looked, "the save was seen")
        before = edited.beside.stat()
        edited.save(changed=True)
        assert not edited.looked()
        edited.live.until(edited.looked, "the save was seen")
        assert edited.beside.stat().st_mtime_ns == before.st_mtime_ns
        edited.run("two", "print(2)")
        edited.save()
        edited.record(2)
        assert edited.beside.stat().st_mtime_ns != before.st_mtime_ns


def test_a_notebook_that_wants_no_record_gets_none(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.save(prov={"record": False})
        edited.ask("%unload_ext jupyter_prov")
        assert not edited.beside.exists()


def test_what_was_saved_last_is_written_at_the_end(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.save()
        edited.live.client.shutdown()
        assert edited.live.manager.provisioner is not None
        edited.live.until(lambda: edited.beside.exists(), "the record")
    assert len(record_file.read(edited.beside).cells) == 1


def test_where_a_recorder_listens_it_alone_writes(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.live.handshake()
        edited.run("one", "print(1)")
        edited.save()
        content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"followed": FOLLOWED}}
        reply = edited.live.request(content)
        assert reply["user_expressions"]["followed"]["data"]["text/plain"] == "None"
        edited.ask("%unload_ext jupyter_prov")
        assert not edited.beside.exists()


def test_reading_and_writing_both_files_is_nothing_that_the_notebook_did(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.save()
        edited.run(
            "waits",
            f"import os, time\nfor _ in range(600):\n    if os.path.exists({str(edited.beside)!r}): break\n"
            "    time.sleep(0.05)\n    await __import__('asyncio').sleep(0)\nopen('end.txt', 'w').close()",
        )
        edited.save()
        record = edited.record(2)
    names = {f["path"] for _, e in record.executions() for f in e.evidence.get("data", {}).get("files", ())}
    assert names == {"end.txt"}
    imported = {m for _, e in record.executions() for m in e.evidence.get("package", {}).get("modules", ())}
    assert imported.isdisjoint({"fastjsonschema", "orjson", "tomli"})


@pytest.mark.parametrize("name", ["analysis.ipynb", "analysis.prov.json"])
def test_a_path_given_once_is_followed(project: Path, python: str, name: str) -> None:
    with editor(project, python, told=False) as edited:
        edited.run("one", "print(1)")
        edited.ask(f"%prov save {name}")
        assert json.loads(edited.path.read_text())["cells"] == []
        edited.save()
        edited.record(1)


def test_a_call_gives_the_path_too(project: Path, python: str) -> None:
    with editor(project, python, told=False) as edited:
        edited.run("one", "import jupyter_prov as prov; prov.save('analysis.ipynb'); print(1)")
        edited.save()
        edited.record(1)


def test_save_writes_a_valid_record_with_no_server_and_no_ids(project: Path, python: str) -> None:
    with editor(project, python, told=False) as edited:
        edited.run("one", "print(1)")
        edited.save()
        edited.ask(f"%prov save {edited.path}")
        record = record_file.read(edited.beside)
    assert [state.id for state in record.cells] == ["one"]


def test_save_keeps_what_the_record_says_of_earlier_sessions(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.run("two", "print(2)")
        edited.save()
        edited.record(2)
    cells = edited.cells
    with kernel(project, python, shake=False) as live:
        again = Editor(live, edited.path, sends_ids=True)
        again.cells = cells
        again.ask(LOAD)
        again.ask("%prov save analysis.ipynb")
        assert [state.session for state in record_file.read(again.beside).cells] == [1, 1]
        again.run("two", "print(2)")
        again.save()
        again.ask("%prov save")
        record = record_file.read(again.beside)
    assert {state.id: state.session for state in record.cells} == {"one": 1, "two": 2}


def test_save_takes_nothing_from_a_record_where_the_notebook_was_not_saved(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.run("one", "print(1)")
        edited.save()
        edited.record(1)
    kept = edited.beside.read_bytes()
    notebook = json.loads(edited.path.read_text())
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "other"}]
    edited.path.write_text(json.dumps(notebook))
    with kernel(project, python, shake=False) as live:
        live.run(f"{LOAD}\nx = 1")
        live.run("%prov save analysis.ipynb")
        assert "save the notebook first" in live.text
    assert edited.beside.read_bytes() == kept


def test_a_record_that_cannot_be_read_is_left_as_it_is(project: Path, python: str) -> None:
    with editor(project, python) as edited:
        edited.beside.write_text("{broken")
        edited.run("one", "print(1)")
        edited.save()
        edited.ask("%unload_ext jupyter_prov")
        assert edited.beside.read_text() == "{broken"


def test_a_kernel_without_a_notebook_writes_nothing(project: Path, python: str) -> None:
    with kernel(project, python, shake=False) as live:
        live.run(f"{LOAD}\nx = 1")
        live.run("%unload_ext jupyter_prov")
    assert os.listdir(project) == []


def test_a_file_that_is_not_a_record_stays_and_another_name_can_be_chosen(project: Path, python: str) -> None:
    theirs = project / "analysis.prov.json"
    theirs.write_text('{"prefix": {}}')
    with editor(project, python) as edited:
        edited.type("a", "x = 1\nx")
        edited.run("a")
        edited.save()
        edited.live.until(edited.looked, "the saved notebook was looked at")
        assert theirs.read_text() == '{"prefix": {}}'
        (project / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "{stem}.repro.prov.json"\n')
        edited.run("a")
        edited.save()
        record = project / "analysis.repro.prov.json"
        edited.live.until(record.exists, "the record")
        assert [state.id for state in record_file.read(record).cells] == ["a"]
        assert theirs.read_text() == '{"prefix": {}}'
