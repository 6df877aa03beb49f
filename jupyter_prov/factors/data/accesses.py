"""The files that an execution reads and writes: what Python and the operating system tell, put together.

Python's audit hook knows the exact call and comes before it, so that a file that is about to be overwritten can keep
its old digest. The operating system sees also what goes around Python: native libraries and child processes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable
from itertools import chain

from jupyter_prov.factors.data.child_processes import Children
from jupyter_prov.factors.data.immediate_digests import NOT_SAVED, OnTheSpot
from jupyter_prov.factors.data.ledger import NEAR, Ledger, Write, inode
from jupyter_prov.factors.data.native_event import CHANGED, CLOSED_WRITING, MADE, OPENED, Heard
from jupyter_prov.factors.data.native_files import NativeFiles
from jupyter_prov.record.file_digests import CLOCK_TICK, is_folder, status_of, version_of
from jupyter_prov.record.original_os import os
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.settings import FILE
from jupyter_prov.watch.artifact_paths import Artifacts, has_one_name, in_shared, is_shared, is_skipped, named_folders
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.file_access import CHILD, INPUT, OTHER, SELF, Access
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.helper import Helper

_SELDOM = 512
"""Of how many further files that change one is reason to hear what the system tells."""
_EXISTING = 16
"""How many files of a cell are digested before they are overwritten unread."""
_SPAWN_SECONDS = 0.1
"""How long a cell may wait before it spawns its first child, until our own reads of a few files are over."""
_REMEMBERED = 32
"""How many of the last files accessed are looked at again before a cell, which may write to them natively."""
_MODULES = (".py", ".pyc", ".so", ".pyd")
"""Endings of what the kernel's own process opens to import it, which is the business of another factor."""
_UPDATED = (".h5", ".hdf5", ".hdf", ".nc", ".nc4", ".db", ".duckdb", ".ddb", ".sqlite", ".gpkg")
"""Endings of formats that native libraries read and write in place; others they write anew."""
_UNCLEAR = "Files that a child process opened while they were being digested are not noted as its inputs."


