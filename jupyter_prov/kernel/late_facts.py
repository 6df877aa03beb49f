"""What becomes known of the environment and of the watchers while a session goes on, and is sent when it is new."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_prov.factors.watcher import Watcher
from jupyter_prov.watch.guard import Guard


class LateFacts:
    """Asks the factors of a session for such facts; `send` is given an entry's kind and content."""

    def __init__(self, guard: Guard, watching: Sequence[Watcher], send: Callable[..., None]) -> None:
        self._guard, self._watching, self._send = guard, watching, send
        self._learning = threading.Lock()
        self._to_tell = False
        """Whether the factors are to be asked for what became known in the last executions."""
        self.known: dict[str, Any] = {}
        """What has become known of the environment since the session began."""
        self.watchers: dict[str, str] = {}
        """The watchers as they were sent last."""

    def tell_when_idle(self, loop: Any) -> None:
        """Tell later, so that no cell waits for it; at once in a kernel without a loop."""
        if loop is None:
            self._to_tell = True
            self.tell()
        elif not self._to_tell:
            self._to_tell = True
            loop.add_callback(self.tell)

    def tell(self) -> None:
        """Send what has become known of the environment and of the watchers, if that is more than before."""
        if not self._to_tell:
            return
        self._to_tell = False
        found: dict[str, Any] = {}
        for watcher in self._watching:
            if type(watcher).later is not Watcher.later:
                found |= self._guard.call(f"the factor {watcher.kind}", watcher.later) or {}
        self.learn(found)

    def learn(self, found: dict[str, Any]) -> None:
        """Send what was found if it is new, with all that was before: the last word is enough for who comes late."""
        with self._learning:  # the helper's thread finds things too
            known, watchers = {**self.known, **found}, dict(self._guard.watchers)
            if known != self.known or watchers != self.watchers:
                self.known, self.watchers = known, watchers
                self._send("facts", environment=known, watchers=watchers)
