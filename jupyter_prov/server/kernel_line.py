"""The line to a kernel: asks its kernel part to speak, anew in each of its processes, and passes on what it says."""

from __future__ import annotations

import collections
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyter_client.session import new_id
from tornado.ioloop import IOLoop

from jupyter_prov.record import wire
from jupyter_prov.record.sessionlog import Entry

STARTING, OTHER_LANGUAGE = "starting", "other-language"
_RETRY_SECONDS = 0.25
"""Until the first question is asked again; doubled each time, up to 16 s."""
_RETRIES = 40


class Line:
    """Speaks with a kernel over all its lives, by sockets of its own."""

    def __init__(
        self,
        manager: Any,
        plugins: Sequence[str],
        log: logging.Logger,
        *,
        said: Callable[[Entry], None],
        begun: Callable[[str], None],
        answered: Callable[[], None],
    ) -> None:
        """`said` is given each entry; `begun` the id of a session that says hello, or '' where the kernel starts;
        `answered` is called when it has become known whether the kernel is recorded."""
        self.state = STARTING
        self._manager, self._plugins, self._log = manager, plugins, log
        self._said, self._begun, self._answered = said, begun, answered
        self._asked = 0
        self._again: object = None
        self._is_greeted = False
        """Whether a hello was heard since it was asked for."""
        self._processes: collections.deque[str] = collections.deque(maxlen=8)
        """The last processes of the kernel that were heard, as they name themselves in all their messages."""
        self._session = manager.session.clone()
        self._session.session = new_id()  # of its own: other clients of this server count their messages under that one
        self._iopub = manager.connect_iopub()
        self._shell = manager.connect_shell()
        for stream in (self._iopub, self._shell):
            stream.socket.linger = 0  # or a server that ends waits a second for a kernel that is gone
        self._iopub.on_recv(self._on_iopub)
        self._shell.on_recv(self._on_shell)
        self._shake()

    def flush(self) -> None:
        """Take in what has arrived and not been looked at yet."""
        self._iopub.flush()

    def restarted(self) -> None:
        """The kernel was restarted: ask its new process, which may be heard only later."""
        if self.state not in (STARTING, OTHER_LANGUAGE):
            self._shake()

    def close(self) -> None:
        """The kernel is gone."""
        for stream in (self._iopub, self._shell):
            if not stream.closed():
                stream.on_recv(None)
                stream.close()
        self._asked = _RETRIES

    @property
    def is_closed(self) -> bool:
        """Whether the kernel is gone."""
        return bool(self._iopub.closed())

    def _shake(self) -> None:
        language = getattr(self._manager.kernel_spec, "language", "") or ""
        if "python" not in language.lower():
            self.state = OTHER_LANGUAGE
            return
        self.state, self._asked, self._is_greeted = STARTING, 0, False
        if self._again is not None:
            IOLoop.current().remove_timeout(self._again)
        self._ask()

    def _ask(self) -> None:
        """Ask for a hello until it is heard: requests and subscriptions take their time with a new kernel."""
        if self.state != STARTING or self._asked >= _RETRIES:
            return
        self._send(wire.hello())
        self._again = IOLoop.current().call_later(_RETRY_SECONDS * 2 ** min(self._asked, 6), self._ask)
        self._asked += 1

    def _send(self, request: dict[str, Any]) -> None:
        self._session.send(self._shell, "execute_request", request)

    def _on_shell(self, frames: list[bytes]) -> None:
        message = self._parsed(frames)
        if not message or message["msg_type"] != "execute_reply":
            return
        if message["content"].get("status") == "aborted":  # a cell failed, and the kernel drops what waits behind it
            self._send(wire.handshake(self._plugins) if self._is_greeted else wire.hello())
            return
        answer = wire.answer(message["content"])
        if answer != wire.HELLO:
            self.state = answer
            self._answered()

    def _on_iopub(self, frames: list[bytes]) -> None:
        message = self._parsed(frames)
        if message is None:
            return
        kind, content = message["msg_type"], message["content"]
        is_starting = kind == "status" and content.get("execution_state") == "starting"
        if (self._is_to_be_asked(message) or is_starting) and self.state != OTHER_LANGUAGE:
            if is_starting:
                self._begun("")
            self._shake()
        if kind == wire.MESSAGE and content.get("kind") == wire.HELLO:
            if self.state == STARTING and not self._is_greeted:
                self._is_greeted = True
                self._begun(str(content.get("session")))
                self._send(wire.handshake(self._plugins))
        elif kind == wire.MESSAGE:
            self._said(content)

    def _is_to_be_asked(self, message: Mapping[str, Any]) -> bool:
        """Whether a message is the first that is heard of a process of this kernel that has not said hello yet.

        That need not be the one that says that the kernel starts: until the subscription has reached the process, what
        it says is lost, its hello too. Answers to what we ask do not count, or else a kernel in which each message had
        another name would be asked without end.
        """
        process = str(message["header"].get("session"))
        if process in self._processes or message["parent_header"].get("session") == self._session.session:
            return False
        self._processes.append(process)
        return len(self._processes) > 1 or not self._is_greeted

    def _parsed(self, frames: list[bytes]) -> dict[str, Any] | None:
        try:
            _, parts = self._session.feed_identities(frames)
            message: dict[str, Any] = self._session.deserialize(parts)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self._log.debug("A message of kernel %s cannot be read: %r", self._manager.kernel_id, error)
            return None
        return message if isinstance(message.get("content"), dict) else None
