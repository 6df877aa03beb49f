"""The wall between what watches and what the user runs: nothing of ours raises past it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")
ACTIVE = "active"


class Wall:
    """Calls our own code on the user's time; what fails becomes a blind spot, said once."""

    def __init__(self) -> None:
        self.blind_spots: list[str] = []
        self.watchers: dict[str, str] = {}
        """What watches: `active`, or why it could not; a recording tells it."""
        self._said: set[str] = set()

    def call(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The function's value, or None after an exception, which is noted as a blind spot.

        For the hooks around a cell, so KeyboardInterrupt is stopped too: it comes too early or too late for the cell.
        """
        try:
            return self.within_cell(what, function, *arguments)
        except KeyboardInterrupt:
            self.note(f"{what} failed: it was interrupted")
            return None

    def within_cell(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The same in the midst of the user's code, where an interrupt is meant for that and goes on to it."""
        try:
            return function(*arguments)
        except Exception as error:
            self.note(f"{what} failed: {_told(error)}"[:300])
            return None

    def note(self, blind_spot: str) -> None:
        """Remember something that could not be seen; the same sentence only once a session."""
        if blind_spot not in self._said:
            self._said.add(blind_spot)
            self.blind_spots.append(blind_spot)

    def ran(self, watcher: str) -> None:
        """This watcher watches."""
        self.watchers[watcher] = ACTIVE

    def could_not(self, watcher: str, why: str) -> None:
        """This watcher does not watch, or no longer; whether that left anything unseen is for `note` to say."""
        self.watchers[watcher] = why[:300]

    def take(self) -> list[str]:
        """The blind spots noted since the last call."""
        taken, self.blind_spots = self.blind_spots, []
        return taken


def _told(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # raised by its own __str__
        return type(error).__name__
