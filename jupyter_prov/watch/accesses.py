"""The files that an execution reads and writes: what Python and the operating system tell, put together.

Python's audit hook knows the exact call and comes before it, so that a file that is about to be overwritten can keep
its old digest. The operating system sees also what goes around Python: native libraries and child processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyter_prov.record.place import Place
from jupyter_prov.watch.audit import Quiet
from jupyter_prov.watch.children import Children
from jupyter_prov.watch.helper import Helper
from jupyter_prov.watch.helper_process import CLOCK_TICK, version_of
from jupyter_prov.watch.native import NativeFiles
from jupyter_prov.watch.native_event import CHANGED, CLOSED_WRITING, MADE, OPENED, READ, NativeEvent
from jupyter_prov.watch.paths import Artifacts, is_skipped, named_folders
from jupyter_prov.watch.wall import Wall

INPUT, OUTPUT, CODE = "input", "output", "code"
SELF, CHILD, OTHER = "self", "child", "other"
_OVERWRITE_SECONDS = 5.0
"""How long a cell may wait for the digest of a file that it overwrites."""
_SPAWN_SECONDS = 1.0
"""How long a cell may wait before it spawns its first child, until our own reads of files are over."""
_MARK_SECONDS = 0.5
"""How long a cell may wait until the folders that it names are marked."""
_REMEMBERED = 32
"""How many of the last files accessed are looked at again before a cell, which may write to them natively."""
_MODULES = (".py", ".pyc", ".so", ".pyd")
"""Endings of what the kernel's own process opens to import it, which is the business of another factor."""
_SCRIPTS = (".py", ".sh", ".r", ".R", ".jl", ".pl")
"""Endings of what child processes open to run it."""


@dataclass
class Access:
    """One file that an execution read or wrote."""

    path: str
    role: str
    via: str
    by: str
    version: str | None
    """What tells the state that was read or left from others; None where that can't be known any more."""


@dataclass
class _Write:
    before: str | None
    """The version in which the file was, None where there was no file or where that is not known."""
    via: str
    by: str
    certain: bool = False
    """Whether something was written for sure."""


