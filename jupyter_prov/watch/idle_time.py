"""When there is time for what nobody waits for: not while cells run one after the other."""

from __future__ import annotations

import threading
from time import monotonic  # which is wrapped later

PAUSE = 0.1
"""Seconds without a cell after which there is time."""
PATIENCE = 10.0
"""Seconds from which on a cell takes so long that it does not matter to it."""
LONGEST = 60.0
"""Seconds that something may have to wait, whatever happens."""


class Leisure:
    """Knows whether a cell runs, and since when one does or none does."""

    def __init__(self) -> None:
        self._busy, self._since = False, monotonic()
        self._hurried = threading.Event()
        self._hurrying = 0

    def begin(self) -> None:
        """A cell is about to run."""
        self._busy, self._since = True, monotonic()

    def end(self) -> None:
        """It has ended."""
        self._busy, self._since = False, monotonic()

    def hurry(self) -> None:
        """Somebody waits for all that is to be done; `relax` ends that."""
        self._hurrying += 1
        self._hurried.set()

    def relax(self) -> None:
        """One who hurried no longer waits."""
        self._hurrying -= 1
        if not self._hurrying:
            self._hurried.clear()

    def come(self, asked: float) -> None:
        """Wait until there is time for what was asked at this moment of `monotonic`."""
        while True:
            wanted = self._since + (PATIENCE if self._busy else PAUSE)
            left = min(wanted, asked + LONGEST) - monotonic()
            if left <= 0 or self._hurried.wait(left):
                return
