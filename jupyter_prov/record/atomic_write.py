"""Replacing files so that a reader sees the old or the new content whole, also after a kill or on a full disk."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from blake3 import blake3

from jupyter_prov.record.safe_reading import open_regular


def _processes() -> str:
    """What tells whose process ids are meant: those of two containers are not the same, even on one host."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


_HOST = blake3(f"{socket.gethostname()} {_processes()}".encode()).hexdigest(length=4)
_TEMPORARY = re.compile(r"\.prov-(?:([0-9a-f]{8})-([0-9]{1,10})-)?[0-9a-f]{16}")
"""Temporary files name the host and the process that write them; those of 0.1 named neither."""
_LEFT_SECONDS = 86_400.0
"""After which a temporary file was left behind, where its process cannot be asked for."""


def replace(path: Path, text: str) -> None:
    """Put this text into a file so that a reader sees the old or the new one whole; raises OSError.

    A link stays a link: the file that it leads to is replaced.
    """
    replace_all({path: text})


def replace_all(texts: Mapping[Path, str]) -> None:
    """Replace several files as `replace` does; where one of them cannot be written, none; raises OSError."""
    filled: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            target = Path(os.path.realpath(path))
            sweep(path)
            temporary = target.with_name(f".prov-{_HOST}-{os.getpid()}-{secrets.token_hex(8)}")
            filled.append((temporary, target))
            _fill(temporary, text)
            with contextlib.suppress(FileNotFoundError):
                os.chmod(temporary, target.stat().st_mode & 0o777)
        for temporary, target in filled:
            os.replace(temporary, target)
    except BaseException:
        for temporary, _ in filled:
            temporary.unlink(missing_ok=True)
        raise


def _fill(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sweep(path: Path) -> None:
    """Remove the temporary files of processes that were killed while they wrote this file, or others beside it.

    Each write does that; where there is nothing new to write, it is to be done nevertheless.
    """
    with contextlib.suppress(OSError), os.scandir(os.path.dirname(os.path.realpath(path))) as entries:
        for entry in entries:
            found = _TEMPORARY.fullmatch(entry.name)
            if found and _is_left(entry, found[1], int(found[2] or 0)) and _begins_as_ours(entry.path):
                os.unlink(entry)


def _begins_as_ours(path: str) -> bool:
    """Whether a file holds nothing, or what may be the beginning of JSON, as all that is written here."""
    try:
        descriptor = open_regular(path)
    except (OSError, ValueError):
        return False
    try:
        return os.read(descriptor, 1) in (b"", b"{")
    finally:
        os.close(descriptor)


def _is_left(entry: os.DirEntry[str], host: str | None, process: int) -> bool:
    if host == _HOST and os.name == "posix":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_SECONDS
