"""What one cell accessed: noted while it runs, and put together when it has ended.

Of a few files the state is noted at once. Of many only the names are, and the helper process looks at the files once
the cell has ended: no cell waits for that.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from time import clock_gettime_ns, time_ns  # which are wrapped later
from typing import Any

from jupyter_prov.record.file_digests import CLOCK_TICK, status_of, version_in, version_of
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.data_folders import MANY, Stores
from jupyter_prov.watch.file_access import CHILD, CODE, INPUT, OTHER, OUTPUT, SCRIPTS, SELF, Access
from jupyter_prov.watch.helper import BATCH, Helper

NEAR = 64
"""How many files a cell may read, and how many it may write, whose state is noted at once."""
_WAYS = (("audit", SELF), ("fanotify", SELF), ("fanotify", CHILD), ("inotify", OTHER))
_LAST = 2000
"""How many files can be written, at most, before the clock that stamps files moves on."""
_OLDER = 64
"""How many files in a row that are older end the search for the last of them."""
_COARSE = 5
"""CLOCK_REALTIME_COARSE of Linux: the clock by which file systems stamp files."""


@dataclass
class Write:
    """What is known of a file that was written, or may have been."""

    before: str | None
    """The version in which the file was, None where there was no file or where that is not known."""
    via: str
    by: str
    certain: bool = False
    """Whether something was written for sure."""
    existed: str | None = None
    """The digest of what was there before, if that was read first."""


class Ledger:
    """The accesses of one cell."""

    def __init__(self, helper: Helper) -> None:
        self._helper = helper
        self.begun, self._stamp = time_ns(), _stamp()
        self.reads: dict[str, Access] = {}
        """Files read whose state was noted."""
        self.many: dict[tuple[str, str, str], dict[str, None]] = {}
        """Files read of which only the names are noted, by folder, `via` and `by`."""
        self.writes: dict[str, Write] = {}
        self.overwritten: dict[str, dict[str, None]] = {}
        """Files that Python wrote of which only the names are noted, by folder."""
        self._last: deque[str] = deque(maxlen=_LAST)
        """The last of these."""
        self.inodes: set[str] = set()
        """Devices and inodes of what was read, which may be known by another name too."""
        self.late: tuple[list[str], Iterator[dict[str, Any]]] | None = None
        """What the helper is to look at, and the parts of that request, once the cell has ended."""
        self._lost: dict[str, tuple[str | os.stat_result | None, str, str]] = {}
        """Files read that have changed since: the version or state that was read, if it is known, `via` and `by`."""
        self._removed: set[str] = set()
        self._stores = Stores()

    def told(self, folder: str) -> AbstractSet[str]:
        """Files of a folder that Python told it reads, of which only the names are noted."""
        return self.many.get((folder, "audit", SELF), {}).keys()

    def has_written(self, path: str) -> bool:
        """Whether it is noted that this file is written."""
        return path in self.writes or self.has_overwritten(path)

    def has_overwritten(self, path: str) -> bool:
        """Whether Python wrote this file, and only its name is noted."""
        return bool(self.overwritten) and path in self.overwritten.get(path.rpartition(os.sep)[0], ())

    def read(self, folder: str, paths: Collection[str], via: str, by: str, of_many: bool = False) -> list[str]:
        """Note reads of files in one folder; gives those whose state was noted."""
        key = (folder, via, by)
        many = of_many or len(paths) >= MANY or key in self.many or len(self.reads) >= NEAR
        if many or self._stores.of(folder):
            self.many.setdefault(key, {}).update(dict.fromkeys(paths))
            return []
        return self.read_singly(paths, via, by)

    def read_singly(self, paths: Iterable[str], via: str, by: str) -> list[str]:
        """Note reads of files in their present state."""
        found = [(path, version) for path in paths if path not in self.writes and (version := version_of(path))]
        for path, version in found:
            role = CODE if by == CHILD and path.endswith(SCRIPTS) else INPUT
            self.reads[path] = Access(path, role, via, by, version)
            self.inodes.add(inode(version))
        self._helper.digest(found, inputs=True)
        return [path for path, _ in found]

    def single_out(self, path: str) -> None:
        """A file is about to change: if its name alone was noted as read, its state is now."""
        if key := self._taken_out(path):
            self.read_singly([path], *key)

    def overwrite(self, folder: str, paths: dict[str, Any], read: Mapping[str, os.stat_result | None]) -> None:
        """Note writes of files in one folder, of which some were read before, in a state that may be known."""
        noted = self.overwritten.setdefault(folder, {})
        self._removed.difference_update(paths)
        self._last.extend(paths)
        for known in (self.writes, noted):
            if known and not known.keys().isdisjoint(paths):
                paths = {path: name for path, name in paths.items() if path not in known}
        noted.update(dict.fromkeys(paths))
        told = self.told(folder)
        if read or not told.isdisjoint(paths):
            for path in paths:
                if (path in read or path in told) and path not in self.reads:
                    self.lose(path, read.get(path), is_read=True)

    def lose(self, path: str, before: str | os.stat_result | None, is_read: bool) -> None:
        """A file is about to change as many did: what it held is known only if it was digested in this version."""
        if found := self._taken_out(path) or (("audit", SELF) if is_read else None):
            self._lost[path] = (before, *found)

    def _taken_out(self, path: str) -> tuple[str, str] | None:
        """Who read a file of which only the name was noted, and no longer is."""
        folder = path.rpartition(os.sep)[0]
        for via, by in _WAYS if self.many else ():
            paths = self.many.get((folder, via, by))
            if paths is not None and path in paths and not self._stores.of(folder):
                del paths[path]
                return via, by
        return None

    def remove(self, path: str) -> None:
        """Python is about to remove a file."""
        self._removed.add(path)

    def overwrites(self, path: str) -> bool:
        """Note a write of a file of which only the name is noted, if this is one."""
        if not self.has_overwritten(path):
            return False
        self._removed.discard(path)
        return True

    def write(self, path: str, before: str | None, via: str, by: str) -> Write:
        """Note that a file is written, or may be; `before` is the version in which it is now."""
        self._removed.discard(path)
        return self.writes.setdefault(path, Write(before, via, by))

    def finish(self, number: int, left: dict[str, Write], recent: Collection[str]) -> list[Access]:
        """What the cell accessed, as far as it is known at once.

        `left` are files of earlier cells, which may have been written; `recent` the last ones that were accessed, the
        state of which may have to be noted, since their time of change does not tell it from a later one.
        """
        ended = _stamp()
        near = {path: write for path, write in left.items() if path not in self.writes}
        late: list[list[Any]] = []
        if len(self.writes) > NEAR or self.overwritten:
            last = {*recent, *islice(self.writes, NEAR)}  # threads may write late what they opened first
            states = {path: version_of(path) for path in last if path in self.writes}
            late = [
                [path, write.before, write.via, write.by, write.certain, states.get(path)]
                for path, write in self.writes.items()
                if path not in self._removed
            ]
        else:
            near |= self.writes
        found, folded = self._left(near)
        late += folded
        if late or self.many or self._lost or self.overwritten:
            self.late = list(self._paths(late)), self._parts(late, self._last_states(ended), number, ended)
        return [*self.reads.values(), *found]

    def _left(self, near: dict[str, Write]) -> tuple[list[Access], list[list[Any]]]:
        """What was left of a few files, and what may have to count as one thing, which the helper is to find out."""
        versions = {path: version_of(path) for path in near}
        changed = {p: w for p, w in near.items() if versions[p] and (w.certain or versions[p] != w.before)}
        folders = Counter(os.path.dirname(path) for path in changed)
        found, folded = [], []
        for path, write in changed.items():
            folder = os.path.dirname(path)
            if folders[folder] >= MANY or self._stores.of(folder):
                folded.append([path, write.before, write.via, write.by, write.certain, versions[path]])
            else:
                existed = write.existed or write.before is not None
                found.append(Access(path, OUTPUT, write.via, write.by, versions[path], existed=existed))
        self._helper.digest([(access.path, access.version) for access in found if access.version])
        return found, folded

    def _paths(self, late: list[list[Any]]) -> Iterator[str]:
        """All files and folders that the helper is going to read, as far as they are known."""
        for (folder, _, _), paths in self.many.items():
            yield folder
            yield from paths
        for folder, overwritten in self.overwritten.items():
            yield folder
            yield from overwritten
        yield from (row[0] for row in late)
        yield from self._stores.known()

    def _last_states(self, ended: int) -> list[tuple[str, str]]:
        """The versions of the files written last, which their times of change do not tell from later ones."""
        found, older = [], 0
        for path in reversed(self._last):
            status = status_of(path)
            if status is not None and status.st_ctime_ns >= ended:
                found.append((path, version_in(status)))
                older = 0
            elif (older := older + 1) >= _OLDER:  # threads close their files in another order
                break
        return found

    def _parts(
        self, late: list[list[Any]], states: list[tuple[str, str]], number: int, ended: int
    ) -> Iterator[dict[str, Any]]:
        """What the helper is asked, a little at a time: a cell may be running again."""
        for (folder, via, by), paths in self.many.items():
            for batch in _names(folder, paths):
                yield {"reads": [folder, via, by, batch]}
        for folder, paths in self.overwritten.items():
            for batch in _names(folder, [path for path in paths if path not in self._removed]):
                yield {"overwritten": [folder, batch]}
        yield {"states": states}
        for first in range(0, len(late), BATCH):
            yield {"writes": late[first : first + BATCH]}
        lost = [
            [path, version_in(before) if isinstance(before, os.stat_result) else before, via, by]
            for path, (before, via, by) in self._lost.items()
        ]
        for first in range(0, len(lost), BATCH):
            yield {"lost": lost[first : first + BATCH]}
        yield {"number": number, "begun": self.begun, "stamp": self._stamp, "ended": ended}


def _names(folder: str, paths: Iterable[str]) -> Iterator[list[str]]:
    names, skipped = iter(list(paths)), len(folder) + 1
    while batch := [path[skipped:] for path in islice(names, BATCH)]:
        yield batch


def inode(version: str) -> str:
    """What a file is known by whatever its name: the hook may have seen it through a link."""
    return "-".join(version.split("-", 2)[:2])


def _stamp() -> int:
    """The stamp that a file would get now if it changed: what changes later gets none that is earlier."""
    return clock_gettime_ns(_COARSE) if sys.platform == "linux" else time_ns() - int(CLOCK_TICK * 1e9)
