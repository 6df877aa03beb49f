"""Notebooks are renamed, copied and deleted beside files of all kinds: records follow, and no other file is touched."""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from jupyter_prov.record import record_file
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.errors import UnreadableRecord
from tests.campaign.figure import Figure, command
from tests.campaign.working import Server, until
from tests.record.making import code, log_of, notebook_of, printed, ran

W3C = b'{"prefix": {"ex": "http://example.org/"}, "entity": {"ex:e1": {}}}\n'
FOREIGN: dict[str, bytes] = {
    "a W3C document": W3C,
    "a newer record": b'{"schema": "jupyter-prov/record/2", "notebook": "a.ipynb", "cells": [], "sessions": []}\n',
    "a record without sessions": b'{"schema": "jupyter-prov/record/1", "notebook": "a.ipynb", "cells": []}\n',
    "a list": b"[]\n",
    "half a document": W3C[:30],
    "an empty file": b"",
    "bytes": bytes(range(256)),
    "a text": b"remember the milk\n",
}
NAMES = (
    "b.ipynb",
    "b c.ipynb",
    "b.c.ipynb",
    "\u00fc\u6f22\U0001f3b2.ipynb",
    "b%20c.ipynb",
    "b#?.ipynb",
    "'\"$(b).ipynb",
    "-b.ipynb",
)
NOTEBOOK = notebook_of(code("a", 1, printed("1")))


class Work:
    """A folder of its own on a server, and what is done to the notebooks in it."""

    def __init__(self, server: Server, number: int) -> None:
        self.server, self.folder = server, f"work-{number}"
        self.root = server.root / self.folder
        self.root.mkdir()
        (self.root / "pyproject.toml").touch()

    def notebook(self, name: str = "a.ipynb", recorded: bool = True, record: str = "") -> None:
        """A notebook with its record."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(nbformat.writes(nbformat.from_dict(NOTEBOOK)))
        if recorded:
            made = assemble(path.name, NOTEBOOK, [log_of(ran(1))])
            record_file.write(path.with_name(record) if record else record_file.beside(path), made)

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        """Ask for something, and wait until the recorder has seen to it."""
        try:
            answer = self.server.ask(method, f"api/contents/{_quoted(self.folder)}/{_quoted(name)}".rstrip("/"), body)
        finally:
            self._settle()
        return answer

    def rename(self, old: str, new: str) -> None:
        self.ask("PATCH", old, {"path": f"{self.folder}/{new}"})

    def delete(self, name: str) -> None:
        self.ask("DELETE", name)

    def copy(self, name: str) -> str:
        return str(self.ask("POST", "", {"copy_from": f"{self.folder}/{name}"})["name"])

    def save(self, name: str = "a.ipynb") -> None:
        self.ask("PUT", name, {"type": "notebook", "format": "json", "content": json.loads(json.dumps(NOTEBOOK))})

    def message(self, name: str = "a.ipynb") -> str:
        """What the panel shows of the recording."""
        return str(
            self.server.ask("POST", "jupyter-prov/live", {"path": f"{self.folder}/{name}"})["recording"]["message"]
        )

    def _settle(self) -> None:
        """Records are seen to one after the other: what was asked before this is done."""
        sentinel = Path(self.server.root, "sentinel.ipynb")
        sentinel.write_text(nbformat.writes(nbformat.from_dict(NOTEBOOK)))
        record = record_file.beside(sentinel)
        record_file.write(record, assemble(sentinel.name, NOTEBOOK, [log_of(ran(1))]))
        self.server.ask("DELETE", "api/contents/sentinel.ipynb")
        until(lambda: not record.exists(), "the recorder is done")

    def holds(self, **contents: bytes | None) -> list[str]:
        """What is not as it should be: other files than these, or another content where one is given."""
        found = {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if not path.is_dir()}
        found = {name for name in found if ".ipynb_checkpoints" not in name} - {"pyproject.toml"}
        wrong = [f"there is {name}" for name in sorted(found - contents.keys())]
        wrong += [f"there is no {name}" for name in sorted(contents.keys() - found)]
        for name in sorted(found & contents.keys()):
            if (content := contents[name]) is not None and (self.root / name).read_bytes() != content:
                wrong.append(f"{name} was changed")
            elif content is None and name.endswith(record_file.SUFFIX):
                record_file.read(self.root / name)
        return wrong


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


@dataclass(frozen=True)
class Scenario:
    """Something that is done, and what is wrong afterwards."""

    name: str
    run: Callable[[Work], list[str]]


def _foreign(content: bytes, act: str) -> Callable[[Work], list[str]]:
    """A person's file lies where the record of a.ipynb would, or that of the name which it gets."""

    def run(work: Work) -> list[str]:
        taken = act == "rename to"
        work.notebook(recorded=taken)
        (work.root / ("b.prov.json" if taken else "a.prov.json")).write_bytes(content)
        if act == "delete":
            work.delete("a.ipynb")
            return work.holds(**{"a.prov.json": content})
        if act == "copy":
            copied = work.copy("a.ipynb")
            return work.holds(**{"a.ipynb": None, copied: None, "a.prov.json": content})
        work.rename("a.ipynb", "b.ipynb")
        kept: dict[str, bytes | None] = (
            {"b.prov.json": content, "a.prov.json": None} if taken else {"a.prov.json": content}
        )
        said = work.message("b.ipynb")
        mute = [] if not taken or "record-name" in said else [f"the panel says only: {said}"]
        return work.holds(**{"b.ipynb": None, **kept}) + mute

    return run


