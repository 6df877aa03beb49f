"""Looks at the files that live notebooks have read, and tells when one has changed on disk, gone, or come back.

It looks only at the notebooks that clients ask about, and in a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine

from jupyter_prov.diagnosis.input_state import Disk, Eyes, Known, inputs_of
from jupyter_prov.server.listener import Listener

EVERY = 1.0
"""Seconds from one look to the next, or ten times what a look takes."""
_PATIENCE = 0.25
"""Seconds that an answer waits for a first look."""


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
        if await watch.look():
            for path in watch.listener.serves:
                self._changed(path)

    async def _follow(self, watch: Watch) -> None:
        try:
            while not watch.ended:
                begun = time.monotonic()
                await self._look(watch)
                await asyncio.sleep(max(EVERY, 10 * (time.monotonic() - begun)))
        finally:
            del self._watches[watch.listener.kernel_id]
