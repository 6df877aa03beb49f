"""Whose code is running: the notebook's, one of the project's modules, or a library's."""

from __future__ import annotations

import ast
import dis
import functools
import inspect
import io
import itertools
import linecache
import stat
import sys
import tokenize
from types import CodeType, FrameType
from typing import Any

from jupyter_prov.analysis.cell_source import body_of
from jupyter_prov.record.errors import was_sent
from jupyter_prov.record.evidence import CodeLine
from jupyter_prov.record.file_digests import status_of
from jupyter_prov.record.original_os import open
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.quiet_parser import parse
from jupyter_prov.record.safe_reading import NotRegular, open_regular
from jupyter_prov.watch.artifact_paths import OURS, is_installed
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.call_names import name_of, names_in

_LARGEST = 10 << 20
"""Bytes of the largest source that is read."""
_ASKING = frozenset({"locals", "vars", "eval", "exec", "dir"})
_FILLERS = frozenset({"CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG", "NOP"})


def module_of(frame: FrameType) -> str:
    """The name of the module whose code a frame runs; its globals may be a dict of the user's own class."""
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else ""


class Frames:
    """Tells frames of the notebook (their globals are the user's namespace) and of its project from others."""

    def __init__(self, namespace: dict[str, Any], place: Place) -> None:
        self._namespace = namespace
        self._place = place
        self._own: dict[str, bool] = {}
        self._body = body_of("")
        self._last: tuple[FrameType | None, int, int | None] = (None, 0, None)
        self._calls: dict[tuple[str, int, int], str] = {}

    def is_own(self, frame: FrameType) -> bool:
        """Whether this frame runs code of the notebook or of a module of its project."""
        filename = frame.f_code.co_filename
        if frame.f_globals is self._namespace:
            return not filename.startswith("<magic-")  # the timer of %timeit, which it runs in the namespace
        own = self._own.get(filename)
        if own is None:
            own = self._own[filename] = self._place.contains(filename) and not is_installed(filename)
            own = self._own[filename] = own and not filename.startswith(OURS)
        return own

    def nearest_own(self, frame: FrameType | None) -> FrameType | None:
        """The innermost frame from this one outwards that is own; None too where an import stands in between.

        What a library does because it is being imported is not the doing of whoever imports it.
        """
        while frame is not None and not self.is_own(frame):
            frame = None if frame.f_code.co_filename.startswith("<frozen importlib") else frame.f_back
        return frame

    def module_line(self, own: FrameType) -> CodeLine | None:
        """Where in a module of the project an own frame stands; None if it stands in the notebook itself."""
        if own.f_globals is self._namespace:
            return None
        return {"path": self._place.portable(own.f_code.co_filename), "line": own.f_lineno}

    def begin(self, cell: str) -> None:
        """The cell with this source is about to run."""
        self._body = body_of(cell)
        self._calls.clear()
        self.forget()

    def cell_line(self, frame: FrameType | None) -> int | None:
        """The line of the cell being executed that led to this frame; None outside any cell."""
        if frame is None or frame is not self._last[0] or frame.f_lineno != self._last[1]:
            line = self._cell_line(frame)
            if frame is None or frame.f_code.co_name != "<module>":
                return line
            self._last = (frame, frame.f_lineno, line)
        return self._last[2]

    def forget(self) -> None:
        """Let go of the frame that was asked about last, which in a loop is asked about again and again."""
        self._last = (None, 0, None)

    def _cell_line(self, frame: FrameType | None) -> int | None:
        lines = []
        while frame is not None:
            if frame.f_globals is self._namespace:
                lines.append(frame.f_lineno)
            frame = frame.f_back
        if self._body.timed and lines:
            lines.pop()  # the line of the magic itself
        return lines[-1] + self._body.above - self._body.comments if lines else None

    def call_at(self, frame: FrameType, names: frozenset[str]) -> str:
        """The name that is called where a frame stands, as it is written there but for arguments and constants.

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
            call = parse(b"(" + b"".join(lines) + b")", "eval").body
        except (SyntaxError, ValueError):
            return ""
        return name_of(call.func) if isinstance(call, ast.Call) else ""

    def _by_names(self, frame: FrameType, names: frozenset[str]) -> str:
        found = names_in(self.source(frame, frame.f_lineno))
        return next((written for written in found if written.rpartition(".")[2] in names), "")

    def source(self, frame: FrameType, number: int) -> str:
        """A line of the source that a frame runs; `%%time` runs the cell's under a name without a file."""
        filename = frame.f_code.co_filename
        if self._body.timed and filename.startswith("<timed "):
            number -= self._body.comments
            return "".join(self._body.text.splitlines(keepends=True)[max(0, number - 1) : max(0, number)])
        lines = _lines_of(filename)
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _lines_of(filename: str) -> list[str]:
    """The source of code by its file's name, which may be anything: what `linecache` has, or a regular file."""
    known: Any = linecache.cache.get(filename)
    if known is not None and len(known) == 4:
        found: list[str] = known[2]
        return found
    status = status_of(filename)
    if status is None or not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        return []
    return _read(filename, status.st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _read(filename: str, changed: int) -> list[str]:
    with Quiet():
        try:
            with open(open_regular(filename), "rb") as file:
                content = file.read(_LARGEST)
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            return content.decode(encoding).splitlines(keepends=True)
        except OSError as error:
            if type(error) is not NotRegular and was_sent(error):
                raise
            return []
        except (SyntaxError, UnicodeError):
            return []


UNKNOWN = object()
"""Stands for an argument whose value cannot be told."""


def argument_at(frame: FrameType) -> Any:
    """The last argument of the call at which a frame stands: None if there is none, UNKNOWN if it is not plain to see.

    Only bytecode tells, as functions in C have no frame that could be looked into.
    """
    kind, found = _argument(frame.f_code, frame.f_lasti)
    if kind == "name":
        return _value_of(found, frame)
    return found


def _value_of(name: str, frame: FrameType) -> Any:
    """The value of a variable, as far as nothing of the user's has to be called for it."""
    if _asks_for_locals(frame.f_code):
        return UNKNOWN
    names: Any = frame.f_locals
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED and name in names:  # those of a function are Python's own
        return names[name]
    found = dict.get(names, name, UNKNOWN) if isinstance(names, dict) else UNKNOWN
    return dict.get(frame.f_globals, name, UNKNOWN) if found is UNKNOWN else found


def _asks_for_locals(code: CodeType) -> bool:
    """Whether looking into a function would alter what it has: before Python 3.13 all share one dict of its locals."""
    shared = sys.version_info < (3, 13) and code.co_flags & inspect.CO_OPTIMIZED
    return bool(shared) and not _ASKING.isdisjoint(code.co_names)


@functools.lru_cache(maxsize=1024)
def _argument(code: CodeType, offset: int) -> tuple[str, Any]:
    """What loads the last argument of the call at this offset: a constant or a name."""
    before: list[dis.Instruction] = []
    for call in dis.get_instructions(code):
        if call.offset == offset:
            return _loaded(call, before)
        if call.opname not in _FILLERS:
            before.append(call)
    return "const", None


def _loaded(call: dis.Instruction, before: list[dis.Instruction]) -> tuple[str, Any]:
    if call.arg == 0 and call.opname != "CALL_FUNCTION_EX":
        return "const", None
    if call.opname in ("CALL_KW", "CALL_FUNCTION_KW") and before:
        before.pop()  # the names of the arguments
    elif call.opname not in ("CALL", "CALL_FUNCTION", "CALL_METHOD"):
        return "const", UNKNOWN
    load = before[-1] if before else None
    if load is not None and load.opname == "LOAD_CONST":
        return "const", load.argval
    if load is not None and load.opname.startswith("LOAD_") and not load.opname.startswith("LOAD_ATTR"):
        return ("name", load.argval) if isinstance(load.argval, str) else ("const", UNKNOWN)
    return "const", UNKNOWN
