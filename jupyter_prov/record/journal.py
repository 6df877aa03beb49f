"""The append-only file of a live session, from which a record can be made after any death.

One JSON object a line: `{"sum": …, "own": …, "entry": {…}}`. `own` is the digest of the entry, so that a torn or
altered line is found; `sum` is that of the entry chained to the `sum` of the line before it, so that a line that was
removed or moved is found. A bad line costs itself, and at most the proof of the next. Lines of 0.1 have no `own`.

The entry of kind `head` names the server, the root of its notebooks and the kernel; one of kind `notebook` follows
whenever the kernel begins to serve a notebook. While a process writes a journal, it holds a lock on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from blake3 import blake3

from jupyter_prov.record import digests, safe_reading
from jupyter_prov.record.sessionlog import Entry, SessionLog

if sys.platform != "win32":
    import fcntl

KEPT_DAYS = 90.0
HEAD, NOTEBOOK = "head", "notebook"
_LINE = re.compile(rb'\{"sum":"([0-9a-f]{32})"(?:,"own":"([0-9a-f]{16})")?(?:,"entry":(.*)\}\n?)?', re.DOTALL)


class Journal:
    """Writes entries of one kernel; several sessions (restarts) follow each other in one file."""

    def __init__(self, path: Path, head: Entry | None = None) -> None:
        self.path = path
        self._sum = ""
        self._size = 0
        self._file: IO[bytes] | None = None
        self._head = [] if head is None else [_dumps({"kind": HEAD, **head})]
        self._waiting = deque(self._head)
        """Entries that the disk has refused so far."""

    def append(self, entry: Entry) -> None:
        """Write one entry through to the file; raises OSError where the disk refuses it, and keeps it for later."""
        self._waiting.append(_dumps(entry))
        self.complete()

    def complete(self) -> None:
        """Write what the disk has refused so far; raises OSError where it still does."""
        while self._waiting:
            if self._file is None:
                self._open()
            self._write(self._waiting[0])
            self._waiting.popleft()

    @property
    def is_complete(self) -> bool:
        """Whether the file holds all entries."""
        return not self._waiting

    def _write(self, body: str) -> None:
        assert self._file is not None
        chained = _chain(self._sum, body)
        line = f'{{"sum":"{chained}","own":"{_own(body)}","entry":{body}}}\n'.encode()
        try:
            _write_all(self._file, line)
        except OSError:  # part of the line may be there
            self._file.truncate(self._size)
            self._file.seek(self._size)
            raise
        self._sum, self._size = chained, self._size + len(line)

    def _open(self) -> None:
        """Go on behind whatever is there, on a line of its own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._sum, last = "", b"\n"
        if self.path.exists():
            with self.path.open("rb") as before:
                for last in before:
                    found = _LINE.match(last)
                    self._sum = found[1].decode() if found else self._sum
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        file: IO[bytes] = os.fdopen(descriptor, "wb", buffering=0)
        try:
            _lock(file)
            self._size = file.seek(0, os.SEEK_END)
            if not last.endswith(b"\n"):  # torn by a kill
                self._size += file.write(b"\n")
        except OSError:
            file.close()
            raise
        self._file = file

    def rewrite(self, kept: Callable[[Entry], Entry]) -> None:
        """Put in the place of each entry what is to be kept of it; raises OSError."""
        self.complete()
        fresh = Journal(self.path.with_name(f"{self.path.name}.new"))
        fresh.path.unlink(missing_ok=True)
        for entry, _ in list(_entries(self.path)):
            if entry is not None:
                fresh.append(kept(entry))
        fresh.close()
        self.close()
        os.replace(fresh.path, self.path)

    def discard(self) -> None:
        """Remove the file; a later entry begins it anew. Raises OSError."""
        self.close()
        self._waiting = deque(self._head)
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; a later entry opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _write_all(file: IO[bytes], line: bytes) -> None:
    """Write a whole line; an almost full disk takes a part of it before it complains."""
    while line:
        line = line[file.write(line) :]


