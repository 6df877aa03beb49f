"""Sending entries to a recorder over IOPub, once one has asked for them."""

from __future__ import annotations

import collections
import os
from typing import Any

from jupyter_prov.record.wire import HELLO, MESSAGE

Entry = dict[str, Any] | bytes
"""An entry, or its JSON."""
BUFFER = 2000
"""Entries kept until a recorder asks; of more, the oldest executions are dropped and counted."""


class Sender:
    """Holds entries back until the handshake: unasked, other clients would complain of the unknown type."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._asked = False
        self._first: dict[str, Entry] = {}
        """The entries about the session as a whole, by kind: every recorder wants them."""
        self._waiting: collections.deque[Entry] = collections.deque(maxlen=BUFFER)
        self.dropped = 0

    def send(self, entry: dict[str, Any]) -> None:
        """Send an entry, or keep it until somebody asks."""
        if entry["kind"] in ("session", "packages", "facts"):
            self._first[entry["kind"]] = entry
        if self._asked:
            self._publish(entry)
        elif entry["kind"] not in self._first:
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self.dropped += len(self._waiting) == BUFFER
        self._waiting.append(entry)

    def pass_on(self, kind: str, entry: bytes) -> None:
        """Send an entry that the helper process has made, as JSON, or keep it until somebody asks."""
        if kind == "packages":
            self._first[kind] = entry
        if self._asked:
            self._publish(entry)
        elif kind != "packages":
            self._keep(entry)

    @property
    def asked(self) -> bool:
        """Whether a recorder has asked for the entries."""
        return self._asked

    def hello(self, session: str) -> None:
        """Say on IOPub that this session is there, and nothing of what it did."""
        self._publish({"kind": HELLO, "session": session})

    def handshake(self) -> None:
        """A recorder listens: what the session is and what waited goes out first, then everything at once."""
        self._asked = True
        if self.dropped:
            lost = f"{self.dropped} entries were lost before a recorder listened."
            session: Any = self._first["session"]
            self._first["session"] = {**session, "blind_spots": [*session.get("blind_spots", ()), lost]}
            self.dropped = 0
        for entry in [*self._first.values(), *self._waiting]:
            self._publish(entry)
        self._waiting.clear()

    def _publish(self, entry: Entry) -> None:
        kernel, parent = self._shell.kernel, self._shell.get_parent()
        session = kernel.session
        if isinstance(entry, dict):
            session.send(kernel.iopub_socket, MESSAGE, content=entry, parent=parent)
        elif not session.check_pid or os.getpid() == session.pid:  # and not in a forked child
            # By copying it: to send a long message without, pyzmq would start a thread of its own.
            kernel.iopub_socket.send_multipart(session.serialize(session.msg(MESSAGE, content=entry, parent=parent)))
