"""Whose code is running: the notebook's, one of the project's modules, or a library's."""

from __future__ import annotations

import ast
import dis
import itertools
import linecache
import os
import re
from types import FrameType
from typing import Any

from jupyter_prov.record.body import body_of
from jupyter_prov.record.place import Place
from jupyter_prov.watch.paths import is_installed

_OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_FILLERS = frozenset({"CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG", "NOP"})
_CALL = re.compile(r"[A-Za-z_][\w.]*(?=\s*\()")


class Frames:
    """Tells frames of the notebook (their globals are the user's namespace) and of its project from others."""

    def __init__(self, namespace: dict[str, Any], place: Place) -> None:
        self._namespace = namespace
        self._place = place
        self._own: dict[str, bool] = {}
        self._body = body_of("")
        self._calls: dict[tuple[str, int, int], str] = {}

    def is_own(self, frame: FrameType) -> bool:
        """Whether this frame runs code of the notebook or of a module of its project."""
        filename = frame.f_code.co_filename
        if frame.f_globals is self._namespace:
            return not filename.startswith("<magic-")  # the timer of %timeit, which it runs in the namespace
        own = self._own.get(filename)
        if own is None:
            own = self._own[filename] = self._place.contains(filename) and not is_installed(filename)
            own = self._own[filename] = own and not filename.startswith(_OURS)
        return own

    def begin(self, cell: str) -> None:
        """The cell with this source is about to run."""
        self._body = body_of(cell)
        self._calls.clear()

    def cell_line(self, frame: FrameType | None) -> int | None:
        """The line of the cell being executed that led to this frame; None outside any cell."""
        lines = []
        while frame is not None:
            if frame.f_globals is self._namespace:
                lines.append(frame.f_lineno)
            frame = frame.f_back
        if self._body.timed and lines:
            lines.pop()  # the line of the magic itself
        return lines[-1] + self._body.above if lines else None

    def call_at(self, frame: FrameType, names: frozenset[str]) -> str:
        """The call at which a frame stands, as it is written there.

        Before Python 3.11, whose code knows no columns, it is the first on its line whose last part is one of
        these names; empty where there is none.
        """
        where = (frame.f_code.co_filename, frame.f_lineno, frame.f_lasti)
        if where not in self._calls:
            self._calls[where] = self._by_columns(frame) or self._by_names(frame, names)
        return self._calls[where]

    def _by_columns(self, frame: FrameType) -> str:
        positions = getattr(frame.f_code, "co_positions", None)  # not before Python 3.11
        if positions is None:
            return ""
        first, last, start, end = next(itertools.islice(positions(), frame.f_lasti // 2, None), (None,) * 4)
        if first is None or last is None or start is None or end is None:
            return ""
        lines = [self.source(frame, number).encode() for number in range(first, last + 1)]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        try:
            call = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
        except (SyntaxError, ValueError):
            return ""
        return ast.unparse(call.func)[:100] if isinstance(call, ast.Call) else ""

    def _by_names(self, frame: FrameType, names: frozenset[str]) -> str:
        found = (str(written) for written in _CALL.findall(self.source(frame, frame.f_lineno)))
        return next((written for written in found if written.rpartition(".")[2] in names), "")

    def source(self, frame: FrameType, number: int) -> str:
        """A line of the source that a frame runs; `%%time` runs the cell's under a name without a file."""
        filename = frame.f_code.co_filename
        if self._body.timed and filename.startswith("<timed "):
            return "".join(self._body.text.splitlines(keepends=True)[number - 1 : number])
        return linecache.getline(filename, number)


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