class Accesses:
    """Notes the accesses of one cell after the other."""

    def __init__(self, wall: Wall, helper: Helper, place: Place) -> None:
        self.artifacts = Artifacts(place)
        self.native = NativeFiles(wall, is_skipped)
        self._helper = helper
        self._active = False
        self._begun = 0
        self._reads: dict[str, Access] = {}
        self._writes: dict[str, _Write] = {}
        self._passed_over: set[str] = set()
        """Files that Python opened and that are none of the notebook's data."""
        self._inodes: set[str] = set()
        """Devices and inodes of what was read, which may be known by another name too."""
        self._ours: set[str] = set()
        """Files that the helper process may be reading."""
        self._recent: dict[str, bool] = {}
        """The last files accessed, and whether they were opened for writing."""
        self._known: dict[str, str | None] = {}
        """Versions at the start of the cell, of files that earlier ones accessed."""
        self._children = Children(wall, self._spawning)
        self.native.add(place.folder, deep=True)
        self.native.add(place.root, deep=True)

    def begin(self, text: str) -> None:
        """A cell with this source is about to run."""
        self._reads, self._writes, self._passed_over, self._inodes = {}, {}, set(), set()
        with Quiet():
            for folder in named_folders(text):
                self.watch_folder(folder, deep=True)
            self.native.settle(_MARK_SECONDS)
            self._known = {path: version_of(path) for path in self._recent}
            self._ours = self._helper.in_flight()
            self._children.ours = self._helper.processes()
            self._children.begin()
            self._begun = time.time_ns() - int(CLOCK_TICK * 1e9)
            self.native.begin()
        self._active = True

    def end(self) -> Iterator[Access]:
        """The cell has ended: what it read, in the version that it saw, and what it wrote, as it was left."""
        self._active = False
        with Quiet():
            self._take_in(self.native.end())
            yield from self._reads.values()
            for path, write in {**self._left(), **self._writes}.items():
                version = version_of(path)
                if version is not None and (write.certain or version != write.before):
                    self._ask([(path, version)])
                    yield Access(path, OUTPUT, write.via, write.by, version)
        for path in list(self._recent)[:-_REMEMBERED]:
            del self._recent[path]
        self._helper.flush()

    def read(self, paths: Iterable[str]) -> None:
        """Python has opened these artifacts for reading and has not written to them since."""
        versions = {p: version_of(p) for p in dict.fromkeys(paths) if p not in self._reads and p not in self._writes}
        self._note_reads([(path, version) for path, version in versions.items() if version], "audit", SELF)

    def about_to_write(self, path: str, truncates: bool) -> None:
        """Python is about to open an artifact for writing, or to put another file in its place."""
        if path not in self._reads and path not in self._writes:
            self.catch_up()  # it may have been read natively
        self._helper.wait_for(path, _OVERWRITE_SECONDS)
        write = self._writes.setdefault(path, _Write(version_of(path), "audit", SELF))
        write.certain |= truncates and (os.access(path, os.W_OK) or not os.path.exists(path))
        self._remember([path], written=True)

    def about_to_remove(self, path: str) -> None:
        """Python is about to remove a file."""
        self._helper.wait_for(path, _OVERWRITE_SECONDS)

    def pass_over(self, path: str) -> None:
        """Python opened this file for other reasons than its data."""
        self._passed_over.add(path)

    def watch_folder(self, folder: str, deep: bool = False) -> None:
        """Files of this folder are being accessed, or may be."""
        if len(folder) > 1 and self.artifacts.in_folder(folder):
            self.native.add(folder, deep)

    def catch_up(self) -> None:
        """Take in what the system has told by now."""
        with Quiet():
            self._take_in(self.native.take())

    def _left(self) -> dict[str, _Write]:
        """Files of earlier cells: a handle that stayed open may have written to them where nothing else sees it."""
        left = [path for path, written in self._recent.items() if written and path in self._known]
        return {path: _Write(self._known[path], "audit", SELF) for path in left}

    def _note_reads(self, found: list[tuple[str, str]], via: str, by: str) -> None:
        for path, version in found:
            role = CODE if by == CHILD and path.endswith(_SCRIPTS) else INPUT
            self._reads[path] = Access(path, role, via, by, version)
            self._inodes.add(_inode(version))
        self._ask(found)
        self._remember([path for path, _ in found[-_REMEMBERED:]], written=False)

    def _ask(self, found: list[tuple[str, str]]) -> None:
        self._ours.update(path for path, _ in found)
        self._helper.digest(found)

    def _remember(self, paths: Iterable[str], written: bool) -> None:
        for path in paths:
            self._recent[path] = self._recent.pop(path, False) or written

    def _spawning(self) -> None:
        """The first child of a cell comes: from now on the helper's reads must not be taken for the child's."""
        if self._active:
            self.catch_up()
            self._helper.settle(_SPAWN_SECONDS)
            self.catch_up()
            self._ours = self._helper.in_flight()

    def _take_in(self, events: list[NativeEvent]) -> None:
        for event in events:
            if event.mask & (OPENED | CHANGED) and not (event.own and self._is_told(event)):
                self._happened(event)

    def _is_told(self, event: NativeEvent) -> bool:
        """Whether the hook has told all of a read by this process."""
        plain = not event.mask & (CHANGED | CLOSED_WRITING)
        return plain and (event.path in self._reads or event.path in self._passed_over or event.path.endswith(_MODULES))

    def _happened(self, event: NativeEvent) -> None:
        """Take in what the system tells; what the hook has told of the same file stands."""
        path, own, mask = event
        changed = bool(mask & CHANGED)
        if not self.artifacts.contain(path):
            return
        if not own and path in self._ours and not changed:
            return
        if own is False and not self._children.seen():
            return
        by = SELF if own else CHILD if own is False else OTHER
        via = "inotify" if own is None else "fanotify"
        if mask & OPENED and (mask & READ or not mask & (CHANGED | CLOSED_WRITING)):
            self._happened_reading(path, via, by, mask)
        if mask & (CHANGED | CLOSED_WRITING):
            if path not in self._writes:
                new = path not in self._known and self._is_new(path)
                self._writes[path] = _Write(self._known.get(path), via, by, certain=new)
                self._remember([path], written=True)
            self._writes[path].certain |= changed

    def _happened_reading(self, path: str, via: str, by: str, mask: int) -> None:
        if mask & MADE or path in self._reads or path in self._writes:
            return
        if mask & CHANGED:  # and with that the state in which it was read is gone, unless an earlier cell knew it
            self._reads[path] = Access(path, INPUT, via, by, self._known.get(path))
        elif (version := version_of(path)) and _inode(version) not in self._inodes:
            self._note_reads([(path, version)], via, by)

    def _is_new(self, path: str) -> bool:
        """Whether a file has changed since the cell began; a mapping into memory writes without an event."""
        try:
            return os.stat(path).st_mtime_ns >= self._begun
        except OSError:
            return False


def _inode(version: str) -> str:
    """What a file is known by whatever its name: the hook may have seen it through a link."""
    return version[: version.index("-", version.index("-") + 1)]
