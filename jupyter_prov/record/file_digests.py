"""Digests of files and folders by their content, as the kernel's helper process and the server make them.

A file's digest is BLAKE3 over all of it. One larger than the budget is sampled: its size, its beginning, its end and
pieces between. A folder's is BLAKE3 over a line `DIGEST SIZE PATH` for each file below it, in the order of their paths.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from blake3 import blake3

from jupyter_prov.record.errors import was_sent
from jupyter_prov.record.file_size import in_bytes
from jupyter_prov.record.original_os import open, os
from jupyter_prov.record.safe_reading import open_regular

BUDGET = 8 << 30
"""Bytes that are read of one file or folder, unless JUPYTER_PROV_DIGEST_BUDGET says otherwise."""
CLOCK_TICK = 0.02
"""Seconds; file systems stamp files with a clock that moves every 1 to 10 ms on older kernels of Linux."""
TREE = "tree-"
"""Beginning of what stands in for the version of a folder; the moment of the request follows, in nanoseconds."""
_CHUNK = 1 << 18
"""Bytes read at a time: what was read should still be in the processor's cache when it is digested."""
_SMALL = 1 << 16
"""Bytes of a file that is not worth a buffer."""
_PIECE = 1 << 20
_PIECES = 64
_KEPT = 1 << 20
"""Bytes of the smallest file whose digest is kept for later sessions."""
_COLUMNS = "version TEXT PRIMARY KEY, digest TEXT, size INTEGER, sampled INTEGER"
_MOST_KEPT = 20_000


class Digest(NamedTuple):
    """What is known of a content; `files` for a folder, `sampled` where not all of it was read."""

    digest: str
    size: int
    files: int | None = None
    sampled: bool = False


def budget() -> int:
    """The budget in bytes, as the user set it (`500M`, `20G`), or else by default."""
    try:
        return in_bytes(os.environ.get("JUPYTER_PROV_DIGEST_BUDGET", ""))
    except ValueError:
        return BUDGET


def version_of(path: str) -> str | None:
    """What tells one state of a file from another without reading it; None where there is no regular file."""
    status = status_of(path)
    return version_in(status) if status is not None and stat.S_ISREG(status.st_mode) else None