def _lock(file: IO[bytes]) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # the file system has no locks, or another process writes here too
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_live(path: Path) -> bool:
    """Whether a process still writes this journal; raises OSError where it cannot be opened."""
    if sys.platform == "win32":
        try:
            os.rename(path, path)  # which Windows refuses while a file is open
        except OSError:
            return True
        return False
    with open(safe_reading.open_regular(path), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return isinstance(error, BlockingIOError)  # not so where the file system has no locks
    return False


@dataclass
class Reading:
    """What a journal says: its sessions, oldest first, and at how many places it is damaged."""

    sessions: list[SessionLog] = field(default_factory=list)
    damaged: int = 0


def read(path: Path) -> Reading:
    """What a journal says, whatever is damaged in it; raises OSError."""
    logs: dict[str, SessionLog] = {}
    places: dict[str, int] = {}
    last, before, reading = "", 0, Reading()
    """The session of the last good line, and how many damaged places were found before there was one."""
    for entry, is_damaged in _entries(path):
        session = str(entry["session"]) if entry and "session" in entry else last
        reading.damaged += is_damaged
        if not session:
            before += is_damaged
            continue
        places[session] = places.get(session, 0) + is_damaged + before
        last, before = session, 0
        if entry and "session" in entry:
            logs.setdefault(session, SessionLog(session)).apply(entry)
    for name, log in logs.items():
        log.executions.sort(key=lambda execution: execution.number)
        if places[name]:
            log.blind_spots.append(_damage(places[name]))
    reading.sessions = list(logs.values())
    return reading


def sessions_of(path: Path) -> list[SessionLog]:
    """The sessions that a journal tells of, oldest first; raises OSError."""
    return read(path).sessions


def _damage(places: int) -> str:
    where = in_places(places)
    return f"The journal of this session is damaged {where}; what stood there is missing where nothing else knows it."


def in_places(number: int) -> str:
    """So many places, in words."""
    return "in one place" if number == 1 else f"in {number} places"


def _entries(path: Path) -> Iterator[tuple[dict[str, Any] | None, bool]]:
    """Each line's entry, None for one that is torn or altered, and whether a damaged place begins with it."""
    previous, was_bad = "", False
    with open(safe_reading.open_regular(path), "rb") as file:
        for line in file:
            found = _LINE.match(line)
            entry, is_proven = parsed(line, previous, was_bad)
            yield entry, entry is None or not (is_proven or was_bad)
            previous, was_bad = found[1].decode() if found else previous, entry is None


def parsed(line: bytes, previous: str | None = None, follows_bad: bool = True) -> tuple[dict[str, Any] | None, bool]:
    """The entry of a line, None for one that is torn or altered, and whether its chain to the line before is whole."""
    found = _LINE.fullmatch(line)
    if found is None or found[3] is None:
        return None, False
    body = found[3].decode("utf-8", "replace")
    is_chained = previous is not None and _chain(previous, body) == found[1].decode()
    is_whole = _own(body) == found[2].decode() if found[2] else is_chained or follows_bad
    try:
        entry = json.loads(body) if is_whole else None
    except (ValueError, RecursionError):
        entry = None
    return (entry if isinstance(entry, dict) else None), is_chained


def prune(folder: Path, days: float = KEPT_DAYS) -> None:
    """Remove journals that nobody wrote to for so many days; raises OSError."""
    limit = time.time() - days * 86_400
    for path in journals(folder):
        with contextlib.suppress(safe_reading.NotRegular):  # which is none of ours
            if path.stat().st_mtime < limit and not is_live(path):
                path.unlink(missing_ok=True)


def journals(folder: Path) -> list[Path]:
    """The journals in a folder, the newest last; none where there is no folder. Raises OSError."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.name.endswith(".jsonl")]
    except FileNotFoundError:
        return []
    return [Path(path) for _, path in sorted(found)]


def texts(folder: Path, wanted: Collection[str]) -> dict[str, str]:
    """The texts of the sources with these digests that any journal holds."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):  # they are a help where they can be read
        for path in reversed(journals(folder)):
            with contextlib.suppress(OSError):
                found |= _texts_in(path, wanted)
            if len(found) == len(wanted):
                break
    return found


def _texts_in(path: Path, wanted: Collection[str]) -> dict[str, str]:
    started = (entry for entry, _ in _entries(path) if entry and entry.get("kind") == "started")
    texts = (entry.get("text") for entry in started)
    known = {digests.of_text(text): text for text in texts if isinstance(text, str)}
    return {source: text for source, text in known.items() if source in wanted}


def _dumps(entry: Entry) -> str:
    return json.dumps(entry, separators=(",", ":"))


def _chain(previous: str, body: str) -> str:
    return blake3((previous + body).encode()).hexdigest(length=16)


def _own(body: str) -> str:
    return blake3(body.encode()).hexdigest(length=8)
