"""fanotify without privileges (Linux ≥ 5.13), through ctypes: a mark for each folder, events with folder and name.

An event tells whether this process caused it: only then its process id is given to a listener without privileges.
Equal events are merged, so that a file that is opened a thousand times costs one. See fanotify(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from itertools import chain

from jupyter_prov.factors.data.native_event import FOLDER, OVERFLOW, WANTED, Heard, check, readable
from jupyter_prov.record.file_digests import is_folder
from jupyter_prov.record.original_os import os

_CLOEXEC, _NONBLOCK, _REPORT_DFID_NAME = 0x1, 0x2, 0xC00
_ADD, _ONLYDIR = 0x1, 0x8
_ON_CHILD = 0x0800_0000
_AT_FDCWD, _AT_HANDLE_FID, _AT_SYMLINK_FOLLOW = -100, 0x200, 0x400
_EVENT = struct.Struct("=I2xHQ4xi")
_HANDLE = struct.Struct("=Ii")
_HANDLE_BYTES = 128
_PADDING = b"\0"
_BY_OTHERS = b"\xff\xff\xff\xff\0\0\0\0"
"""No descriptor and no process, as an event of another process has them."""
_FIRST, _BUFFER = 1 << 13, 1 << 18
"""Bytes that are asked for at first, and then: most often there is little, and a large buffer costs time."""
_FSID = 8
_OF_FOLDER = re.compile(rb"(?s)\x03\0\x18\0(?:.[@-\x7f\xc0-\xff]|...[@-\x7f\xc0-\xff])")
"""Finds events on folders and lost ones, by the bits of their masks, and perhaps others."""
_NEVER = re.compile(rb"(?!)()()()")
_PLAIN = (
    rb"(?s)..\0\0\x03\0\x18\0(.[\0-\x03])\0{6}\xff{4}%s"  # length, version, size of this; mask, no descriptor, process
    rb"\x02\0..(.{8}(?:%s))"  # kind and length of what follows; file system and handle of the folder
    rb"([^\0]+)\0{1,8}(?=\Z|....\x03\0\x18\0)"  # name of the file, and the next event
)


def _plain_events(pid: int, sizes: Iterable[bytes]) -> re.Pattern[bytes]:
    """Finds events of a process on single files, in folders whose handles have these sizes; 0 stands for others."""
    handles = b"|".join(b"%s.{%d}" % (re.escape(size), 4 + int.from_bytes(size, sys.byteorder)) for size in sizes)
    return re.compile(_PLAIN % (re.escape(struct.pack("=i", pid)), handles))


def _parted(info: bytes) -> tuple[bytes, bytes]:
    """The key of the folder in an event's information record, and the name; none for the folder itself."""
    end = 4 + _FSID + _HANDLE.size + info[4 + _FSID]
    return info[4:end], info[end:].rstrip(_PADDING)


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
        self._unheard: list[bytes] = []
        self._sizes: set[bytes] = set()
        """How long the handles of folders are, as events say it."""
        self._plain = _NEVER, _NEVER

    def watch(self, folder: str) -> bool:
        """Mark a folder; whether that is new. Raises OSError where its file system can't be watched in this way."""
        handle = self._handle(folder)
        if handle in self._folders and is_folder(self._folders[handle]):
            return False
        check(self._mark(self.fd, _ADD | _ONLYDIR, WANTED | _ON_CHILD | FOLDER, _AT_FDCWD, os.fsencode(folder)))
        self._folders[handle] = folder
        if handle[_FSID : _FSID + 4] not in self._sizes:
            self._sizes.add(handle[_FSID : _FSID + 4])
            self._plain = _plain_events(self._pid, self._sizes), _plain_events(0, self._sizes)
        return True

    @property
    def waits(self) -> bool:
        """Whether something was read that was not taken in."""
        return bool(self._unheard)

    def told_of(self, name: bytes) -> bool:
        """Whether there are events of files of this name; what is read of the queue for that is kept."""
        if self.ready.poll(0):
            self._unheard += self._read()
        return any(name + _PADDING in content for content in self._unheard)

    def hear(self, heard: Heard, files: bool) -> None:
        """Add what has happened since the last call, if to folders only where `files` is false; never waits."""
        heard.folder = self._folder
        unheard, self._unheard = self._unheard, []
        for content in chain(unheard, self._read()):
            if not files and not _OF_FOLDER.search(content):
                continue
            for plain, told in zip(self._plain, (heard.own, heard.foreign), strict=True):
                if told is heard.foreign and _BY_OTHERS not in content:
                    continue
                parts = plain.split(content)  # at once: there may be thousands
                if len(parts) > 1:
                    self._hear_plain(told, parts[1::4], parts[2::4], parts[3::4])
                    content = b"".join(parts[::4])
            self._hear_others(heard, content)

    def _hear_plain(
        self, heard: dict[bytes, dict[bytes, int]], masks: list[bytes], keys: list[bytes], names: list[bytes]
    ) -> None:
        """Add what this process did to files, or others did."""
        if len(set(masks)) == len(set(keys)) == 1:
            told, mask = heard.setdefault(keys[0], {}), int.from_bytes(masks[0], sys.byteorder)
            more = dict.fromkeys(names, mask)
            for name in told.keys() & more.keys():
                more[name] |= told[name]
            told.update(more)
            return
        numbers = {mask: int.from_bytes(mask, sys.byteorder) for mask in set(masks)}
        for mask_, key, name in zip(masks, keys, names, strict=True):
            told = heard.get(key) or heard.setdefault(key, {})
            told[name] = told.get(name, 0) | numbers[mask_]

    def _hear_others(self, heard: Heard, content: bytes) -> None:
        """Add all other events."""
        at, end = 0, len(content)
        while at < end:
            length, head, mask, by = _EVENT.unpack_from(content, at)
            info = content[at + head : at + length]
            at += length
            if mask & OVERFLOW:
                heard.overflow = True
                continue
            key, name = _parted(info)
            if mask & FOLDER:
                found = (f"{self._folder(key)}/{os.fsdecode(name)}", by == self._pid)
                heard.others[found] = heard.others.get(found, 0) | mask
            else:
                told = (heard.own if by == self._pid else heard.foreign).setdefault(key, {})
                told[name] = told.get(name, 0) | mask

    def _read(self) -> Iterator[bytes]:
        with contextlib.suppress(BlockingIOError):
            room = _FIRST
            while True:
                content = os.read(self.fd, room)
                yield content
                if len(content) <= room // 2:  # a short answer has emptied the queue
                    return
                room = _BUFFER

    def close(self) -> None:
        """Give the group back; its marks go with it."""
        os.close(self.fd)

    def _folder(self, key: bytes) -> str:
        return self._folders.get(key, "")

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