def status_of(path: str) -> os.stat_result | None:
    """The status of a file or folder; None where there is none."""
    try:
        return os.stat(path)
    except (OSError, ValueError) as error:
        if was_sent(error):
            raise
        return None


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    status = status_of(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def version_in(status: os.stat_result) -> str:
    """The version of a file of which this is the status."""
    return f"{status.st_dev}-{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def size_in(version: str) -> int:
    """The size of a file in a version."""
    return int(version.split("-", 3)[2])


class Digests:
    """Makes digests, each content's only once: they are kept by the version of the file."""

    def __init__(self, most: int | None = None, kept: str | None = None) -> None:
        """`most` is the budget in bytes; `kept` the file in which digests of large files outlast this process."""
        self._most = budget() if most is None else most
        self._known: dict[str, Digest] = {}
        self._kept = _open(kept) if kept else None

    def of(self, path: str) -> Digest | None:
        """The digest of a file or folder; None where it cannot be read."""
        return self._of_folder(path) if os.path.isdir(path) else self._of_file(path, self._most)

    def _of_file(self, path: str, most: int) -> Digest | None:
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, and a device has no end
                return None
            version = f"{version_in(status)}-{min(most, status.st_size)}"
            if found := self._remembered(version, status.st_size):
                return found
            found = _read(path, most)
            if found is not None and time.time() - status.st_ctime >= CLOCK_TICK:  # else it may change unnoticed
                self._remember(version, found)
            return found
        except (OSError, ValueError):
            return None

    def _of_folder(self, folder: str) -> Digest | None:
        files = sorted((path[len(folder) + 1 :].replace(os.sep, "/"), path, size) for path, size in files_below(folder))
        total = sum(size for _, _, size in files)
        most = self._most if total <= self._most else max(self._most // len(files), _PIECES << 10)
        hasher, sampled = blake3(), False
        for name, path, _ in files:
            found = self._of_file(path, most)
            if found is None:
                return None
            sampled |= found.sampled
            hasher.update(f"{found.digest} {found.size} {name}\n".encode("utf-8", "surrogateescape"))
        return Digest("blake3:" + hasher.hexdigest(), total, len(files), sampled)

    def made(self, version: str) -> Digest | None:
        """The digest of a file that was in this version, if it was made."""
        size = size_in(version)
        return self._remembered(f"{version}-{min(self._most, size)}", size)

    def _remembered(self, version: str, size: int) -> Digest | None:
        found = self._known.get(version)
        if found is None and self._kept is not None and size >= _KEPT:
            with contextlib.suppress(sqlite3.Error):
                row = self._kept.execute("SELECT digest, size, sampled FROM digests WHERE version = ?", (version,))
                if kept := row.fetchone():
                    found = self._known[version] = Digest(kept[0], kept[1], sampled=bool(kept[2]))
        return found

    def _remember(self, version: str, found: Digest) -> None:
        self._known[version] = found
        if self._kept is not None and found.size >= _KEPT:
            with contextlib.suppress(sqlite3.Error), self._kept:
                row = (version, found.digest, found.size, found.sampled)
                self._kept.execute("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", row)


def files_below(folder: str) -> Iterator[tuple[str, int]]:
    """Each regular file in a folder and those below it, with its size in bytes; links to folders are not followed."""
    for above, names, files in os.walk(folder) if "\0" not in folder else ():
        names[:] = [name for name in names if name not in ("__pycache__", ".ipynb_checkpoints")]
        for name in files:
            path = os.path.join(above, name)
            with contextlib.suppress(OSError):
                status = os.stat(path)
                if stat.S_ISREG(status.st_mode):
                    yield path, status.st_size


def can_be(path: str, size: int | None, files: int | None) -> bool:
    """Whether a file or folder can have a content of so many bytes, in so many files, by what costs no reading."""
    try:
        if files is not None:
            return os.path.isdir(path) and sum(1 for _ in itertools.islice(files_below(path), files + 1)) == files
        status = os.stat(path)
        return stat.S_ISREG(status.st_mode) and size in (None, status.st_size)
    except (OSError, ValueError):
        return False


def changed_since(path: str, moment: int) -> bool:
    """Whether anything in a folder has changed since this moment, in nanoseconds."""
    for above, _, files in os.walk(path):
        for name in (above, *(os.path.join(above, file) for file in files)):
            with contextlib.suppress(OSError):
                if os.stat(name).st_ctime_ns > moment:
                    return True
    return False


def digest_in(path: str) -> tuple[str, str, int] | None:
    """Version, digest and size of a file, read to its end; None if it cannot be read, or changes meanwhile."""
    version = version_of(path)
    try:
        found = _read(path, sys.maxsize) if version else None
    except OSError as error:
        if was_sent(error):
            raise
        return None
    return (version, found.digest, found.size) if found and version and version_of(path) == version else None


def _read(path: str, most: int) -> Digest | None:
    """Read and digest a file; raises OSError."""
    file = open_regular(path)
    try:
        total = os.fstat(file).st_size
        if total > most:
            return _sample(file, total, min(_PIECE, most // _PIECES))
        if 0 < total < _SMALL and len(content := os.read(file, total + 1)) == total:
            return Digest("blake3:" + blake3(content).hexdigest(), total)
        os.lseek(file, 0, os.SEEK_SET)
        return _read_on(file, total, most)
    finally:
        os.close(file)


def _read_on(file: int, total: int, most: int) -> Digest | None:
    """The digest of all that can be read of a file, which may be larger than it was, or say that it is empty."""
    hasher, size = blake3(), 0
    with open(file, "rb", buffering=0, closefd=False) as content:
        buffer = memoryview(bytearray(min(_CHUNK, max(total, 1) + 1)))
        while (count := content.readinto(buffer)) and size <= most:
            hasher.update(buffer[:count])
            size += count
    if count is None or size > most:  # some files of /proc wait, or have no end
        return None
    return Digest("blake3:" + hasher.hexdigest(), size)


def _sample(file: int, size: int, piece: int) -> Digest:
    """The digest of a file's size and of pieces at even distances, the first and the last among them."""
    hasher = blake3()
    hasher.update(f"{size} {piece}\n".encode())
    for number in range(_PIECES):
        hasher.update(os.pread(file, piece, (size - piece) * number // (_PIECES - 1)))
    return Digest("blake3:" + hasher.hexdigest(), size, sampled=True)


def _open(path: str) -> sqlite3.Connection | None:
    """The digests kept from earlier sessions; None where they can't be kept."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        kept = sqlite3.connect(path, timeout=1.0)
        with kept:
            kept.execute(f"CREATE TABLE IF NOT EXISTS digests ({_COLUMNS})")
            kept.execute(f"DELETE FROM digests WHERE rowid < (SELECT max(rowid) FROM digests) - {_MOST_KEPT}")
    except (OSError, sqlite3.Error):
        return None
    return kept
