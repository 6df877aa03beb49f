"""The files that Python opens, as its audit hook tells before each call.

Opens for reading are gathered, and looked at when the cell ends or before anything is written: so that a loop over
thousands of files costs little.
"""

from __future__ import annotations

import inspect
import linecache
import pkgutil
import re
import runpy
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from types import FrameType
from typing import Any, Literal

from jupyter_prov.factors.data.accesses import Accesses
from jupyter_prov.factors.data.ledger import NEAR
from jupyter_prov.record.errors import was_sent
from jupyter_prov.record.original_os import os
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.artifact_paths import are_artifact_names, as_text
from jupyter_prov.watch.frames import Frames
from jupyter_prov.watch.guard import Guard

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REPLACING = os.O_TRUNC | os.O_EXCL
_GATHERED = 4096
"""Opens that are gathered before they are looked at."""
_UNTIDY = re.compile(r"/(?:/|\.\.?(?:/|$))").search
"""Finds what has to be resolved in a path."""
_RESOLVED = frozenset(("", ".", "/"))
"""Beginnings of the last part of names that have to be resolved."""
_UNTIDY_PARTS = ("\0\0", "\0/", "\0.", "/.", "//", "/\0")
"""What stands in no names that have nothing to be resolved, where each begins and ends with a null."""
_SHOWING = ("<frozen importlib", *(str(module.__file__) for module in (inspect, linecache, pkgutil, runpy)))
"""Beginnings of the files whose code opens source in order to import, run or show it."""
_RUNNING = frozenset(("execfile", "safe_execfile", "safe_execfile_ipy"))
"""Functions of IPython that do."""