class Accesses:
    """Notes the accesses of one cell after the other."""

    def __init__(self, guard: Guard, helper: Helper, place: Place) -> None:
        self.artifacts = Artifacts(place)
        self.native = NativeFiles(guard, is_skipped)
        self._helper, self._place, self._guard = helper, place, guard
        self._named: tuple[str, ...] = ()
        """Folders that cells have named, in which children may be at work wherever they lie."""
        self.notebook = os.path.realpath(os.environ.get("JPY_SESSION_NAME", ""))
        """The notebook itself, which is saved, and read by us, while cells run."""
        self._settings = os.path.join(place.root, FILE)
        """What the server reads, whenever it is asked for a record."""
        self._active = False
        self._spot = OnTheSpot(guard, helper)
        self._ledger = Ledger(helper)
        self._looked = self._changed = self._answered = 0
        self._recent: dict[str, bool] = {}
        """The last files accessed, and whether they were opened for writing."""
        self._known: dict[str, str | None] = {}
        """Versions at the start of the cell, of files that earlier ones accessed."""
        self.children = Children(guard, self._spawning)
        self.native.add_project(place.folder)
        self.native.add_project(place.root)

    def begin(self, text: str) -> None:
        """A cell with this source is about to run."""
        self._looked = self._changed = 0
        self._spot.begin()
        with Quiet():
            self.native.prepare()
            for folder in named_folders(text):
                self.watch_folder(folder, deep=True)
                if not is_shared(folder) and folder + os.sep not in self._named:
                    self._named = (*self._named, folder + os.sep)
            self._known = {path: version_of(path) for path in self._recent}
            self._answered = self._helper.done
            self.children.begin()
            self._ledger = Ledger(self._helper)
            self.native.begin()
        self._active = True
        self._helper.leisure.begin()

    def end(self, number: int) -> list[Access]:
        """The cell of this number has ended: what it read and wrote, as far as it is known at once."""
        self._active = False
        with Quiet():
            self._take_in(self.native.end())
            recent = list(self._recent)
            found = self._ledger.finish(number, self._left(), recent[-NEAR:])
        self._recent = {path: self._recent[path] for path in recent[-_REMEMBERED:]}
        self._helper.flush()
        self._helper.leisure.end()
        return found

    @property
    def is_late(self) -> bool:
        """Whether more of the last cell will be known only later."""
        return self._ledger.late is not None

    def look(self) -> None:
        """What is known at once of the last cell has been sent: have the helper look at the rest."""
        if self._ledger.late is not None:
            self._helper.look_at(*self._ledger.late)

    def read(self, folder: str, paths: dict[str, str], of_many: bool = False) -> None:
        """Python has opened these artifacts of a folder, perhaps of many, for reading and not written to them since."""
        ledger = self._ledger
        for known in (ledger.reads, ledger.writes, ledger.overwritten.get(folder, {})):
            if known and not known.keys().isdisjoint(paths):
                paths = {path: name for path, name in paths.items() if path not in known}
        if paths:
            self._note_reads(folder, paths, "audit", SELF, of_many)

    @property
    def writes_many(self) -> bool:
        """Whether the cell has written so many files that only the names of further ones are noted."""
        return len(self._ledger.writes) >= NEAR

    def write_many(self, folder: str, paths: dict[str, str], read: dict[str, os.stat_result | None]) -> None:
        """Python has opened these artifacts of a folder for writing; of those read before the state may be known."""
        if self._helper.awaits_any(paths):
            self._guard.note(NOT_SAVED)
        self._ledger.overwrite(folder, paths, read)
        self._remember(list(paths)[-_REMEMBERED:], written=True)

    def about_to_write(self, path: str, reads: bool, truncates: bool) -> None:
        """Python is about to open an artifact for writing, or to put another file in its place.

        `reads` says that its old content counts as read, `truncates` that it is gone in any case.
        """
        ledger = self._ledger
        write = ledger.writes.get(path)
        if ledger.overwrites(path):
            return
        if write is None:
            before = version_of(path)
            saved = self._about_to_change(path, before, reads) if before is not None else None
            write = ledger.write(path, before, "audit", SELF)
            if before is not None and truncates:
                is_one_of_few = len(ledger.writes) <= _EXISTING
                write.existed = saved or (self._spot.unread(path, before) if is_one_of_few else None)
            self._remember([path], written=True)
        if truncates and not write.certain:
            write.certain = write.before is None or os.access(path, os.W_OK)

    def remove(self, path: str) -> None:
        """Python is about to remove an artifact, or to give it another name."""
        self._spot.locks.forget()
        if (before := version_of(path)) is not None:
            self._about_to_change(path, before, reads=False)
        self._ledger.remove(path)

    def _about_to_change(self, path: str, before: str, reads: bool) -> str | None:
        """What is asked of a file in this version is answered now, as far as that costs the cell little: its digest."""
        ledger, self._changed = self._ledger, self._changed + 1
        is_known = path in ledger.reads or ledger.has_written(path)
        if not is_known and (self._changed <= NEAR or self._changed % _SELDOM == 0):
            self._catch_up_with(path)  # it may have been read natively
        if self._changed > NEAR:
            ledger.lose(path, before, reads and not is_known)
            if self._helper.awaits(path):
                self._guard.note(NOT_SAVED)
            return None
        if reads and not is_known:
            ledger.read_singly([path], "audit", SELF)
        ledger.single_out(path)
        return self._spot.asked(path, before) if self._helper.awaits(path) else None

    def pass_over(self, path: str) -> None:
        """Python opened this file for other reasons than its data."""
        self._spot.opened.add(path)

    def watch_folder(self, folder: str, deep: bool = False) -> None:
        """Files of this folder are being accessed, or may be."""
        if not deep and self.native.has(folder):
            return
        if len(folder) > 1 and self.artifacts.in_folder(folder):
            self.native.add(folder, deep and not is_shared(folder))

    def catch_up(self) -> None:
        """Take in what the system has told by now."""
        self._spot.locks.forget()
        with Quiet():
            self._take_in(self.native.take())

    def _catch_up_with(self, path: str) -> None:
        """Take in what the system has told by now, if anything of this file."""
        with Quiet():
            if has_one_name(path) and not self.native.told_of(os.path.basename(path)):
                return
        self.catch_up()

    def _left(self) -> dict[str, Write]:
        """Files of earlier cells: a handle that stayed open may have written to them where nothing else sees it."""
        left = [path for path, written in self._recent.items() if written and path in self._known]
        return {path: Write(self._known[path], "audit", SELF) for path in left}

    def _note_reads(self, folder: str, paths: Collection[str], via: str, by: str, of_many: bool = False) -> None:
        self._remember(self._ledger.read(folder, paths, via, by, of_many)[-_REMEMBERED:], written=False)

    def _remember(self, paths: Iterable[str], written: bool) -> None:
        for path in paths:
            self._recent[path] = self._recent.pop(path, False) or written

    def _spawning(self) -> None:
        """The first child of a cell comes: from now on the helper's reads must not be taken for the child's."""
        if self._active:
            self.catch_up()
            if self._helper.waiting() <= NEAR:
                self._helper.settle(_SPAWN_SECONDS)
            self.catch_up()
            self._answered = self._helper.done

    def _take_in(self, heard: Heard) -> None:
        """Take in what the system tells; what the hook has told of the same file stands."""
        ledger = self._ledger
        reads: dict[tuple[str, str, str], list[str]] = {}
        by_us = [event for told in heard.by_us() for event in self._untold(reads, *told)]
        for path, own, mask in chain(by_us, heard.by_others(self._has_children())):
            if own and (write := ledger.writes.get(path)):
                self._remember([path], written=True)
                write.certain |= bool(mask & CHANGED)
                continue
            if own and ledger.has_overwritten(path):
                continue
            if mask & CHANGED and path in ledger.reads and path not in ledger.writes:
                ledger.reads[path].changed = True
            if mask & (OPENED | CHANGED) and self._is_of_cell(path, own, mask):
                via, by = ("inotify", OTHER) if own is None else ("fanotify", SELF if own else CHILD)
                if mask & CHANGED or mask & CLOSED_WRITING:
                    self._heard_writing(path, mask, via, by)
                elif not (own and path.endswith(_MODULES)):
                    self._heard_reading(reads, path, via, by)
        for (folder, via, by), paths in reads.items():
            self._note_reads(folder, paths, via, by)

    def _untold(
        self, reads: dict[tuple[str, str, str], list[str]], folder: str, paths: list[str], masks: list[int]
    ) -> list[tuple[str, bool, int]]:
        """What the hook has not told of what happened in a folder; files that were only opened are noted."""
        ledger = self._ledger
        more: list[tuple[str, bool, int]] = []
        if masks.count(OPENED) != len(masks):
            written = ledger.overwritten.get(folder, ())
            events = zip(paths, masks, strict=True)
            more = [(path, True, mask) for path, mask in events if mask != OPENED and path not in written]
            paths = [path for path, mask in zip(paths, masks, strict=True) if mask == OPENED]
        for path in set(paths).difference(ledger.reads, ledger.told(folder), ledger.overwritten.get(folder, ())):
            if not (path.endswith(_MODULES) or path == self.notebook):
                self._heard_reading(reads, path, "fanotify", SELF)
        return more

    def _has_children(self) -> Callable[[], bool]:
        """Asks once whether there can be a child by now, if anybody wants to know."""
        return functools.cache(self.children.seen)

    def _is_of_cell(self, path: str, own: bool | None, mask: int) -> bool:
        """Whether the cell accessed a file, or a child of it, and not we or others."""
        if own:
            return True
        if path == self.notebook or (not mask & CHANGED and (path == self._settings or self._may_be_ours(path))):
            return False
        if not self._place.contains(path) and in_shared(os.path.dirname(path)) and not path.startswith(self._named):
            return False
        return own is None or self.children.seen()

    def _may_be_ours(self, path: str) -> bool:
        """Whether the helper may have opened a file, by itself or in a folder, since the cell began."""
        asked = path
        while not self._helper.may_have_read(asked, self._answered):
            above = os.path.dirname(asked)
            if len(above) >= len(asked):
                return False
            asked = above
        if path not in self._ledger.reads and not self._ledger.has_written(path) and self.children.seen():
            self._guard.note(_UNCLEAR)
        return True

    def _heard_reading(self, reads: dict[tuple[str, str, str], list[str]], path: str, via: str, by: str) -> None:
        ledger = self._ledger
        told = path in ledger.reads or ledger.has_written(path) or path in self._spot.opened
        if told or not self.artifacts.contain(path):
            return
        self._looked += 1
        if self._looked > NEAR:
            reads.setdefault((os.path.dirname(path), via, by), []).append(path)
            return
        version = version_of(path)
        if version is None and not is_folder(path):  # it is gone by now
            ledger.reads[path] = Access(path, INPUT, via, by, self._known.get(path))
        elif version and inode(version) not in ledger.inodes:
            reads.setdefault((os.path.dirname(path), via, by), []).append(path)

    def _heard_writing(self, path: str, mask: int, via: str, by: str) -> None:
        ledger = self._ledger
        if ledger.has_overwritten(path) or not self.artifacts.contain(path):
            return
        if path not in ledger.writes:
            if mask & OPENED and not mask & MADE and path.endswith(_UPDATED) and path not in ledger.reads:
                ledger.reads[path] = Access(path, INPUT, via, by, self._known.get(path))
            write = ledger.write(path, self._known.get(path), via, by)
            write.certain = path not in self._known and self._is_new(path, mask)
        self._remember([path], written=True)
        ledger.writes[path].certain |= bool(mask & CHANGED)

    def _is_new(self, path: str, mask: int) -> bool:
        """Whether a file has changed since the cell began; a mapping into memory writes without an event."""
        if mask & CHANGED:
            return True
        status = status_of(path)
        return status is not None and status.st_mtime_ns >= self._ledger.begun - int(CLOCK_TICK * 1e9)
