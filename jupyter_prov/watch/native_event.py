"""What the operating system tells of a file, whichever watcher heard it."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from typing import NamedTuple, Protocol

READ, MODIFIED, CLOSED_WRITING, OPENED = 0x1, 0x2, 0x8, 0x20
MOVED_FROM, MOVED_TO, CREATED, DELETED = 0x40, 0x80, 0x100, 0x200
OVERFLOW, FOLDER = 0x4000, 0x4000_0000
"""The bits of a mask: fanotify and inotify have the same."""
MADE = CREATED | MOVED_TO
CHANGED = MODIFIED | MADE
WANTED = READ | MODIFIED | CLOSED_WRITING | OPENED | MOVED_FROM | MOVED_TO | CREATED | DELETED


class NativeEvent(NamedTuple):
    """What happened to one path, several events merged."""

    path: str
    own: bool | None
    """Whether this process did it; None where the system does not tell."""
    mask: int


class NativeWatcher(Protocol):
    """One of the system's ways to tell of files."""

    via: str
    fd: int

    def watch(self, folder: str) -> bool: ...

    def events(self) -> Iterator[NativeEvent]: ...

    def close(self) -> None: ...


def check(result: int) -> int:
    """The result of a C function, or the OSError that it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
