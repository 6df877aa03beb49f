"""What a save waits for: whether all that a saved notebook shows has been heard of, and nothing is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from jupyter_prov.record.match_cells import outline
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.kernel_line import STARTING
from jupyter_prov.server.listener import Listener
from jupyter_prov.server.served_notebooks import moved

Met = Callable[[Mapping[str, Any], Collection[Listener], Sequence[SessionLog]], bool]


class Waiting:
    """The saved notebooks whose records are still to be written or completed, and what wakes those who wait."""

    def __init__(self) -> None:
        self.saved: dict[str, dict[str, Any]] = {}
        """By path, as they were saved last."""
        self._news = asyncio.Condition()
        self._is_over = False

    def rename(self, old: str, new: str) -> list[tuple[str, dict[str, Any]]]:
        """A file or folder was renamed; gives the notebooks that it concerns, by their paths now."""
        renamed = {path: moved(path, old, new) for path in self.saved if moved(path, old, new) != path}
        found = [(to, self.saved.pop(path)) for path, to in renamed.items()]
        self.saved.update(found)
        return found

    async def notify(self) -> None:
        """Something new is known."""
        async with self._news:
            self._news.notify_all()

    async def stop(self) -> None:
        """The server ends: nobody is to wait any more."""
        self._is_over = True
        await self.notify()

    async def until(self, path: str, notebook: dict[str, Any], met: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until this is so, at most so long, or until the notebook is saved anew; false where time ran out."""

        def is_over() -> bool:
            return self._is_over or self.saved.get(path) is not notebook or met()

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(is_over), seconds)
            except asyncio.TimeoutError:
                return False
        return True


def is_heard(notebook: Mapping[str, Any], live: Collection[Listener], sessions: Sequence[SessionLog]) -> bool:
    """Whether the executions that a notebook shows are known, where a browser may have heard of them before us.

    `live` are the listeners whose kernels made its outputs, and `sessions` all that the notebook has had.
    """
    live = [one for one in live if one.is_recording]
    if any(not one.sessions or one.sessions[-1].ended for one in live):  # a session begins with the kernel
        return False
    if not live or any(one.sessions[-1].running for one in live):
        return True
    newest = max((e.count or 0 for one in live for e in one.sessions[-1].executions), default=0)
    ran = [e for session in sessions for e in session.executions]
    known = {(e.cell, e.count) for e in ran} | {(e.source, e.count) for e in ran}
    return all(
        (cell.count or 0) <= newest or (cell.id, cell.count) in known or (cell.source, cell.count) in known
        for cell in outline(notebook)
    )


def is_settled(notebook: Mapping[str, Any], live: Collection[Listener], sessions: Sequence[SessionLog]) -> bool:
    """Whether nothing that a saved notebook shows is on its way: digests, packages, the end of a running cell."""
    if any(one.state == STARTING for one in live):
        return False
    shown = {(name, cell.count) for cell in outline(notebook) for name in (cell.id, cell.source)}
    return not any(_is_awaited(session, shown) for session in sessions)


def _is_awaited(session: SessionLog, shown: Collection[tuple[str, int | None]]) -> bool:
    if session.ended or not session.executions:
        return False
    running = session.running
    counts = {count for name, count in shown if running and name in (running.cell, running.source)} - {None}
    return session.is_awaiting or any(all(e.count != count for e in session.executions) for count in counts)
