"""Listens to one kernel: asks its kernel part for entries, keeps its journal, and knows its sessions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tornado.ioloop import IOLoop

from jupyter_prov.record import wire
from jupyter_prov.record.journal import Journal
from jupyter_prov.record.sessionlog import Entry, SessionLog
from jupyter_prov.server.serving import moved

STARTING, OTHER_LANGUAGE = "starting", "other-language"
STATE = "state"
"""Kind of what is told when it has become known whether a kernel is recorded."""
_RETRY_SECONDS = 0.25
"""Until the first question is asked again; doubled each time, up to 16 s."""
_RETRIES = 40


class Listener:
    """One kernel over all its lives; each start or restart is a session of its own."""

    def __init__(
        self,
        kernel_id: str,
        manager: Any,
        journal: Path,
        plugins: Sequence[str],
        told: Callable[[Listener, Entry], None],
        log: logging.Logger,
    ) -> None:
        self.kernel_id = kernel_id
        self.paths: list[str] = []
        """The notebooks that it has served, by their paths now; the last came last."""
        self.serves: list[str] = []
        """Those that it serves now."""
        self.is_shared = False
        """Whether a console or a file has used it as well."""
        self.off = False
        self.state = STARTING
        self.sessions: list[SessionLog] = []
        self._manager, self._plugins, self._told, self._log = manager, plugins, told, log
        self._journal = Journal(journal)
        self._iopub = manager.connect_iopub()
        self._shell = manager.connect_shell()
        self._asked = 0
        self._session = manager.session.clone()
        self._iopub.on_recv(self._on_iopub)
        self._shell.on_recv(self._on_shell)
        self._shake()

    def catch_up(self) -> None:
        """Take in what has arrived and not been looked at yet."""
        self._iopub.flush()

    def stop(self) -> None:
        """The kernel is gone."""
        for session in self.sessions:
            session.close()
        self._journal.close()
        for stream in (self._iopub, self._shell):
            if not stream.closed():
                stream.on_recv(None)
                stream.close()
        self._asked = _RETRIES

    @property
    def path(self) -> str | None:
        """The notebook that came last to this kernel, if any has."""
        known = self.serves or self.paths
        return known[-1] if known else None

    @property
    def stopped(self) -> bool:
        """Whether the kernel is gone."""
        return bool(self._iopub.closed())

    @property
    def kernel_spec(self) -> Any:
        """How the kernel is started, and what it is called."""
        return self._manager.kernel_spec

    @property
    def is_recording(self) -> bool:
        """Whether the kernel part has been asked for entries, and they are wanted."""
        return self.state == wire.RECORDING and not self.off

    def switch_off(self) -> None:
        """The notebook does not want to be recorded: forget what there is, keep nothing more."""
        self.off = True
        self.sessions.clear()
        self._journal.close()
        self._journal.path.unlink(missing_ok=True)

    def note_path(self, path: str) -> None:
        """Remember, in the journal too, that this kernel serves a notebook."""
        if path not in self.paths:
            self.paths.append(path)
            self._keep({"kind": "notebook", "path": path, "paths": self.paths})

    def rename(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        renamed = list(dict.fromkeys(moved(path, old, new) for path in self.paths))
        if renamed != self.paths:
            self.paths = renamed
            self._keep({"kind": "notebook", "path": renamed[-1], "paths": renamed})
        self.serves = [moved(path, old, new) for path in self.serves]

    def _shake(self) -> None:
        language = getattr(self.kernel_spec, "language", "") or ""
        if "python" not in language.lower():
            self.state = OTHER_LANGUAGE
            return
        self.state, self._asked = STARTING, 0
        self._ask()

    def _ask(self) -> None:
        """Ask for a hello until it is heard: requests and subscriptions take their time with a new kernel."""
        if self.state != STARTING or self._asked >= _RETRIES:
            return
        self._send(wire.hello())
        IOLoop.current().call_later(_RETRY_SECONDS * 2 ** min(self._asked, 6), self._ask)
        self._asked += 1

    def _send(self, request: dict[str, Any]) -> None:
        self._session.send(self._shell, "execute_request", request)

    def _on_shell(self, frames: list[bytes]) -> None:
        message = self._parsed(frames)
        if not message or message["msg_type"] != "execute_reply":
            return
        answer = wire.answer(message["content"])
        if answer == wire.HELLO:
            return
        self.state = answer
        if answer == wire.MISSING:
            self._log.info("Kernel %s is not recorded: jupyter-prov is not installed there.", self.kernel_id)
        self._told(self, {"kind": STATE})

    def _on_iopub(self, frames: list[bytes]) -> None:
        message = self._parsed(frames)
        if message is None:
            return
        kind, content = message["msg_type"], message["content"]
        if kind == wire.MESSAGE and content.get("kind") == wire.HELLO:
            if self.state == STARTING:
                self._send(wire.handshake(self._plugins))
        elif kind == wire.MESSAGE:
            self._take(content)
        elif kind == "status" and content.get("execution_state") == "starting" and self._asked:
            for session in self.sessions:
                session.close()
            self._shake()

    def _take(self, entry: Entry) -> None:
        if self.off:
            return
        try:
            self._session_log(str(entry["session"])).apply(entry)
        except (KeyError, TypeError, ValueError) as error:
            self._log.warning("An entry of kernel %s is not understood: %r", self.kernel_id, error)
            return
        self._keep(entry)
        self._told(self, entry)

    def _session_log(self, session: str) -> SessionLog:
        if not self.sessions or self.sessions[-1].id != session:
            for old in self.sessions:
                old.close()
            self.sessions.append(SessionLog(session))
        return self.sessions[-1]

    def _keep(self, entry: Entry) -> None:
        if self.off:
            return
        try:
            self._journal.append(entry)
        except OSError as error:
            self._log.error("The journal %s cannot be written: %s", self._journal.path, error)

    def _parsed(self, frames: list[bytes]) -> dict[str, Any] | None:
        try:
            _, parts = self._session.feed_identities(frames)
            message: dict[str, Any] = self._session.deserialize(parts)
        except (ValueError, TypeError, KeyError) as error:
            self._log.debug("A message of kernel %s cannot be read: %r", self.kernel_id, error)
            return None
        return message
