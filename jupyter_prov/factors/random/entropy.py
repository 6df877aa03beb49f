"""The doors through which fresh entropy comes in: noted in their order, and played back or pinned in a re-run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blake3 import blake3

from jupyter_prov.record.original_os import os
from jupyter_prov.watch.guard import Guard

LIMIT = 3_000_000
"""Characters of entropy that are kept in a session."""
_NOT_KEPT = (
    "More entropy was drawn than is kept: generators made later in this session, and ids, cannot be played back."
)


class Doors:
    """The entropy of one session, by door."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._process = os.getpid()
        self._left = LIMIT
        self.begin(0, {}, None)

    def begin(self, number: int, played: Mapping[str, Iterable[str]], pin: str | None) -> None:
        """A cell is about to run, the `number`th: hand out these values first, and pin the system's entropy."""
        self.entropy: dict[str, list[str]] = {}
        self._played = {door: list(values) for door, values in played.items()}
        self._pin = pin
        self._number = number
        self._pinned = 0

    def played(self, door: str) -> str | None:
        """The recorded value that comes next, if there is one; children that were forked draw their own."""
        waiting = self._played.get(door)
        return waiting.pop(0) if waiting and os.getpid() == self._process else None

    def note(self, door: str, value: str) -> None:
        """Something was drawn."""
        if self._left < len(value):
            self._guard.note(_NOT_KEPT)
            return
        self._left -= len(value) + 4  # quotes, a comma and a space
        self.entropy.setdefault(door, []).append(value)

    @property
    def pinning(self) -> bool:
        """Whether the system's entropy is pinned here."""
        return self._pin is not None and os.getpid() == self._process

    def pinned(self, size: int) -> bytes | None:
        """So many bytes that are the same in each session with that pin; None where nothing is pinned."""
        if not self.pinning:
            return None
        self._pinned += 1
        return bytes(blake3(f"{self._pin}/{self._number}/{self._pinned}".encode()).digest(length=size))
