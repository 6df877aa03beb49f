"""Whose code is running: the notebook's, one of the project's modules, or a library's."""

from __future__ import annotations

import linecache
import re
import sys
from types import FrameType
from typing import Any

from jupyter_prov.record.place import Place
from jupyter_prov.watch.paths import is_installed

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


def caller(depth: int) -> FrameType | None:
    """The frame `depth` levels above the function that asks; None where the stack ends before."""
    try:
        return sys._getframe(depth + 1)
    except ValueError:
        return None


def call_at(frame: FrameType, names: frozenset[str]) -> str:
    """The call on the frame's present line whose last part is one of these names, as it is written there."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    for written in _CALL.findall(line):
        if written.rpartition(".")[2] in names:
            return str(written)
    return ""
