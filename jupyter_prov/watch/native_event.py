"""What the operating system tells of files, whichever watcher heard it."""

from __future__ import annotations

import ctypes
import os
import select
from collections.abc import Callable
from typing import Protocol

MODIFIED, CLOSED_WRITING, OPENED = 0x2, 0x8, 0x20
MOVED_FROM, MOVED_TO, CREATED, DELETED = 0x40, 0x80, 0x100, 0x200
OVERFLOW, FOLDER = 0x4000, 0x4000_0000
"""The bits of a mask: fanotify and inotify have the same."""
MADE = CREATED | MOVED_TO
CHANGED = MODIFIED | MADE
WANTED = MODIFIED | CLOSED_WRITING | OPENED | MOVED_FROM | MOVED_TO | CREATED | DELETED
"""Reading is not among them: it would double the cost, and files that are mapped into memory are never read."""


class Heard:
    """What happened to files, events of the same file merged.

    Opens are by far the most: they are kept as the system told them until somebody wants to know their paths.
    """

    def __init__(self) -> None:
        self.opens: dict[Callable[[bytes], str], tuple[set[bytes], set[bytes]]] = {}
        """Files that were opened and to which nothing else was done, by this process and by others, for each watcher
        that can give their paths."""
        self.others: dict[tuple[str, bool | None], int] = {}
        """Masks of all else, by path and whether this process did it; None where the system does not tell."""
        self.overflow = False
        """Whether events were lost."""

    def opened_by_us(self) -> set[str]:
        """The paths that this process opened, and did nothing else to."""
        return {path(info) for path, (own, _) in self.opens.items() for info in own}

    def opened_by_others(self) -> set[str]:
        """The paths that other processes opened, and did nothing else to."""
        return {path(info) for path, (_, others) in self.opens.items() for info in others}

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

    def watch(self, folder: str) -> bool: ...

    def hear(self, heard: Heard) -> None: ...

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
