"""Sending entries to a recorder over IOPub, once one has asked for them."""

from __future__ import annotations

import collections
from typing import Any

from jupyter_prov.record.wire import MESSAGE

BUFFER = 2000
"""Entries kept until a recorder asks; of more, the oldest executions are dropped and counted."""


class Sender:
    """Holds entries back until the handshake: unasked, other clients would complain of the unknown type."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._asked = False
        self._first: list[dict[str, Any]] = []
        self._waiting: collections.deque[dict[str, Any]] = collections.deque(maxlen=BUFFER)
        self.dropped = 0

    def send(self, entry: dict[str, Any]) -> None:
        """Send an entry, or keep it until somebody asks."""
        if self._asked:
            self._publish(entry)
        elif entry["kind"] in ("session", "packages"):
            self._first = [e for e in self._first if e["kind"] != entry["kind"]] + [entry]
        else:
            self.dropped += len(self._waiting) == BUFFER
            self._waiting.append(entry)

    def handshake(self) -> None:
        """A recorder listens: what waited goes out first, then everything at once."""
        if self._asked:
            return
        self._asked = True
        for entry in [*self._first, *self._waiting]:
            self._publish(entry)
        self._first.clear()
        self._waiting.clear()

    def _publish(self, entry: dict[str, Any]) -> None:
        kernel = self._shell.kernel
        kernel.session.send(kernel.iopub_socket, MESSAGE, content=entry, parent=self._shell.get_parent())