def _named(name: str) -> Callable[[Work], list[str]]:
    """A record follows its notebook through all sorts of names."""

    def run(work: Work) -> list[str]:
        work.notebook()
        work.rename("a.ipynb", name)
        record = record_file.record_path(name)
        wrong = work.holds(**{name: None, record: None})
        copied = work.copy(name)
        wrong += work.holds(**{name: None, record: None, copied: None, record_file.record_path(copied): None})
        work.delete(name)
        return wrong + work.holds(**{copied: None, record_file.record_path(copied): None})

    return run


def _own_name(pattern: str, record: str) -> Callable[[Work], list[str]]:
    def run(work: Work) -> list[str]:
        (work.root / "pyproject.toml").write_text(f'[tool.jupyter-prov]\nrecord-name = "{pattern}"\n')
        work.notebook()
        (work.root / "b.prov.json").write_bytes(W3C)
        work.rename("a.ipynb", "b.ipynb")
        wrong = work.holds(**{"b.ipynb": None, record: None, "b.prov.json": W3C})
        work.delete("b.ipynb")
        return wrong + work.holds(**{"b.prov.json": W3C})

    return run


def _full_disk(work: Work) -> list[str]:
    work.notebook()
    before = (work.root / "a.prov.json").read_bytes()
    resource.prlimit(work.server.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        work.rename("a.ipynb", "b.ipynb")
    finally:
        resource.prlimit(work.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wrong = work.holds(**{"b.ipynb": None, "a.prov.json": before})
    return wrong if "cannot be saved" in work.message("b.ipynb") else [*wrong, "the panel says nothing of it"]


def _name_too_long(work: Work) -> list[str]:
    """The new name is as long as names may be, so that the record's would be longer: the old record stays."""
    work.notebook()
    before, name = (work.root / "a.prov.json").read_bytes(), "n" * 249 + ".ipynb"
    work.rename("a.ipynb", name)
    wrong = work.holds(**{name: None, "a.prov.json": before})
    return wrong if "cannot be saved" in work.message(name) else [*wrong, "the panel says nothing of it"]


def _link(work: Work) -> list[str]:
    work.notebook()
    real = work.root / "kept.json"
    (work.root / "a.prov.json").rename(real)
    (work.root / "a.prov.json").symlink_to(real)
    before = real.read_bytes()
    work.rename("a.ipynb", "b.ipynb")
    return work.holds(**{"b.ipynb": None, "b.prov.json": None, "kept.json": before})


def _foreign_link(work: Work) -> list[str]:
    work.notebook(recorded=False)
    (work.root / "mine.json").write_bytes(W3C)
    (work.root / "a.prov.json").symlink_to("mine.json")
    work.save()
    work.rename("a.ipynb", "b.ipynb")
    work.delete("b.ipynb")
    return work.holds(**{"mine.json": W3C, "a.prov.json": W3C})


def _dangling(work: Work) -> list[str]:
    work.notebook(recorded=False)
    (work.root / "a.prov.json").symlink_to("nowhere.json")
    work.save()
    work.delete("a.ipynb")
    return [] if os.path.islink(work.root / "a.prov.json") else ["the link is gone"]


def _pipe(work: Work) -> list[str]:
    work.notebook(recorded=False)
    os.mkfifo(work.root / "a.prov.json")
    work.save()
    work.delete("a.ipynb")
    return [] if (work.root / "a.prov.json").is_fifo() else ["the pipe is gone"]


def _directory(work: Work) -> list[str]:
    work.notebook(recorded=False)
    (work.root / "a.prov.json").mkdir()
    (work.root / "a.prov.json" / "mine").write_bytes(W3C)
    work.save()
    work.rename("a.ipynb", "b.ipynb")
    return work.holds(**{"b.ipynb": None, "a.prov.json/mine": W3C})


def _folder_renamed(work: Work) -> list[str]:
    work.notebook("one/a.ipynb")
    work.rename("one", "two")
    work.rename("two/a.ipynb", "two/b.ipynb")
    return work.holds(**{"two/b.ipynb": None, "two/b.prov.json": None})


def _moved(work: Work) -> list[str]:
    work.notebook("one/a.ipynb")
    (work.root / "two").mkdir()
    work.rename("one/a.ipynb", "two/a.ipynb")
    return work.holds(**{"two/a.ipynb": None, "two/a.prov.json": None})


def _there_and_back(work: Work) -> list[str]:
    work.notebook()
    before = (work.root / "a.prov.json").read_bytes()
    work.rename("a.ipynb", "b.ipynb")
    work.rename("b.ipynb", "a.ipynb")
    return work.holds(**{"a.ipynb": None, "a.prov.json": before})


def _exchanged(work: Work) -> list[str]:
    for name in ("a.ipynb", "b.ipynb"):
        work.notebook(name)
    work.rename("a.ipynb", "c.ipynb")
    work.rename("b.ipynb", "a.ipynb")
    work.rename("c.ipynb", "b.ipynb")
    wrong = work.holds(**dict.fromkeys(("a.ipynb", "a.prov.json", "b.ipynb", "b.prov.json")))
    said = {name: record_file.read(work.root / f"{name}.prov.json").notebook for name in "ab"}
    return wrong if said == {"a": "a.ipynb", "b": "b.ipynb"} else [*wrong, f"the records say {said}"]


def _not_a_notebook(work: Work) -> list[str]:
    (work.root / "a.txt").write_bytes(W3C)
    (work.root / "a.prov.json").write_bytes(W3C)
    work.rename("a.txt", "b.txt")
    work.delete("b.txt")
    return work.holds(**{"a.prov.json": W3C})


def _record_alone(work: Work) -> list[str]:
    """A person renames the record itself, and deletes it."""
    work.notebook()
    work.rename("a.prov.json", "mine.prov.json")
    wrong = work.holds(**{"a.ipynb": None, "mine.prov.json": None})
    work.delete("mine.prov.json")
    return wrong + work.holds(**{"a.ipynb": None})


def _stale(work: Work) -> list[str]:
    """A record that is left over from a notebook that is gone gives way, as it is ours."""
    work.notebook("b.ipynb")
    (work.root / "b.ipynb").unlink()
    work.notebook()
    work.rename("a.ipynb", "b.ipynb")
    return work.holds(**{"b.ipynb": None, "b.prov.json": None})


def _one_name(work: Work) -> list[str]:
    (work.root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "one.prov.json"\n')
    work.notebook()
    work.notebook("b.ipynb", recorded=False)
    before = (work.root / "one.prov.json").read_bytes()
    work.save("b.ipynb")
    work.delete("b.ipynb")
    return work.holds(**{"a.ipynb": None, "one.prov.json": before})


def _wrong_setting(work: Work) -> list[str]:
    work.notebook()
    before = (work.root / "a.prov.json").read_bytes()
    (work.root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "x.json"\n')
    work.rename("a.ipynb", "b.ipynb")
    return work.holds(**{"b.ipynb": None, "a.prov.json": before})


SCENARIOS = (
    *(Scenario(f"{act}, beside {what}", _foreign(content, act))
      for what, content in FOREIGN.items() for act in ("delete", "rename", "rename to", "copy")),
    *(Scenario(f"named {name}", _named(name)) for name in NAMES),
    Scenario("records with a name of their own", _own_name("{stem}.repro.prov.json", "b.repro.prov.json")),
    Scenario("records with a beginning of their own", _own_name("r-{stem}.prov.json", "r-b.prov.json")),
    Scenario("records with an end of their own", _own_name(".x.prov.json", "b.x.prov.json")),
    *(Scenario(run.__name__.strip("_").replace("_", " "), run) for run in (
        _full_disk, _name_too_long, _link, _foreign_link, _dangling, _pipe, _directory, _folder_renamed, _moved,
        _there_and_back, _exchanged, _not_a_notebook, _record_alone, _stale, _one_name, _wrong_setting)),
)  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Rename, copy and delete notebooks."""
    return command(campaign, len(SCENARIOS), argv)


def campaign(tries: int, seed: int) -> list[Figure]:
    """So many scenarios, chosen at random where they are not all."""
    figure = Figure("records that do not follow their notebook, and files of persons that are touched")
    chosen = random.Random(seed).sample(SCENARIOS, min(tries, len(SCENARIOS)))
    with tempfile.TemporaryDirectory(prefix="prov-names-") as folder:
        server = Server(Path(folder), Path(folder, "root"))
        server.start()
        try:
            for number, scenario in enumerate(chosen):
                figure.count(*(f"{scenario.name}: {wrong}" for wrong in _wrong(scenario, Work(server, number))))
        finally:
            server.stop()
    return [figure]


def _wrong(scenario: Scenario, work: Work) -> list[str]:
    try:
        return scenario.run(work)
    except (OSError, UnreadableRecord) as error:
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
