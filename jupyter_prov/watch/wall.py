"""The wall between what watches and what the user runs: nothing of ours raises past it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import CodeType
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
        except (KeyboardInterrupt, Exception):  # the latter out of the handler of a signal
            self.note(f"{what} failed: it was interrupted")
            return None

    def within_cell(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The same in the midst of the user's code, where an interrupt is meant for that and goes on to it."""
        try:
            return function(*arguments)
        except Exception as error:
            if _of_a_signal(error):
                raise
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


def _of_a_signal(error: Exception) -> bool:
    """Whether the handler of a signal raised this, such as the one of a time limit, which may run amid our code."""
    if threading.current_thread() is not threading.main_thread():
        return False
    handlers = (signal.getsignal(number) for number in signal.valid_signals())
    codes = {_code(handler) for handler in handlers if callable(handler)} - {None}
    entry = error.__traceback__
    while entry is not None:
        if entry.tb_frame.f_code in codes:
            return True
        entry = entry.tb_next
    return False


def _code(handler: Callable[..., Any]) -> CodeType | None:
    """The code of a function, a method, or an object that can be called."""
    for one in (handler, getattr(handler, "__func__", None), type(handler).__call__):
        if isinstance(code := getattr(one, "__code__", None), CodeType):
            return code
    return None


def _told(error: Exception) -> str:
    try:
        from jupyter_prov.record.masking import mask_text  # whose patterns take a while to compile

        return mask_text(f"{type(error).__name__}: {error}"[:2000])
    except Exception:  # raised by its own __str__
        return type(error).__name__
