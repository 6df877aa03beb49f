"""Finds, in a folder of journals, the sessions of a notebook whose server ended before it could save them."""

from __future__ import annotations

import logging
import os
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from jupyter_prov.record import digests
from jupyter_prov.record.journal import Reading, in_places, is_live, journals, parsed, read
from jupyter_prov.record.match_cells import source_of
from jupyter_prov.record.model import Execution
from jupyter_prov.record.safe_reading import open_regular
from jupyter_prov.record.sessionlog import SessionLog

_NOTEBOOK_ENTRY, _FIRST_SESSION = b'"entry":{"kind":"notebook"', b'"entry":{"kind":"session"'
Stamp = tuple[int, int, int]


class Recovery:
    """Knows which journals of a folder belong to which notebook; each is read again only where it has changed."""

    def __init__(self, folder: Path, log: logging.Logger) -> None:
        self._folder, self._log = folder, log
        self._served: dict[Path, tuple[Stamp, frozenset[str]]] = {}
        self._readings: dict[Path, tuple[Stamp, Reading]] = {}
        self._said: set[str] = set()

    def sessions(self, notebook: str, known: Container[str]) -> list[SessionLog]:
        """The sessions of a notebook in journals that no process writes any more, oldest first.

        `notebook` is the real path of its file, or its name in the contents manager that keeps it; `known` are the ids
        of kernels whose sessions are known anyway. What cannot be read is logged.
        """
        found: list[SessionLog] = []
        try:
            for path in journals(self._folder):
                if path.stem not in known:
                    found += self._sessions(path, notebook)
        except OSError as error:
            self._say(
                f"Journals in {self._folder} cannot be read, so sessions that were not saved are missing: {error}"
            )
        return found

    def _sessions(self, path: Path, notebook: str) -> list[SessionLog]:
        try:
            stamp = _stamp(path)
            if notebook not in self._notebooks(path, stamp) or is_live(path):
                return []
            if self._readings.get(path, ((), None))[0] != stamp:
                self._readings[path] = stamp, read(path)
        except OSError as error:
            self._say(f"The journal {path} cannot be read, so its sessions are missing: {error}")
            return []
        reading = self._readings[path][1]
        if reading.damaged:
            self._say(f"The journal {path} is damaged {in_places(reading.damaged)}; what stood there is missing.")
        sessions = [session for session in reading.sessions if session.executions]
        for session in sessions:
            session.close()
            session.is_recovered = True
        return sessions

    def _notebooks(self, path: Path, stamp: Stamp) -> frozenset[str]:
        if self._served.get(path, ((), None))[0] != stamp:
            self._served[path] = stamp, notebooks_of(_content(path))
        return self._served[path][1]

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._log.warning("%s", sentence)


def _content(path: Path) -> bytes:
    with open(open_regular(path), "rb") as file:
        return file.read()


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def notebooks_of(content: bytes) -> frozenset[str]:
    """The notebooks that a journal says last that its kernel has served, by the names that `Recovery.sessions` takes.

    A journal of 0.1 says their paths below a root that it does not name; that of the notebook is known where the kernel
    was started in its folder, as servers do.
    """
    entry = _last(content, _NOTEBOOK_ENTRY)
    if entry is None:
        return frozenset()
    if "files" in entry:
        return frozenset(str(file) for file in entry["files"])
    first = content.find(_FIRST_SESSION)
    session, _ = parsed(_line(content, first)) if first >= 0 else (None, False)
    folder, name = os.path.split(str(entry.get("path")))
    cwd = os.path.realpath(str(session.get("cwd", ""))) if session else ""
    ends = f"/{folder}".rstrip("/")
    is_there = bool(cwd) and cwd.replace(os.sep, "/").endswith(ends)
    return frozenset({os.path.join(cwd, name)} if is_there else ())


def _last(content: bytes, kind: bytes) -> dict[str, Any] | None:
    """The last whole entry that begins like this; no source can, as its quotes are escaped."""
    start = len(content)
    while (start := content.rfind(kind, 0, start)) >= 0:
        entry, _ = parsed(_line(content, start))
        if entry is not None:
            return entry
    return None


def _line(content: bytes, at: int) -> bytes:
    """The whole line around a place."""
    return content[content.rfind(b"\n", 0, at) + 1 : content.find(b"\n", at) + 1 or len(content)]


def showing(sessions: Iterable[SessionLog], notebook: Mapping[str, Any]) -> list[SessionLog]:
    """The sessions without those of journals that made nothing that a notebook shows, as most of earlier months."""
    shown = set()
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code":
            count = cell.get("execution_count")
            shown |= {(cell.get("id"), count), (digests.of_text(source_of(cell)), count)}
    return [one for one in sessions if not one.is_recovered or any(shown & _keys(run) for run in one.executions)]


def _keys(run: Execution) -> set[tuple[str | None, int | None]]:
    """What an execution and a cell have in common; a saved cell may have lost its number."""
    return {(known, count) for known in (run.cell, run.source) for count in (run.count, None)}
