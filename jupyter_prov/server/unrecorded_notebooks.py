"""Notebooks that ask not to be recorded: which executions of a kernel are theirs, and an entry or session without them.

An execution is theirs by its cell, else by the client that asked for it. Where both are unknown, it counts as theirs
once a client of another notebook is known: rather too little is recorded than what nobody wanted to be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from jupyter_prov.record.match_cells import Shown
from jupyter_prov.record.model import Execution
from jupyter_prov.record.noted_files import files_of
from jupyter_prov.record.sessionlog import Entry, SessionLog
from jupyter_prov.server.served_notebooks import moved

SPOT = (
    "Another notebook used this kernel and asks not to be recorded: what it ran is missing here, and so may be what a "
    "client ran that was not known yet."
)
OF_EXECUTIONS = ("started", "ended", "files")
_OF_FILES = ("digests", "meanings")
File = tuple[str, str]
"""An absolute path and a version."""


class Unwanted:
    """The notebooks of one kernel that ask not to be recorded, and what they have run."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._cells: dict[str, set[str]] = {}
        """The cells of each notebook as it was saved last, by their ids."""
        self._clients: dict[str, bool] = {}
        """Whether what a client runs is unwanted."""
        self._executions: set[tuple[str, int]] = set()
        """Unwanted executions, by session and number."""
        self._files: set[File] = set()
        """What these executions read and wrote."""
        self._digests: dict[File, list[Any]] = {}
        """What has come of these files, of which another notebook may still ask."""

    def note(self, path: str, cells: Iterable[Shown], wants_record: bool) -> None:
        """Take in a notebook as it is saved."""
        if wants_record and path in self.paths:
            self.paths.remove(path)
            self._clients.clear()  # its own is among them
        elif not wants_record:
            self.paths.add(path)
        self._cells[path] = {cell.id for cell in cells if not cell.is_numbered}

    def rename(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        self.paths = {moved(path, old, new) for path in self.paths}
        self._cells = {moved(path, old, new): cells for path, cells in self._cells.items()}

    def covers(self, paths: Collection[str]) -> bool:
        """Whether nothing of a kernel that has served these notebooks is wanted."""
        return bool(self.paths) and self.paths.issuperset(paths)

    def learn(self, logs: Iterable[SessionLog]) -> None:
        """Learn from what has run which clients are whose; all but the last execution's were there before."""
        for log in logs:
            for run in log.executions:
                if (client := log.clients.get(run.number)) is not None:
                    is_unwanted = self._by_cell(run.cell)
                    if is_unwanted is not None or run is not log.executions[-1]:
                        self._clients.setdefault(client, bool(is_unwanted))

    def purge(self, log: SessionLog, everything: bool) -> bool:
        """Remove what is unwanted from a session; whether there was any."""
        runs = log.executions
        gone = [run for run in runs if everything or self._is_unwanted(run.cell, log.clients.get(run.number))]
        self._executions |= {(log.id, run.number) for run in gone}
        self._note_files(file for run in gone for file in files_of(run))
        _remove(log, gone)
        return bool(gone)

    def is_another(self, started: Entry) -> bool:
        """Whether an execution is known to be another notebook's."""
        found = self._by_cell(started.get("cell"))
        return found is False or (found is None and self._clients.get(started.get("client", "")) is False)

    def drop(self, entries: Iterable[Entry]) -> None:
        """Take the entries of an execution, which have been kept nowhere, for unwanted."""
        for entry in entries:
            self._executions.add((str(entry["session"]), entry["number"]))
            if client := entry.get("client"):
                self._clients.setdefault(client, True)
            self._note_evidence(entry)

    def filtered(self, entry: Entry, logs: Collection[SessionLog]) -> Entry:
        """What of an entry is to be kept beside these sessions: all of it, or its blind spots alone."""
        if "session" not in entry or not (self.paths or self._executions):
            return entry
        kind, session = entry["kind"], str(entry["session"])
        if kind in _OF_FILES:
            return self._without_files(entry, logs)
        if kind == "started" and self._is_unwanted(entry.get("cell"), entry.get("client")):
            self._executions.add((session, entry["number"]))
        elif kind not in OF_EXECUTIONS or (session, entry["number"]) not in self._executions:
            return entry
        self._note_evidence(entry)
        return {"kind": "facts", "session": session, "blind_spots": [*entry.get("blind_spots", ()), SPOT]}

    def released(self, log: SessionLog) -> Entry | None:
        """The digests for which a session waits, and which came when they were of unwanted executions alone."""
        awaited = {(file["path"], file["version"]) for file in log.waiting} & self._digests.keys()
        found = [self._digests.pop(one) for one in sorted(awaited)]
        return {"kind": "digests", "session": log.id, "files": found} if found else None

    def _without_files(self, entry: Entry, logs: Collection[SessionLog]) -> Entry:
        """Digests or meanings without those of files that none but unwanted executions used."""
        named = {(one[0], one[1]): one for one in entry["files"]}
        alone = named.keys() & self._files
        if alone:
            alone -= {version for log in logs for version in _versions(log)}
        if entry["kind"] == "digests":
            self._digests |= {version: list(named[version]) for version in alone}
        return {**entry, "files": [one for version, one in named.items() if version not in alone]}

    def _note_evidence(self, entry: Entry) -> None:
        noted = (one for one in entry.get("evidence", {}).values() if isinstance(one, dict))
        self._note_files(chain(entry.get("files", ()), *(one.get("files", ()) for one in noted)))

    def _note_files(self, files: Iterable[Mapping[str, Any]]) -> None:
        self._files |= {(file["path"], file["version"]) for file in files if "version" in file}

    def _is_unwanted(self, cell: str | None, client: str | None) -> bool:
        found = self._by_cell(cell)
        if client is None or not self.paths:
            return bool(found)
        if found is not None:
            self._clients[client] = found
        known = self._clients.get(client)
        return False in self._clients.values() if known is None else known

    def _by_cell(self, cell: str | None) -> bool | None:
        """Whether a cell is of an unwanted notebook; None where it may be any's."""
        owners = {path in self.paths for path, cells in self._cells.items() if cell in cells}
        return next(iter(owners)) if len(owners) == 1 else None


def _remove(log: SessionLog, gone: Collection[Execution]) -> None:
    """Take executions out of a session."""
    numbers = {run.number for run in gone}
    log.executions = [run for run in log.executions if run.number not in numbers]
    log.latest = {run.cell: run for run in log.executions if run.cell}
    sources = {run.source for run in log.executions}
    log.texts = {source: text for source, text in log.texts.items() if source in sources}
    log.clients = {number: client for number, client in log.clients.items() if number not in numbers}
    log.late -= numbers
    kept = {id(file) for run in log.executions for file in files_of(run)}
    log.waiting = [file for file in log.waiting if id(file) in kept]
    versions = set(_versions(log))
    log.digests = {version: found for version, found in log.digests.items() if version in versions}


def _versions(log: SessionLog) -> Iterator[File]:
    for run in log.executions:
        yield from ((file["path"], file["version"]) for file in files_of(run) if "version" in file)
