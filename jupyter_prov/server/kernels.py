"""The listeners of all kernels, and the sessions that each notebook has had on them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jupyter_prov.record.belonging import belonging, made
from jupyter_prov.record.match_cells import Shown
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.listener import Listener
from jupyter_prov.server.recovered_sessions import Recovered
from jupyter_prov.server.served_notebooks import Serving

KEPT_GONE = 50
"""Kernels that are gone and whose notebook was not saved since; older ones are still in their journals."""


class Kernels:
    """What is known of kernels, live and gone, and of the journals of others."""

    def __init__(self, journals: Path, identity: Callable[[str], Any], log: logging.Logger) -> None:
        self.live: dict[str, Listener] = {}
        self.serving = Serving()
        self.recovered = Recovered(journals, identity, self._ids, log)
        self._gone: list[Listener] = []

    def _ids(self) -> set[str]:
        """The kernels whose sessions are known without their journals."""
        return {one.kernel_id for one in (*self._gone, *self.live.values())}

    def forget(self, kernel_id: str) -> None:
        """A kernel is gone; its sessions are kept until its notebooks are saved."""
        if listener := self.live.pop(kernel_id, None):
            listener.catch_up()
            listener.stop()
            self._gone = [*self._gone, listener][-KEPT_GONE:]

    def release(self, path: str) -> None:
        """A notebook's record holds what it had on kernels that are gone."""
        for listener in self._gone:
            listener.paths = [one for one in listener.paths if one != path]
        self._gone = [one for one in self._gone if one.paths]

    def of(self, path: str) -> list[Listener]:
        """The live kernels that have served a notebook."""
        return [one for one in self.live.values() if path in one.paths]

    def known(self, path: str) -> list[Listener]:
        """All kernels that have served a notebook, those that are gone first."""
        return [one for one in (*self._gone, *self.live.values()) if path in one.paths]

    def sessions_of(self, path: str) -> list[SessionLog]:
        """The sessions that a notebook is known to have had, oldest first."""
        live = (session for one in self.known(path) for session in one.sessions)
        return [*self.recovered.sessions(path), *live]

    def belonging(self, path: str, cells: Sequence[Shown]) -> list[SessionLog]:
        """The sessions of a notebook as they are now, with the ids that its cells have in it."""
        found = [belonging(session, cells) for session in self.recovered.sessions(path)]
        return found + [self.view(one, path, log, cells) for one in self.known(path) for log in one.sessions]

    def view(self, listener: Listener, path: str, session: SessionLog, cells: Sequence[Shown]) -> SessionLog:
        """A session as it is now, with the ids that its executions' cells have in a notebook."""
        return self.serving.view(session, path, cells, listener.paths, listener.is_shared)

    def adopt(self, path: str, cells: Sequence[Shown]) -> None:
        """Find the kernels that have surely made what a notebook shows that none is known to have served."""
        for listener in self.live.values():
            if any(made(session, cells) for session in listener.sessions):
                listener.note_path(path)

    def rename(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        self.serving.rename(old, new)
        for listener in (*self.live.values(), *self._gone):
            listener.rename(old, new)
        self.recovered.rename(old, new)
