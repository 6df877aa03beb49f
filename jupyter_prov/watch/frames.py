"""Whose code is running: the notebook's, one of the project's modules, or a library's."""

from __future__ import annotations

import dis
import linecache
import re
from types import FrameType
from typing import Any

from jupyter_prov.record.place import Place
from jupyter_prov.watch.paths import is_installed

_FILLERS = frozenset({"CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG", "NOP"})
_CALL = re.compile(r"[A-Za-z_][\w.]*(?=\s*\()")


class Frames:
    """Tells frames of the notebook (their globals are the user's namespace) and of its project from others."""

    def __init__(self, namespace: dict[str, Any], place: Place) -> None:
        self._namespace = namespace
        self._place = place
        self._own: dict[str, bool] = {}

    def is_own(self, frame: FrameType) -> bool:
        """Whether this frame runs code of the notebook or of a module of its project."""
        filename = frame.f_code.co_filename
        if frame.f_globals is self._namespace:
            return not filename.startswith("<magic-")  # the timer of %timeit, which it runs in the namespace
        own = self._own.get(filename)
        if own is None:
            own = self._own[filename] = self._place.contains(filename) and not is_installed(filename)
        return own

    def cell_line(self, frame: FrameType | None) -> int | None:
        """The line of the cell being executed that led to this frame; None outside any cell."""
        line = None
        while frame is not None:
            if frame.f_globals is self._namespace:
                line = frame.f_lineno
            frame = frame.f_back
        return line


def importing(frame: FrameType | None) -> bool:
    """Whether a frame runs because a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def called_with_value(frame: FrameType) -> bool:
    """Whether the call at which a frame stands gives an argument that is not None, as far as bytecode tells."""
    before = call = None
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            call = instruction
            break
        if instruction.opname not in _FILLERS:
            before = instruction
    if call is None or before is None or (call.arg == 0 and call.opname != "CALL_FUNCTION_EX"):
        return False
    if call.opname in ("CALL", "CALL_FUNCTION", "CALL_METHOD") and before.opname.startswith("LOAD_"):
        if before.opname == "LOAD_CONST":
            return before.argval is not None
        if isinstance(before.argval, str) and not before.opname.startswith("LOAD_ATTR"):
            value = frame.f_locals.get(before.argval, frame.f_globals.get(before.argval, before))
            return value is not None
    return True


def call_at(frame: FrameType, names: frozenset[str]) -> str:
    """The call on the frame's present line whose last part is one of these names, as it is written there."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    for written in _CALL.findall(line):
        if written.rpartition(".")[2] in names:
            return str(written)
    return ""
