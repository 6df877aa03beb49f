"""What became of the many files that a cell accessed: looked at by the helper process once the cell has ended.

Parts of a request, in this order:

    {reads: [folder, via, by, [name, …]]}
    {writes: [[path, version before, via, by, whether it was written for sure, version after or null], …]}
    {overwritten: [folder, [name, …]]}          files that Python wrote
    {states: [[path, version after], …]}        of the last of them
    {lost: [[path, version or null, via, by], …]}      files that were read in this version and have changed since
    {number, begun, stamp, ended}   of the execution, in nanoseconds since 1970; with it the answer begins.
                `stamp` is the one that files got when it began

A file that was changed before it is looked at is known by its time of change, which is not before the cell's end: what
it held then is not known any more, and not guessed. Folders of which all files were accessed, and stores, count as one.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from jupyter_prov.record.file_digests import TREE, Digest, Digests, changed_since, version_in, version_of
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.artifact_paths import counts
from jupyter_prov.watch.birth_time import born_at
from jupyter_prov.watch.data_folders import MANY, Stores, is_whole
from jupyter_prov.watch.file_access import CHILD, CODE, INPUT, OUTPUT, SCRIPTS, SELF

BATCH = 1000
"""Files in one entry."""
_TOO_LATE = (
    "Some files were changed or removed before they could be digested: what they held for their cell is not known."
)
_NOT_KNOWN = "?"
"""In the place of the version before, where the cell did not look."""
_Note = dict[str, Any]
Keep = Callable[[str, str, int], None]


class Late:
    """Takes in the parts of a request, and answers it."""

    def __init__(self, digests: Digests, keep: Keep) -> None:
        """`keep` is given each input with its digest and size."""
        self._digests, self._keep = digests, keep
        self._reads: dict[tuple[str, str, str], list[str]] = {}
        self._writes: dict[str, list[Any]] = {}
        self._lost: list[list[Any]] = []

    def take(self, part: dict[str, Any]) -> Iterator[_Note]:
        """Take in a part; the last one gives the entries."""
        if "reads" in part:
            folder, via, by, names = part["reads"]
            self._reads.setdefault((folder, via, by), []).extend(names)
        elif "writes" in part:
            self._writes.update((row[0], row[1:]) for row in part["writes"])
        elif "overwritten" in part:
            folder, names = part["overwritten"]
            for name in names:
                self._writes.setdefault(f"{folder}/{name}", [_NOT_KNOWN, "audit", SELF, False, None])
        elif "states" in part:
            for path, version in part["states"]:
                if path in self._writes:
                    self._writes[path][-1] = version
        elif "lost" in part:
            self._lost += part["lost"]
        else:
            look = Look(self._digests, self._keep, part, self._reads, self._writes)
            notes = chain(map(self._lost_note, self._lost), look.notes())
            self._reads, self._writes, self._lost = {}, {}, []
            yield from _entries(part["number"], notes)

    def _lost_note(self, row: list[Any]) -> _Note:
        path, version, via, by = row
        found = self._digests.made(version) if version else None
        note: _Note = {"path": path, "role": INPUT, "via": via, "by": by}
        return note | (_facts(found) if found else {"changed_while_running": True})


def _entries(number: int, notes: Iterator[_Note]) -> Iterator[_Note]:
    """The notes in entries, the last one marked."""
    files: list[_Note] = []
    for note in notes:
        files.append(note)
        if len(files) == BATCH:
            yield _entry(number, files)
            files = []
    yield {**_entry(number, files), "last": True}


def _entry(number: int, files: list[_Note]) -> _Note:
    too_late = any("digest" not in note for note in files)
    return {"kind": "files", "number": number, "files": files, **({"blind_spots": [_TOO_LATE]} if too_late else {})}


class Look:
    """One look at what a cell accessed."""

    def __init__(
        self,
        digests: Digests,
        keep: Keep,
        cell: dict[str, Any],
        reads: dict[tuple[str, str, str], list[str]],
        writes: dict[str, list[Any]],
    ) -> None:
        self._digests, self._keep = digests, keep
        self._begun, self._ended = cell["begun"], cell["ended"]
        self._stamp = cell.get("stamp", self._begun)
        self._reads, self._writes = reads, writes
        self._stores = Stores()

    def notes(self) -> Iterator[_Note]:
        """A note of each file and folder: all are looked at first, and then read."""
        found = [*self._read(), *self._written()]
        for note, version in found:
            yield self._with_digest(note, version)

    def _read(self) -> Iterator[tuple[_Note, str | None]]:
        whole: set[str] = set()
        for (folder, via, by), names in self._reads.items():
            paths = dict.fromkeys(f"{folder}/{name}" for name in names)
            if store := self._stores.of(folder):
                if any(path not in self._writes and os.path.exists(path) for path in paths) and store not in whole:
                    whole.add(store)
                    yield self._tree(store, INPUT, via, by)
            elif len(paths) >= MANY and is_whole(folder, paths, counts):
                if folder not in whole:
                    whole.add(folder)
                    yield self._tree(folder, INPUT, via, by)
            else:
                for path in paths:
                    if path not in self._writes:
                        yield self._single_read(path, via, by)

    def _single_read(self, path: str, via: str, by: str) -> tuple[_Note, str | None]:
        role = CODE if by == CHILD and path.endswith(SCRIPTS) else INPUT
        note: _Note = {"path": path, "role": role, "via": via, "by": by}
        status = _status(path)
        if status is None or status.st_ctime_ns >= self._ended:
            return note, None
        if status.st_ctime_ns > self._begun:
            note["changed_while_running"] = True
        return note, version_in(status)

    def _written(self) -> Iterator[tuple[_Note, str | None]]:
        folders: dict[tuple[str, bool], list[tuple[_Note, str | None]]] = {}
        for path, (before, via, by, certain, version) in self._writes.items():
            note = {"path": path, "role": OUTPUT, "via": via, "by": by}
            status = None if version else _status(path)
            if status is not None and status.st_ctime_ns < self._ended:
                version = version_in(status)
            if version is None and status is None and not self._is_missed(path):
                continue
            if before == _NOT_KNOWN:
                if status is not None and status.st_ctime_ns < self._stamp:
                    continue  # it could not be opened, or nothing was written
                before = (born := born_at(path)) is not None and born < self._stamp
            if before:
                note["existed"] = True
            if certain or version != before:
                folder = os.path.dirname(path)
                store = self._stores.of(folder)
                folders.setdefault((store or folder, store is not None), []).append((note, version))
        for (folder, is_store), notes in folders.items():
            whole = len(notes) >= MANY and is_whole(folder, {note["path"] for note, _ in notes}, counts)
            if is_store or whole:
                yield self._tree(folder, OUTPUT, notes[0][0]["via"], notes[0][0]["by"])
            else:
                yield from notes

    def _is_missed(self, path: str) -> bool:
        """Whether a file that is gone may have been there when the cell ended."""
        try:
            return os.stat(os.path.dirname(path)).st_mtime_ns >= int(self._ended)
        except OSError:
            return False

    def _tree(self, folder: str, role: str, via: str, by: str) -> tuple[_Note, str]:
        return {"path": folder, "role": role, "via": via, "by": by}, f"{TREE}{self._ended}"

    def _with_digest(self, note: _Note, version: str | None) -> _Note:
        """The note with digest and size, if the file is still in this version once it has been read."""
        path = note["path"]
        if version is None:
            return {**note, "changed_while_running": True}
        found = self._digests.of(path)
        if version.startswith(TREE):
            if found is not None and changed_since(path, self._ended):
                note["changed_while_running"] = True
        elif version_of(path) != version:
            return {**note, "changed_while_running": True}
        if found is not None:
            note |= _facts(found)
            if note["role"] == INPUT and found.files is None and not found.sampled:
                self._keep(path, found.digest, found.size)
        return note


def _facts(found: Digest) -> _Note:
    more = {key: fact for key, fact in (("files", found.files), ("sampled", found.sampled)) if fact}
    return {"digest": found.digest, "size": found.size, **more}


def _status(path: str) -> os.stat_result | None:
    """The status of a regular file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None
