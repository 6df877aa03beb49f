"""The files that an execution reads and writes: what Python and the operating system tell, put together.

Python's audit hook knows the exact call and comes before it, so that a file that is about to be overwritten can keep
its old digest. The operating system sees also what goes around Python: native libraries and child processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic  # which is wrapped later

from jupyter_prov.record.contents import CLOCK_TICK, TREE, version_of
from jupyter_prov.record.place import Place
from jupyter_prov.watch.access import CHILD, CODE, INPUT, OTHER, OUTPUT, SELF, Access
from jupyter_prov.watch.audit import Quiet
from jupyter_prov.watch.children import Children
from jupyter_prov.watch.helper import Helper
from jupyter_prov.watch.native import NativeFiles
from jupyter_prov.watch.native_event import CHANGED, CLOSED_WRITING, MADE, OPENED, Heard
from jupyter_prov.watch.paths import Artifacts, in_shared, is_shared, is_skipped, named_folders
from jupyter_prov.watch.stores import Stores, is_whole
from jupyter_prov.watch.wall import Wall

_OVERWRITE_SECONDS = 5.0
"""How long a cell may wait altogether for the digests of files that it overwrites."""
_SPAWN_SECONDS = 1.0
"""How long a cell may wait before it spawns its first child, until our own reads of files are over."""
_MARK_SECONDS = 0.5
"""How long a cell may wait until the folders that it names are marked."""
_REMEMBERED = 32
"""How many of the last files accessed are looked at again before a cell, which may write to them natively."""
MANY = 100
"""Files of one folder from which on it counts as one, if all of them are accessed."""
_MODULES = (".py", ".pyc", ".so", ".pyd")
"""Endings of what the kernel's own process opens to import it, which is the business of another factor."""
_UPDATED = (".h5", ".hdf5", ".hdf", ".nc", ".nc4", ".db", ".duckdb", ".ddb", ".sqlite", ".gpkg")
"""Endings of formats that native libraries read and write in place; others they write anew."""
_SCRIPTS = (".py", ".sh", ".r", ".R", ".jl", ".pl")
"""Endings of what child processes open to run it."""


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
        self._helper, self._place, self._wall = helper, place, wall
        self._named: tuple[str, ...] = ()
        """Folders that cells have named, in which children may be at work wherever they lie."""
        self._patience = _OVERWRITE_SECONDS
        self.notebook = os.path.realpath(os.environ.get("JPY_SESSION_NAME", ""))
        """The notebook itself, which is saved, and read by us, while cells run."""
        self._active = False
        self._begun = 0
        self._reads: dict[str, Access] = {}
        self._many: dict[tuple[str, str, str], dict[str, None]] = {}
        """Files read of stores and of folders with many files, which are looked at when the cell ends."""
        self._stores = Stores()
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
        self.children = Children(wall, self._spawning)
        self.native.add(place.folder, deep=True)
        self.native.add(place.root, deep=True)

    def begin(self, text: str) -> None:
        """A cell with this source is about to run."""
        self._reads, self._many, self._stores = {}, {}, Stores()
        self._writes, self._passed_over, self._inodes = {}, set(), set()
        self._patience = _OVERWRITE_SECONDS
        with Quiet():
            for folder in named_folders(text):
                self.watch_folder(folder, deep=True)
                if not is_shared(folder) and folder + os.sep not in self._named:
                    self._named = (*self._named, folder + os.sep)
            self.native.settle(_MARK_SECONDS)
            self._known = {path: version_of(path) for path in self._recent}
            self._ours = self._helper.in_flight()
            self.children.ours = self._helper.processes()
            self.children.begin()
            self._begun = time.time_ns() - int(CLOCK_TICK * 1e9)
            self.native.begin()
        self._active = True

    def end(self) -> list[Access]:
        """The cell has ended: what it read, in the version that it saw, and what it wrote, as it was left."""
        self._active = False
        with Quiet():
            self._take_in(self.native.end())
            for folder, via, by in list(self._many):
                if not self._stores.of(folder) and not is_whole(folder, self._many[folder, via, by], self._counts):
                    self._note_singly(self._many.pop((folder, via, by)), via, by)
            found = [*self._reads.values(), *self._collected_reads(), *self._collected_writes()]
        for path in list(self._recent)[:-_REMEMBERED]:
            del self._recent[path]
        self._helper.flush()
        return found

    def _counts(self, path: str) -> bool:
        return self.artifacts.contain(path) and not is_skipped(path)

    def _collected_reads(self) -> list[Access]:
        """Stores, and folders of which all files were read, each as one."""
        found: dict[str, Access] = {}
        for (folder, via, by), paths in self._many.items():
            store = self._stores.of(folder)
            made = store and not any(path not in self._writes and os.path.exists(path) for path in paths)
            if not made and (store or folder) not in found:
                found[store or folder] = Access(store or folder, INPUT, via, by, self._tree(store or folder))
        return list(found.values())

    def _collected_writes(self) -> list[Access]:
        """What was written for sure, or is no longer what it was before; many files of one folder as one."""
        found: dict[tuple[str, bool], list[Access]] = {}
        for path, write in {**self._left(), **self._writes}.items():
            version = version_of(path)
            if version is not None and (write.certain or version != write.before):
                folder = os.path.dirname(path)
                access = Access(path, OUTPUT, write.via, write.by, version)
                store = self._stores.of(folder)
                found.setdefault((store or folder, store is not None), []).append(access)
        collected = []
        for (folder, is_store), accesses in found.items():
            many = len(accesses) >= MANY
            if is_store or (many and is_whole(folder, {a.path for a in accesses}, self._counts)):
                collected.append(Access(folder, OUTPUT, accesses[0].via, accesses[0].by, self._tree(folder)))
            else:
                self._ask([(access.path, access.version) for access in accesses if access.version])
                collected += accesses
        return collected

    def _tree(self, folder: str) -> str:
        """The version of a folder, whose digest is asked for."""
        version = f"{TREE}{time.time_ns()}"
        self._ask([(folder, version)])
        return version

    def read(self, folder: str, paths: Iterable[str]) -> None:
        """Python has opened these artifacts of a folder for reading and has not written to them since."""
        self._note_reads(folder, [p for p in paths if p not in self._reads and p not in self._writes], "audit", SELF)

    def about_to_write(self, path: str, truncates: bool) -> None:
        """Python is about to open an artifact for writing, or to put another file in its place."""
        self._note_now(os.path.dirname(path))
        if path not in self._reads and path not in self._writes:
            self.catch_up()  # it may have been read natively
        self.about_to_change(path)
        write = self._writes.setdefault(path, _Write(version_of(path), "audit", SELF))
        write.certain |= truncates and (os.access(path, os.W_OK) or not os.path.exists(path))
        self._remember([path], written=True)

    def about_to_change(self, path: str) -> None:
        """Wait for the digest of what Python is about to remove or overwrite, as long as the cell's patience lasts."""
        if self._patience > 0:
            before = monotonic()
            self._helper.wait_for(path, self._patience)
            self._patience -= monotonic() - before
        else:
            self._wall.note("So much was overwritten in one cell that not every old content could be waited for.")

    def pass_over(self, path: str) -> None:
        """Python opened this file for other reasons than its data."""
        self._passed_over.add(path)

    def watch_folder(self, folder: str, deep: bool = False) -> None:
        """Files of this folder are being accessed, or may be."""
        if len(folder) > 1 and self.artifacts.in_folder(folder):
            self.native.add(folder, deep and not is_shared(folder))

    def catch_up(self) -> None:
        """Take in what the system has told by now."""
        with Quiet():
            self._take_in(self.native.take())

    def _left(self) -> dict[str, _Write]:
        """Files of earlier cells: a handle that stayed open may have written to them where nothing else sees it."""
        left = [path for path, written in self._recent.items() if written and path in self._known]
        return {path: _Write(self._known[path], "audit", SELF) for path in left}

    def _note_reads(self, folder: str, paths: list[str], via: str, by: str) -> None:
        """Note reads; those of stores, and many of one folder, are put down and looked at when the cell ends."""
        key = (folder, via, by)
        if len(paths) >= MANY or key in self._many or self._stores.of(folder):
            self._many.setdefault(key, {}).update(dict.fromkeys(paths))
        else:
            self._note_singly(paths, via, by)

    def _note_singly(self, paths: Iterable[str], via: str, by: str) -> None:
        found = [(path, version) for path in paths if path not in self._writes and (version := version_of(path))]
        for path, version in found:
            role = CODE if by == CHILD and path.endswith(_SCRIPTS) else INPUT
            self._reads[path] = Access(path, role, via, by, version)
            self._inodes.add(_inode(version))
        self._ask(found, inputs=True)
        self._remember([path for path, _ in found[-_REMEMBERED:]], written=False)

    def _note_now(self, folder: str) -> None:
        """A file of this folder is about to change: what was put down is looked at first."""
        for key in [key for key in list(self._many) if key[0] == folder and not self._stores.of(folder)]:
            self._note_singly(self._many.pop(key, ()), *key[1:])  # another thread may have come first

    def _ask(self, found: list[tuple[str, str]], inputs: bool = False) -> None:
        self._ours.update(dict(found))
        self._helper.digest(found, inputs)

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

    def _take_in(self, heard: Heard) -> None:
        """Take in what the system tells; what the hook has told of the same file stands."""
        told: list[Iterable[str]] = [self._reads, self._writes, self._passed_over]
        told += [paths for (_, via, _), paths in list(self._many.items()) if via == "audit"]
        reads: dict[tuple[str, str, str], list[str]] = {}
        for path in heard.opened.difference(*told):
            if not path.endswith(_MODULES) and path != self.notebook:
                self._heard_reading(reads, path, "fanotify", SELF)
        for (path, own), mask in heard.others.items():
            if mask & CHANGED and path in self._reads and path not in self._writes:
                self._reads[path].changed = True
            if mask & (OPENED | CHANGED) and self._is_of_cell(path, own, mask):
                via, by = ("inotify", OTHER) if own is None else ("fanotify", SELF if own else CHILD)
                if mask & CHANGED or mask & CLOSED_WRITING:
                    self._heard_writing(path, mask, via, by)
                elif not (own and path.endswith(_MODULES)):
                    self._heard_reading(reads, path, via, by)
        for (folder, via, by), paths in reads.items():
            self._note_reads(folder, paths, via, by)

    def _is_of_cell(self, path: str, own: bool | None, mask: int) -> bool:
        """Whether the cell accessed a file, or a child of it, and not we or others."""
        if own:
            return True
        if (path in self._ours and not mask & CHANGED) or path == self.notebook:
            return False
        if not self._place.contains(path) and in_shared(os.path.dirname(path)) and not path.startswith(self._named):
            return False
        return own is None or self.children.seen()

    def _heard_reading(self, reads: dict[tuple[str, str, str], list[str]], path: str, via: str, by: str) -> None:
        told = path in self._reads or path in self._writes or path in self._passed_over
        if told or not self.artifacts.contain(path):
            return
        version = version_of(path)
        if version is None and not os.path.isdir(path):  # it is gone by now
            self._reads[path] = Access(path, INPUT, via, by, self._known.get(path))
        elif version and _inode(version) not in self._inodes:
            reads.setdefault((os.path.dirname(path), via, by), []).append(path)

    def _heard_writing(self, path: str, mask: int, via: str, by: str) -> None:
        if not self.artifacts.contain(path):
            return
        if path not in self._writes:
            if mask & OPENED and not mask & MADE and path.endswith(_UPDATED) and path not in self._reads:
                self._reads[path] = Access(path, INPUT, via, by, self._known.get(path))
            new = path not in self._known and self._is_new(path)
            self._writes[path] = _Write(self._known.get(path), via, by, certain=new)
            self._remember([path], written=True)
        self._writes[path].certain |= bool(mask & CHANGED)

    def _is_new(self, path: str) -> bool:
        """Whether a file has changed since the cell began; a mapping into memory writes without an event."""
        try:
            return os.stat(path).st_mtime_ns >= self._begun
        except OSError:
            return False


def _inode(version: str) -> str:
    """What a file is known by whatever its name: the hook may have seen it through a link."""
    return "-".join(version.split("-", 2)[:2])
