"""Looks at the files that live notebooks have read, and tells when one has changed on disk, gone, or come back.

It looks only at the notebooks that clients ask about, in a thread, and reads a file only where its size and times do
not say whether its content is still the same.
"""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

from jupyter_prov.record.contents import CLOCK_TICK, TREE, Digests, changed_since, version_of
from jupyter_prov.record.sessionlog import SessionLog, files_of
from jupyter_prov.server.listener import Listener

EVERY = 1.0
"""Seconds from one look to the next, or ten times what a look takes."""
_PATIENCE = 0.25
"""Seconds that an answer waits for a first look."""
OTHER = "other"
"""Stands for the digest of a content that is known to be none of those that were read or written."""
Disk = Mapping[str, str | None]
"""The digest of what is on disk now by absolute path; None where there is no file, nothing where that is not known."""


@dataclass
class Known:
    """What a session knows of a file that it read."""

    digests: dict[str, str] = field(default_factory=dict)
    """By version."""
    sizes: set[int] = field(default_factory=set)
    moment: int = 0
    """When a folder was last known to have its digest, in nanoseconds."""
    digest: str = ""
    """The folder's digest then."""

    def add(self, file: Mapping[str, str | int], version: str) -> None:
        """Take in one reading or writing."""
        digest = str(file["digest"])
        self.digests[version] = digest
        self.sizes.add(int(file["size"]))
        if version.startswith(TREE) and int(version[len(TREE) :]) > self.moment:
            self.moment, self.digest = int(version[len(TREE) :]), digest


def inputs_of(log: SessionLog) -> dict[str, Known]:
    """The files that the latest execution of each cell has read, by their absolute paths; for a thread."""
    wanted = {
        file["path"]: Known() for run in log.latest.values() for file in files_of(run) if file["role"] != "output"
    }
    for execution in log.executions if wanted else ():
        for file in files_of(execution):
            if file["path"] in wanted and "digest" in file and "version" in file:
                wanted[file["path"]].add(file, file["version"])
    return {path: known for path, known in wanted.items() if known.digests}


class Eyes:
    """Looks at files, each content only once."""

    def __init__(self) -> None:
        self._digests = Digests()
        self._trees: dict[str, tuple[int, str]] = {}

    def look(self, wanted: Mapping[str, Known]) -> dict[str, str | None]:
        """What is on disk now."""
        found: dict[str, str | None] = {}
        for path, known in wanted.items():
            try:
                digest = self._digest(path, known)
            except FileNotFoundError:
                found[path] = None
            except (OSError, ValueError):
                continue
            else:
                if digest is not None:
                    found[path] = digest
        return found

    def _digest(self, path: str, known: Known) -> str | None:
        """The digest of a file or folder; None where it cannot be read. Raises OSError."""
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return self._of_folder(path, known)
        if (digest := known.digests.get(version_of(path) or "")) is not None:
            return digest
        if status.st_size not in known.sizes:
            return OTHER
        found = self._digests.of(path)
        return found.digest if found else None

    def _of_folder(self, path: str, known: Known) -> str | None:
        moment, digest = max(self._trees.get(path, (0, "")), (known.moment, known.digest))
        begun = time.time_ns() - int(CLOCK_TICK * 1e9)
        if changed_since(path, moment):
            found = self._digests.of(path)
            if found is None:
                return None
            digest = found.digest
        self._trees[path] = begun if begun > moment else moment, digest
        return digest


class Watch:
    """The inputs of one kernel's session."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.disk: dict[str, str | None] = {}
        self.stale = True
        """Whether the session has gone on since its inputs were gathered."""
        self._eyes, self._wanted, self._lock = Eyes(), dict[str, Known](), asyncio.Lock()

    @property
    def ended(self) -> bool:
        """Whether there is nothing to tell of any more."""
        return self.listener.stopped

    async def look(self) -> bool:
        """Look at all inputs; whether any is other than it was, or was when it was read."""
        async with self._lock:
            if self.stale:
                self.stale = False
                sessions = self.listener.sessions
                self._wanted = await asyncio.to_thread(inputs_of, sessions[-1].snapshot()) if sessions else {}
            wanted, before = self._wanted, self.disk
            self.disk = await asyncio.to_thread(self._eyes.look, wanted)
            return any(
                digest != before[path] if path in before else digest not in wanted[path].digests.values()
                for path, digest in self.disk.items()
            )


class Watches:
    """What is being watched on this server; `changed` is told of the paths of notebooks."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        self._changed = changed
        self._watches: dict[str, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def watched(self) -> list[str]:
        """The kernels whose inputs are being watched."""
        return list(self._watches)

    async def disk(self, listener: Listener) -> Disk:
        """What is on disk of a session's inputs; from now on they are watched."""
        watch = self._watches.get(listener.kernel_id)
        if watch is None:
            watch = self._watches[listener.kernel_id] = Watch(listener)
            self._start(self._follow(watch))
        if watch.stale:
            await asyncio.wait({self._start(self._look(watch))}, timeout=_PATIENCE)
        return watch.disk

    def note(self, listener: Listener) -> None:
        """A session has gone on."""
        if watch := self._watches.get(listener.kernel_id):
            watch.stale = True

    async def stop(self) -> None:
        """Watch nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _look(self, watch: Watch) -> None:
        if await watch.look() and watch.listener.path is not None:
            self._changed(watch.listener.path)

    async def _follow(self, watch: Watch) -> None:
        try:
            while not watch.ended:
                begun = time.monotonic()
                await self._look(watch)
                await asyncio.sleep(max(EVERY, 10 * (time.monotonic() - begun)))
        finally:
            del self._watches[watch.listener.kernel_id]
