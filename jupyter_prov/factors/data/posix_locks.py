"""POSIX locks that this process holds: it loses those on a file when it closes any descriptor of it, see fcntl(2).

Linux lists the locks of all processes, but makes whoever reads the list wait until every processor has paused. Who
holds a lock has the file open: only of files that are, the list is read.
"""

from __future__ import annotations

from os import getpid  # which is hooked later
from stat import S_ISREG
from typing import Any

from jupyter_prov.record.errors import was_sent
from jupyter_prov.record.file_digests import status_of
from jupyter_prov.record.original_os import open, os
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.guard import Guard

_KIND, _PROCESS, _FILE = 1, 4, 5
"""Fields of a line of /proc/locks, see proc_locks(5)."""
_DESCRIPTORS = "/proc/self/fd"
_MANY = 256
"""How many descriptors are looked at."""
_LOCKING = ("fcntl.fcntl", "fcntl.lockf", "sqlite3.connect")
"""What may be about to lock a file, by the names of its audit events."""


class OwnLocks:
    """Tells which files are locked; what is open is looked up once, and again when that may have changed."""

    def __init__(self, guard: Guard) -> None:
        self._open: frozenset[int] | None = None
        """The inodes of what this process has open; None where that would take longer to find out than it saves."""
        self._looked = False
        audit_hook.listen(guard, dict.fromkeys(_LOCKING, self._locking))

    def forget(self) -> None:
        """A native library may have locked something since the last call: files may be open that were not."""
        self._looked = False

    def hold(self, version: str) -> bool:
        """Whether this process has locked a file in this version, as far as Linux tells: by its inode alone."""
        if not self._looked:
            self._open, self._looked = _open_files(), True
        number = int(version.split("-", 2)[1])
        return (self._open is None or number in self._open) and _is_locked(number)

    def _locking(self, _: tuple[Any, ...]) -> None:
        self.forget()


def _open_files() -> frozenset[int] | None:
    """The inodes of the files that this process has open, unless they are too many."""
    try:
        names = os.listdir(_DESCRIPTORS)
    except OSError as error:
        if was_sent(error):
            raise
        return None
    if len(names) > _MANY:
        return None
    found = [status_of(f"{_DESCRIPTORS}/{name}") for name in names]  # None for what listed the folder, for one
    return frozenset(status.st_ino for status in found if status is not None and S_ISREG(status.st_mode))


def _is_locked(number: int) -> bool:
    process, file = b"%d" % getpid(), b":%d" % number
    return any(
        len(line) > _FILE and line[_KIND] == b"POSIX" and line[_PROCESS] == process and line[_FILE].endswith(file)
        for line in (line.split() for line in _locks())
    )


def _locks() -> list[bytes]:
    try:
        with open("/proc/locks", "rb") as file:
            return file.read().splitlines()
    except OSError as error:
        if was_sent(error):
            raise
        return []
