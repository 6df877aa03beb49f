"""Sessions of notebooks that journals alone know: those of servers that were killed, and of kernels long gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path

from jupyter_prov.record import journal
from jupyter_prov.record.recover_sessions import Recovery
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.served_notebooks import moved


class Recovered:
    """The sessions that were found in journals, by the path of their notebook."""

    def __init__(
        self, folder: Path, identify: Callable[[str], str], known: Callable[[], Collection[str]], log: logging.Logger
    ) -> None:
        self._recovery = Recovery(folder, log)
        self._identify, self._known = identify, known
        self._sessions: dict[str, list[SessionLog]] = {}
        try:
            journal.prune(folder)
        except OSError as error:
            log.warning("Old journals cannot be removed: %s", error)

    def sessions(self, path: str) -> list[SessionLog]:
        """Those of a notebook, oldest first, as they were found last."""
        if path not in self._sessions:
            self._sessions[path] = self._recovery.sessions(self._identify(path), self._known())
        return self._sessions[path]

    async def look(self, path: str) -> None:
        """Look for those of a notebook again; of many journals this takes a while."""
        identity, known = self._identify(path), self._known()
        self._sessions[path] = await asyncio.to_thread(self._recovery.sessions, identity, known)

    def rename(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        self._sessions = {moved(path, old, new): sessions for path, sessions in self._sessions.items()}
