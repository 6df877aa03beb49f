"""The append-only file of a live session, from which a record can be made after any death.

One JSON object a line: `{"sum": …, "entry": {…}}`. `sum` is the digest of the entry chained to the `sum` of the
line before it, so that a torn or altered line is found when the journal is read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Container, Iterator
from pathlib import Path
from typing import IO, Any

from blake3 import blake3

from jupyter_prov.record import digest
from jupyter_prov.record.sessionlog import Entry, SessionLog

KEPT_DAYS = 90.0
_HEAD = len('{"sum":"","entry":') + 32


class Journal:
    """Writes entries of one kernel; several sessions (restarts) follow each other in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sum = ""
        self._size = 0
        self._file: IO[bytes] | None = None

    def append(self, entry: Entry) -> None:
        """Write one entry through to the file; raises OSError where the disk refuses it."""
        if self._file is None:
            self._open()
        assert self._file is not None
        body = json.dumps(entry, separators=(",", ":"))
        chained = _chain(self._sum, body)
        line = f'{{"sum":"{chained}","entry":{body}}}\n'.encode()
        try:
            _write_all(self._file, line)
        except OSError:  # part of the line may be there, and nothing could be read behind it
            self._file.truncate(self._size)
            self._file.seek(self._size)
            raise
        self._sum, self._size = chained, self._size + len(line)

    def _open(self) -> None:
        """Go on after the last whole line; what is torn behind it is cut off."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._sum, self._size = "", 0
        if self.path.exists():
            for line, chained, _ in _lines(self.path):
                self._sum, self._size = chained, self._size + len(line)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        self._file.truncate(self._size)
        self._file.seek(self._size)

    def close(self) -> None:
        """Close the file; a later entry opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _write_all(file: IO[bytes], line: bytes) -> None:
    """Write a whole line; an almost full disk takes a part of it before it complains."""
    while line:
        line = line[file.write(line) :]


def sessions_of(path: Path) -> list[SessionLog]:
    """The sessions that a journal tells of, as far as it is whole, oldest first."""
    logs: dict[str, SessionLog] = {}
    for _, _, entry in _lines(path):
        if "session" in entry:
            name = str(entry["session"])
            logs.setdefault(name, SessionLog(name)).apply(entry)
    return list(logs.values())


def prune(folder: Path, days: float = KEPT_DAYS) -> None:
    """Remove journals that nobody wrote to for so many days."""
    limit = time.time() - days * 86_400
    for path in folder.glob("*.jsonl"):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _chain(previous: str, body: str) -> str:
    return blake3((previous + body).encode()).hexdigest(length=16)


def _lines(path: Path) -> Iterator[tuple[bytes, str, dict[str, Any]]]:
    """Each whole line with its sum and entry, up to the first that is torn or altered."""
    previous = ""
    with path.open("rb") as file:
        for line in file:
            body = line[_HEAD:-2].decode("utf-8", "replace")
            chained = _chain(previous, body)
            if not line.endswith(b"}\n") or not line.startswith(f'{{"sum":"{chained}"'.encode()):
                return
            yield line, chained, json.loads(body)
            previous = chained


def recovered(folder: Path, notebook: str, known: Container[str], newest: int = 50) -> list[SessionLog]:
    """Sessions of a notebook whose server ended before it could save them, oldest first.

    `known` are the ids of kernels whose sessions are known anyway; so many of the newest journals are looked at.
    """
    paths = sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime)[-newest:]
    found = [path for path in paths if path.stem not in known and notebook in _last_notebooks(path)]
    sessions = [session for path in found for session in sessions_of(path) if session.executions]
    for session in sessions:
        session.close()
    return sessions


def _last_notebooks(path: Path) -> Collection[str]:
    """The notebooks that a journal says last that its kernel has served."""
    content = path.read_bytes()
    start = len(content)
    while (start := content.rfind(b'{"kind":"notebook"', 0, start)) >= 0:
        try:
            entry = json.loads(content[start : content.find(b"}\n", start)])
        except ValueError:  # a torn line
            continue
        found: list[str] = entry.get("paths") or [entry.get("path")]
        return found
    return ()


def texts(folder: Path, wanted: Collection[str]) -> dict[str, str]:
    """The texts of the sources with these digests that any journal holds."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True):
        for _, _, entry in _lines(path):
            if entry.get("kind") == "started" and (source := digest.of_text(entry["text"])) in wanted:
                found[source] = entry["text"]
        if len(found) == len(wanted):
            break
    return found
