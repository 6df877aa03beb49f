"""inotify, through ctypes: for folders where fanotify is refused. It does not tell who did what. See inotify(7)."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import struct
from collections.abc import Iterator

from jupyter_prov.factors.data.native_event import OVERFLOW, WANTED, Heard, check, readable
from jupyter_prov.record.file_digests import is_folder
from jupyter_prov.record.original_os import os

_IGNORED, _ONLYDIR = 0x8000, 0x0100_0000
_EVENT = struct.Struct("=iIII")
_BUFFER = 1 << 18
MOST_WATCHES = 2000
"""Of the watches that the system gives a user, which editors and servers need too."""


class Inotify:
    """One instance with a watch for each folder; raises OSError where the system has none left."""

    via = "inotify"

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            self._add, init = libc.inotify_add_watch, libc.inotify_init1
        except AttributeError:
            raise OSError("the C library does not know it") from None
        self._add.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32]
        self.fd: int = check(init(os.O_NONBLOCK | os.O_CLOEXEC))
        self.ready = readable(self.fd)
        self._folders: dict[int, str] = {}

    def watch(self, folder: str) -> bool:
        """Watch a folder; whether that is new. Raises OSError where the user's watches are used up."""
        if len(self._folders) >= MOST_WATCHES:
            raise OSError(errno.ENOSPC, "enough of the user's watches are taken")
        watch = check(self._add(self.fd, os.fsencode(folder), WANTED | _ONLYDIR))
        if watch in self._folders and is_folder(self._folders[watch]):
            return False
        self._folders[watch] = folder
        return True

    @property
    def waits(self) -> bool:
        """Whether something was read that was not taken in."""
        return False

    def told_of(self, _: bytes) -> bool:
        """Whether there may be events of files of this name."""
        return True

    def hear(self, heard: Heard, files: bool) -> None:
        """Add what has happened since the last call, whatever is asked; never waits."""
        for content in self._read():
            at = 0
            while at < len(content):
                watch, mask, _, length = _EVENT.unpack_from(content, at)
                at += _EVENT.size + length
                if mask & OVERFLOW:
                    heard.overflow = True
                elif mask & _IGNORED:
                    self._folders.pop(watch, None)
                elif watch in self._folders:
                    name = content[at - length : at].rstrip(b"\0")
                    key = (f"{self._folders[watch]}/{os.fsdecode(name)}", None)
                    heard.others[key] = heard.others.get(key, 0) | mask

    def _read(self) -> Iterator[bytes]:
        with contextlib.suppress(BlockingIOError):
            while True:
                yield os.read(self.fd, _BUFFER)

    def close(self) -> None:
        """Give the instance back; its watches go with it."""
        os.close(self.fd)
