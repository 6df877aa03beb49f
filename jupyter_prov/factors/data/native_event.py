"""What the operating system tells of files, whichever watcher heard it."""

from __future__ import annotations

import ctypes
import select
from collections.abc import Callable, Iterator
from typing import Protocol

from jupyter_prov.record.original_os import os

MODIFIED, CLOSED_WRITING, OPENED = 0x2, 0x8, 0x20
MOVED_FROM, MOVED_TO, CREATED, DELETED = 0x40, 0x80, 0x100, 0x200
OVERFLOW, FOLDER = 0x4000, 0x4000_0000
"""The bits of a mask: fanotify and inotify have the same."""
MADE = CREATED | MOVED_TO
CHANGED = MODIFIED | MADE
WANTED = MODIFIED | CLOSED_WRITING | OPENED | MOVED_FROM | MOVED_TO | CREATED | DELETED
"""Reading is not among them: it would double the cost, and files that are mapped into memory are never read."""
_PADDING = b"\0"


class Heard:
    """What happened to files, events of the same file merged.

    They are kept as the system told them until somebody wants to know their paths, which most often is nobody.
    """

    def __init__(self) -> None:
        self.own: dict[bytes, dict[bytes, int]] = {}
        """Masks of what this process did to files, by the keys of their folders and by name."""
        self.foreign: dict[bytes, dict[bytes, int]] = {}
        """The same of other processes."""
        self.folder: Callable[[bytes], str] = os.fsdecode
        """Gives the path of a folder for its key."""
        self.others: dict[tuple[str, bool | None], int] = {}
        """Masks of folders, and of files where the system does not tell who did it, by path."""
        self.overflow = False
        """Whether events were lost."""

    def by_us(self) -> Iterator[tuple[str, list[str], list[int]]]:
        """What this process did in each folder: the folder, the paths of files, and their masks."""
        for key, masks in self.own.items():
            folder = self.folder(key)
            names = os.fsdecode(_PADDING.join(masks)).split("\0")  # at once: there may be thousands
            yield folder, [f"{folder}/{name}" for name in names], list(masks.values())

    def by_others(self, has_children: Callable[[], bool]) -> Iterator[tuple[str, bool | None, int]]:
        """Path, whether this process did it, and mask of all else; what others only opened if children may have."""
        for key, masks in self.foreign.items():
            for name, mask in masks.items():
                if mask != OPENED or has_children():
                    yield f"{self.folder(key)}/{os.fsdecode(name)}", False, mask
        for (path, by), mask in self.others.items():
            yield path, by, mask

    def take_folders(self) -> list[tuple[str, bool | None, int]]:
        """What happened to folders, which is forgotten."""
        found = [(path, own, mask) for (path, own), mask in self.others.items() if mask & FOLDER]
        for path, own, _ in found:
            del self.others[path, own]
        return found


class NativeWatcher(Protocol):
    """One of the system's ways to tell of files."""

    via: str
    fd: int
    ready: select.poll
    """Tells, much faster than an attempt to read, whether there is anything to hear."""

    @property
    def waits(self) -> bool: ...

    def watch(self, folder: str) -> bool: ...

    def hear(self, heard: Heard, files: bool) -> None: ...

    def told_of(self, name: bytes) -> bool: ...

    def close(self) -> None: ...


def check(result: int) -> int:
    """The result of a C function, or the OSError that it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def readable(fd: int) -> select.poll:
    """What tells by `poll(0)` whether something can be read from a descriptor."""
    ready = select.poll()
    ready.register(fd, select.POLLIN)
    return ready
