"""When a file was made, as Linux knows it (`statx`), which Python does not ask."""

from __future__ import annotations

import ctypes
import functools
import struct
from collections.abc import Callable

from jupyter_prov.record.original_os import os

_AT_FDCWD, _BTIME = -100, 0x800
_SIZE, _AT = 256, 80
"""Bytes of the answer, and where in it the time is."""


@functools.cache
def _statx() -> Callable[..., int] | None:
    function = getattr(ctypes.CDLL(None), "statx", None) if os.name == "posix" else None
    if function is not None:
        function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_char_p]
    return function


def born_at(path: str) -> int | None:
    """When a file was made, in nanoseconds since 1970; None where that is not known."""
    statx = _statx()
    answer = ctypes.create_string_buffer(_SIZE)
    if statx is None or statx(_AT_FDCWD, os.fsencode(path), 0, _BTIME, answer) != 0:
        return None
    if not struct.unpack_from("=I", answer)[0] & _BTIME:
        return None
    seconds, nanoseconds = struct.unpack_from("=qI", answer, _AT)
    return int(seconds) * 10**9 + int(nanoseconds)
