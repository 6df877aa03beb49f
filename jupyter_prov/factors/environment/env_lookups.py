"""What the notebook's own code asks of its environment: variables by their names, and what process and machine answer.

No value is kept. `os.environ` stays the object that it is: its class's look-up is wrapped, by which `get`, `getenv`,
`in` and `setdefault` go too.
"""

from __future__ import annotations

import getpass
import os
import platform
import socket
from opcode import opname
from types import FrameType
from typing import Any, cast

from jupyter_prov.record.evidence import CallEvidence, EnvironmentEvidence, without_empty
from jupyter_prov.record.original_os import os as own_os
from jupyter_prov.record.random_text import MASK, looks_random
from jupyter_prov.watch.frames import Frames, module_of
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import Note, Patches

PROCESS = frozenset({"os.getpid", "os.getppid"})
"""Calls that no two runs answer alike."""
_CALLS: tuple[tuple[Any, str], ...] = (
    (os, "getpid getppid uname cpu_count getlogin getloadavg"),
    (socket, "gethostname getfqdn"),
    (platform, "node platform uname processor machine system release version"),
    (getpass, "getuser"),
)
_BETWEEN = {
    "collections.abc": frozenset({"get", "__contains__", "pop"}),
    "os": frozenset({"getenv", "getenvb", "setdefault"}),
    "posixpath": frozenset({"expandvars"}),
    "ntpath": frozenset({"expandvars"}),
    "IPython.core.magics.osm": frozenset({"env"}),
}
"""Functions that ask for one variable on somebody's behalf; `items`, `copy` and the like ask for all."""
_LIMIT = 200
_SHORT = 12
"""Characters up to which a name is no key."""


class Asked:
    """Notes what own code asks in one execution after another."""

    def __init__(self, guard: Guard, frames: Frames) -> None:
        self._frames = frames
        self._clear()
        self._at_start = dict(_data(os.environ))
        """The variables when the session began: one that it set itself is no fact of its environment."""
        self._patches = Patches(guard, self._let_go)
        self._patches.wrap(os._Environ, "__getitem__", before=self._looked_up, call="os.environ")
        for module, names in _CALLS:
            for name in names.split():
                call = f"{module.__name__}.{name}"
                self._patches.wrap(module, name, self._called(call), call=call)
        self._patches.rest()

    def restore(self) -> None:
        """Put back what was wrapped."""
        self._patches.restore()

    def begin(self) -> None:
        """An execution begins."""
        self._clear()
        self._patches.begin()

    def end(self) -> EnvironmentEvidence | None:
        """What was asked in this execution, if anything was."""
        self._patches.rest()
        lines: dict[str, int | None] = {name: line for name, line in self._lines.items() if line is not None}
        calls: list[CallEvidence] = [{"call": call, "line": line} for call, line in self._calls]
        noted: EnvironmentEvidence = {
            "variables": sorted(self._lines),
            "unset": sorted(self._unset),
            "calls": calls,
            "lines": lines,
            "more": sorted(self._more),
        }
        return cast(EnvironmentEvidence, without_empty(noted)) or None

    def _clear(self) -> None:
        self._lines: dict[str, int | None] = {}
        self._unset: set[str] = set()
        self._calls: dict[tuple[str, int | None], None] = {}
        self._more: set[str] = set()

    def _let_go(self, call: str) -> bool:
        self._more.add(call)
        return False

    def _looked_up(self, frame: FrameType, args: tuple[Any, ...], _: Any, __: Any) -> bool:
        """A variable is about to be looked up, whether it is set or not."""
        if len(self._lines) >= _LIMIT or not _is_plain(type(args[1])):  # whose own code is that of Python
            return True
        asking = _asking(frame)
        if asking is None or not self._frames.is_own(asking):
            return False
        if asking is frame and not _by_key(frame):
            return False
        name = _shown(own_os.fsdecode(args[1]))
        key = args[0].encodekey(args[1])
        now = _data(args[0]).get(key)
        if now == self._at_start.get(key) and name not in self._lines:
            self._lines[name] = self._frames.cell_line(asking)
            if now is None:
                self._unset.add(name)
        return True

    def _called(self, call: str) -> Note:
        def note(frame: FrameType, _: Any, __: Any, ___: Any) -> bool:
            own = self._frames.is_own(frame)
            if own and len(self._calls) < _LIMIT:
                self._calls[call, self._frames.cell_line(frame)] = None
            return own

        return note


def _shown(name: str) -> str:
    """The name of a variable; a key that somebody took for one is not written down."""
    return MASK if len(name) > _SHORT and looks_random(name) else name


def _data(environ: Any) -> dict[Any, Any]:
    """The variables as `os.environ` and `os.environb` keep them."""
    data: dict[Any, Any] = environ._data
    return data


def _asking(frame: FrameType | None) -> FrameType | None:
    """The frame that asks for one variable; None where all are asked for."""
    while frame is not None:
        through = _BETWEEN.get(module_of(frame))
        if through is None:
            return frame
        if frame.f_code.co_name not in through:
            return None
        if frame.f_code.co_name == "env":  # of the magic, for the cell that has it
            return _first_other(frame)
        frame = frame.f_back
    return None


def _first_other(frame: FrameType) -> FrameType | None:
    """The first frame above that is not one of IPython's."""
    above: FrameType | None = frame
    while above is not None and module_of(above).startswith("IPython."):
        above = above.f_back
    return above


def _by_key(frame: FrameType) -> bool:
    """Whether a frame stands at `…[key]`: `dict(os.environ)` and `{**os.environ}` look every variable up."""
    return opname[frame.f_code.co_code[frame.f_lasti]].startswith("BINARY_")


def _is_plain(kind: type) -> bool:
    """Whether this is a class of texts whose own code is that of Python: compared by identity, which calls no code."""
    return kind is str or kind is bytes
