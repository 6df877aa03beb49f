"""fanotify without privileges (Linux ≥ 5.13), through ctypes: a mark for each folder, events with folder and name.

An event tells whether this process caused it: only then its process id is given to a listener without privileges.
Equal events are merged, so that a file that is opened a thousand times costs one. See fanotify(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterator

from jupyter_prov.record.contents import is_folder
from jupyter_prov.watch.native_event import FOLDER, OPENED, OVERFLOW, WANTED, Heard, check, readable

_CLOEXEC, _NONBLOCK, _REPORT_DFID_NAME = 0x1, 0x2, 0xC00
_ADD, _ONLYDIR = 0x1, 0x8
_ON_CHILD = 0x0800_0000
_AT_FDCWD, _AT_HANDLE_FID, _AT_SYMLINK_FOLLOW = -100, 0x200, 0x400
_EVENT = struct.Struct("=I2xHQ4xi")
_HANDLE = struct.Struct("=Ii")
_HANDLE_BYTES = 128
_PADDING = b"\0"
_BUFFER = 1 << 18


class Fanotify:
    """One group of marks; raises OSError where the system refuses it, as many containers do."""

    via = "fanotify"

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            self._mark, self._name_to_handle = libc.fanotify_mark, libc.name_to_handle_at
            init = libc.fanotify_init
        except AttributeError:
            raise OSError("the C library does not know it") from None
        self._mark.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p]
        self.fd: int = check(init(_CLOEXEC | _NONBLOCK | _REPORT_DFID_NAME, os.O_RDONLY))
        self.ready = readable(self.fd)
        self._pid = os.getpid()
        self._folders: dict[bytes, str] = {}

    def watch(self, folder: str) -> bool:
        """Mark a folder; whether that is new. Raises OSError where its file system can't be watched in this way."""
        handle = self._handle(folder)
        if handle in self._folders and is_folder(self._folders[handle]):
            return False
        check(self._mark(self.fd, _ADD | _ONLYDIR, WANTED | _ON_CHILD | FOLDER, _AT_FDCWD, os.fsencode(folder)))
        self._folders[handle] = folder
        return True

    def hear(self, heard: Heard) -> None:
        """Add what has happened since the last call; never waits."""
        opened, raw, pid = heard.opened, heard.raw, self._pid
        heard.path = self._path
        for content in self._read():
            at, end = 0, len(content)
            while at < end:
                length, head, mask, by = _EVENT.unpack_from(content, at)
                info = content[at + head : at + length]
                at += length
                if mask == OPENED and by == pid:
                    opened.add(info)
                elif mask & OVERFLOW:
                    heard.overflow = True
                elif mask & FOLDER:
                    found = (self._path(info), by == pid)
                    heard.others[found] = heard.others.get(found, 0) | mask
                else:
                    key = (info, by == pid)
                    raw[key] = raw.get(key, 0) | mask

    def _read(self) -> Iterator[bytes]:
        with contextlib.suppress(BlockingIOError):
            size = _BUFFER
            while size > _BUFFER // 2:  # a shorter answer has emptied the queue
                content = os.read(self.fd, _BUFFER)
                size = len(content)
                yield content

    def close(self) -> None:
        """Give the group back; its marks go with it."""
        os.close(self.fd)

    def _path(self, info: bytes) -> str:
        """The path that an event's information record stands for; no path in the folder for the folder itself."""
        end = 12 + _HANDLE.size + info[12]
        return f"{self._folders.get(info[4:end], '')}/{os.fsdecode(info[end:].rstrip(_PADDING))}"

    def _handle(self, folder: str) -> bytes:
        """File system and handle of a folder, as events name it."""
        name = os.fsencode(folder)
        buffer = ctypes.create_string_buffer(_HANDLE.size + _HANDLE_BYTES)
        for flag in (0, _AT_HANDLE_FID):
            _HANDLE.pack_into(buffer, 0, _HANDLE_BYTES, 0)
            mount = ctypes.c_int()
            flags = flag | _AT_SYMLINK_FOLLOW
            result = self._name_to_handle(_AT_FDCWD, name, buffer, ctypes.byref(mount), flags)
            if result == 0:
                break
        check(result)
        size, _ = _HANDLE.unpack_from(buffer, 0)
        return struct.pack("=Q", os.statvfs(folder).f_fsid & 0xFFFF_FFFF_FFFF_FFFF) + buffer.raw[: _HANDLE.size + size]