class Opens:
    """Tells the accesses of a cell what Python opens."""

    def __init__(self, guard: Guard, frames: Frames, accesses: Accesses) -> None:
        self._frames, self._accesses = frames, accesses
        self._active = False
        self._gathered: dict[str, os.stat_result | Literal[False] | None] = {}
        """Names that were opened: False for reading, else the state before the writing, where that is of interest."""
        self._named: set[str] = set()
        """All names that were opened in this cell, but for those that are still gathered."""
        guard.ran("audit")
        audit_hook.ask_first("open", self._gather)
        audit_hook.listen(
            guard,
            {
                "open": self._opened,
                "sqlite3.connect": self._connected,
                "os.rename": self._renamed,
                "os.remove": self._removed,
                "os.chdir": self._moved,
                "os.listdir": self._listed,
                "os.scandir": self._listed,
                "subprocess.Popen": self._spawning,
                "tempfile.mkstemp": self._made_temporary,
                "tempfile.mkdtemp": self._made_temporary,
            },
        )

    def begin(self) -> None:
        """A cell is about to run."""
        self._gathered, self._named = {}, set()
        audit_hook.wake()
        self._active = True

    def end(self) -> None:
        """The cell has ended."""
        self._active = False
        self._tell()

    def close(self) -> None:
        """Stop listening."""
        self._active = False
        audit_hook.silence()

    def _tell(self) -> None:
        """Tell what was gathered, while nothing was written and the working folder was the same."""
        gathered, self._gathered = self._gathered, {}
        if not gathered:
            return
        self._named.update(gathered)
        accesses, among = self._accesses, self._among(gathered)
        written = [name for name, state in gathered.items() if state is not False] if accesses.writes_many else []
        reads = _by_folder([name for name, state in gathered.items() if state is False] if written else list(gathered))
        writes = _by_folder(written)
        for folder, names in writes.items():
            if found := among(folder, names):
                read = dict.fromkeys(_first(gathered, reads.get(folder, {}), names))
                read |= {path: state for path, name in found.items() if (state := gathered[name])}
                accesses.write_many(folder, found, read)
        for folder, names in reads.items():
            if found := among(folder, names):
                accesses.read(folder, found, of_many=len(gathered) > NEAR)
        for folder in reads.keys() | writes.keys():
            accesses.watch_folder(folder)

    def _among(self, names: Collection[str]) -> Callable[[str, dict[str, str]], dict[str, str]]:
        """What gives those of the paths of a folder that are artifacts, for these names."""
        artifacts = self._accesses.artifacts
        if artifacts.temporary or not are_artifact_names(names):
            return artifacts.among
        return lambda folder, paths: paths if artifacts.in_folder(folder) else {}

    def _gather(self, arguments: tuple[Any, ...]) -> bool:
        """Note an open, if that is enough for now: this runs for each of thousands."""
        if len(arguments) != 3:  # an event of the notebook's own
            return False
        name, _, flags = arguments
        if not self._active or type(name) is not str or type(flags) is not int or name.endswith((".py", ".pyc")):
            return False
        gathered = self._gathered
        if not flags & _WRITING:
            if name not in gathered:
                gathered[name] = False
        elif not self._accesses.writes_many:
            return False
        elif flags & _REPLACING and name not in self._named and gathered.get(name) is not False:
            gathered[name] = None
        elif gathered.get(name, False) is False:
            try:
                gathered[name] = os.stat(name)
            except (OSError, ValueError) as error:
                if was_sent(error):
                    raise
                gathered[name] = None
        return len(gathered) < _GATHERED

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        if not self._active or len(arguments) != 3:
            return
        name, _, flags = arguments
        if type(name) is not str:
            name = as_text(name)
            if name is None:
                return
        if name.endswith((".py", ".pyc")):
            if name[-1] == "c":
                return
        elif type(flags) is not int or not flags & _WRITING:
            self._gathered.setdefault(name, False)
            if len(self._gathered) >= _GATHERED:
                self._tell()
                self._accesses.catch_up()
            return
        here = _here() if _is_plain(name) else ""
        path = here + name if here else _absolute(name)
        if path is not None and self._accesses.artifacts.contain(path):
            self._opened_otherwise(path, flags if type(flags) is int else 0)

    def _opened_otherwise(self, path: str, flags: int) -> None:
        """An artifact is opened for writing, or is source, which most often is opened to be run or shown."""
        if flags & _WRITING:
            reads = not flags & os.O_TRUNC  # what is appended to, or written in part, keeps its old content
            self._write(path, reads, truncates=not reads)
        elif self._read_as_text():
            self._gathered.setdefault(path, False)
        else:
            self._accesses.pass_over(path)

    def _write(self, path: str, reads: bool, truncates: bool) -> None:
        if self._gathered:
            self._tell()
        self._accesses.watch_folder(path.rpartition(os.sep)[0])
        self._accesses.about_to_write(path, reads, truncates)

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        name = as_text(arguments[0])
        if self._active and name not in (None, "", ":memory:"):
            path = _absolute(name.removeprefix("file:").partition("?")[0])
            if path is not None and self._accesses.artifacts.contain(path):
                self._write(path, reads=True, truncates=False)

    def _renamed(self, arguments: tuple[Any, ...]) -> None:
        if not self._active or arguments[2:] not in ((), (-1, -1)):
            return
        source, target = _absolute(arguments[0]), _absolute(arguments[1])
        self._tell()
        self._accesses.catch_up()  # it may have been made natively
        if source is not None and self._accesses.artifacts.contain(source):
            self._accesses.read(os.path.dirname(source), {source: source})
            self._accesses.remove(source)
        if target is not None and self._accesses.artifacts.contain(target):
            self._write(target, reads=False, truncates=True)

    def _removed(self, arguments: tuple[Any, ...]) -> None:
        if self._active and arguments[1:] in ((), (-1,)) and (path := _absolute(arguments[0])):
            self._tell()
            self._accesses.remove(path)

    def _moved(self, arguments: tuple[Any, ...]) -> None:
        if self._active:
            self._tell()
            self._named.clear()  # names lead elsewhere now
            if folder := _absolute(arguments[0]):
                self._accesses.watch_folder(folder, deep=True)

    def _listed(self, arguments: tuple[Any, ...]) -> None:
        if self._active and (folder := _absolute(arguments[0])):
            self._accesses.watch_folder(folder)

    def _spawning(self, _: tuple[Any, ...]) -> None:
        if self._active:
            self._tell()

    def _made_temporary(self, arguments: tuple[Any, ...]) -> None:
        if path := _absolute(arguments[0]):
            self._accesses.artifacts.temporary.add(path)

    def _read_as_text(self) -> bool:
        """Whether a cell reads this source as its data; importing, running or showing it in a traceback is no input."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not self._frames.is_own(frame):
            if frame.f_code.co_filename.startswith(_SHOWING) or frame.f_code.co_name in _RUNNING:
                return False
            frame = frame.f_back
        return frame is not None


def _by_folder(names: list[str]) -> dict[str, dict[str, str]]:
    """The paths that these names lead to now, with them, by folder."""
    found: dict[str, dict[str, str]] = {}
    here = _here()
    if here and _are_plain(names):
        for name in names:
            full = here + name
            above = full.rpartition("/")[0]
            try:
                found[above][full] = name
            except KeyError:
                found[above] = {full: name}
        return found
    for head, several in _by_head(names).items():
        folder = (here + head if here and _is_plain(head) else _absolute(head) if head else here) or ""
        start, skipped = folder.rstrip("/") + "/", len(head) + 1 if head else 0
        paths = found.setdefault(start[:-1], {})
        if folder and _RESOLVED.isdisjoint([name[skipped : skipped + 1] for name in several]):
            paths.update(zip([start + name[skipped:] for name in several], several, strict=True))
            continue
        for name in several:
            if path := _absolute(name):
                found.setdefault(path.rpartition(os.sep)[0], {})[path] = name
    return {folder: paths for folder, paths in found.items() if paths}


def _by_head(names: list[str]) -> dict[str, list[str]]:
    """The names by what stands before their last part."""
    heads = [name.rpartition("/")[0] for name in names]
    if len(several := dict.fromkeys(heads)) <= 1:
        return dict.fromkeys(several, names)
    found: dict[str, list[str]] = {head: [] for head in several}
    for head, name in zip(heads, names, strict=True):
        found[head].append(name)
    return found


def _first(order: Iterable[str], some: Mapping[str, str], others: Mapping[str, str]) -> set[str]:
    """The paths in both of these, by another name each, of which that in `some` comes first."""
    both = some.keys() & others.keys()
    if not both:
        return both
    place = {name: number for number, name in enumerate(order)}
    return {path for path in both if place[some[path]] < place[others[path]]}


def _is_plain(name: str) -> bool:
    """Whether a name leads down from the working folder, with nothing in it to be resolved."""
    return bool(name) and name[0] not in "/." and not _UNTIDY(name)


def _are_plain(names: list[str]) -> bool:
    """Whether all these names surely lead down from the working folder: asked of thousands at once."""
    text = "\0".join(["", *names, ""])
    return not any(untidy in text for untidy in _UNTIDY_PARTS)


def _here() -> str:
    try:
        return os.getcwd().rstrip("/") + "/"
    except FileNotFoundError:
        return ""


def _absolute(name: Any) -> str | None:
    """The path that a name leads to now; None for a descriptor, and where the working folder is gone."""
    text = name if type(name) is str else as_text(name)
    if text is None or (text[:1] == "/" and not _UNTIDY(text)):
        return text
    try:
        return os.path.abspath(text)
    except FileNotFoundError:
        return None
