"""The calendar clocks (time.time, datetime.now …), patched in C by time-machine, whose traveller asks us for the time.

A notebook may travel in time by itself: to its travellers the patch looks as if nobody were travelling.
"""

from __future__ import annotations

import ctypes
import datetime
import re
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from jupyter_prov.record.hide_imports import hidden

Read = Callable[[FrameType, int], int]
"""Given the calling frame and the real time, both in nanoseconds, gives what the caller is to see."""


def _time_machine() -> tuple[Any, Any]:
    with hidden("pytest", "dateutil", "dateutil.parser"):
        import _time_machine
        import time_machine
    return time_machine, _time_machine


_OWN_WAY = re.compile(r"\bdef\s+fromtimestamp\b|\bfromtimestamp\s*=[^=]").search
"""Finds the definition of a `fromtimestamp`."""


class _Stack(list[Any]):
    """time-machine's stack of travellers, which is empty to those who ask where it holds but ours."""

    ours: Any = None

    def __bool__(self) -> bool:
        return len(self) > (self.ours in self)


class Calendar:
    """Has every read of a calendar clock go through `read`, between `enter` and `leave`."""

    is_partial = False
    """Whether `datetime.now` and `utcnow` are not watched in this cell."""

    def __init__(self, read: Read) -> None:
        self._machine, self._patch = _time_machine()
        self._unpatch = self._patch.unpatch
        self._traveller = _traveller(self._machine, read, self.real)
        self._stack = _Stack(self._machine.traveller_stack)
        self._stack.ours = self._traveller
        self._machine.traveller_stack = self._stack
        self._patch.unpatch = self._unpatch_unless_entered

    def close(self) -> None:
        """Leave time-machine as it was."""
        self.leave()
        self._machine.traveller_stack = list(self._stack)
        self._patch.unpatch = self._unpatch

    def real(self) -> int:
        """The present in nanoseconds, whoever travels."""
        try:
            now: int = self._patch.original_time_ns()
        except (ValueError, TypeError):  # nothing is patched, or no longer
            return time.time_ns()
        return now

    def enter(self, text: str) -> bool:
        """Begin to pass reads on in a cell with this source; False where the notebook itself travels: its travellers
        come first."""
        if self._traveller not in self._stack:
            self._stack.insert(0, self._traveller)
            kept = [datetime.date.today]  # it asks for `time.time` by name, as time-machine's does not
            self.is_partial = bool(_OWN_WAY(text)) or any(map(_makes_dates, _below(datetime.datetime)))
            if self.is_partial:  # time-machine asks such a class, and CPython does not
                kept += [datetime.datetime.now, datetime.datetime.utcnow]
            originals = [(definition := _method_of(builtin), definition.function) for builtin in kept]
            self._patch.patch()
            for definition, function in originals:
                definition.function = function
        return len(self._stack) == 1

    def leave(self) -> None:
        """Give the C functions back, unless the notebook travels."""
        if self._traveller in self._stack:
            self._stack.remove(self._traveller)
            if not self._stack:
                self._unpatch()

    def _unpatch_unless_entered(self) -> None:
        """What a traveller of the notebook's calls when it was the last."""
        if self._traveller not in self._stack:
            self._unpatch()


class _Method(ctypes.Structure):
    """CPython's `PyMethodDef`, which says what C calls."""

    _fields_ = (
        ("name", ctypes.c_char_p), ("function", ctypes.c_void_p), ("flags", ctypes.c_int), ("doc", ctypes.c_char_p)
    )  # fmt: skip


def _method_of(builtin: Any) -> Any:
    """The definition that a built-in function points to right behind its header."""
    return ctypes.POINTER(_Method).from_address(id(builtin) + object.__basicsize__).contents


def _below(kind: type) -> Iterator[type]:
    """The classes derived from one."""
    derived: list[type] = type.__subclasses__(kind)
    for below in derived:
        yield below
        yield from _below(below)


def _makes_dates(kind: type) -> bool:
    """Whether a subclass of `datetime` overrides `fromtimestamp`, but inherits `now` or `utcnow`."""
    return _is_own(kind, "fromtimestamp") and not (_is_own(kind, "now") and _is_own(kind, "utcnow"))


def _is_own(kind: type, name: str) -> bool:
    """Whether an attribute comes before that of `datetime`."""
    for one in type.mro(kind):
        if one is datetime.datetime:
            return False
        if name in type.__dict__["__dict__"].__get__(one):
            return True
    return False


def _traveller(machine: Any, read: Read, real: Callable[[], int]) -> Any:
    theirs = vars(machine)

    class Present(machine.Traveller):  # type: ignore[misc]
        def time_ns(self) -> int:
            try:
                frame = sys._getframe(1)
            except ValueError:  # C called it in a thread without frames
                return real()
            while frame.f_globals is theirs and frame.f_back is not None:  # its first versions go by Python
                frame = frame.f_back
            return read(frame, real())

    return Present(0, None, True)
