"""Reads files that somebody else may have made to do harm: records, notebooks and settings.

Only regular files are read, up to a size, and none of those that the kernel makes when they are read, as in /proc. JSON
and TOML are taken only up to a depth and a length of numbers, so that nothing that works on them later runs out of
stack, or meets a number that is none for the rest of the world.
"""

from __future__ import annotations

import functools
import json
import stat
import sys
from pathlib import Path
from typing import Any

from jupyter_prov.record.original_os import open, os

LARGEST_NOTEBOOK, LARGEST_RECORD, LARGEST_SETTINGS = 256 << 20, 64 << 20, 1 << 20
"""In bytes; docs/record.md names them."""
DEEPEST = 100
"""How many lists and objects may lie in each other."""
_MOST = 10**308
"""Numbers must fit into a float, as other readers of JSON have no other."""
_OF_KERNEL = frozenset("proc sysfs tracefs debugfs securityfs configfs cgroup cgroup2 bpf binfmt_misc pstore".split())
"""File systems whose files the kernel makes when they are read: some wait, some never end, some are emptied by it."""
_MOST_KEYS = 5_000_000
"""How much work the keys of a TOML file may be: its reader compares the parts of a key with those of its table."""
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}


class Unreadable(Exception):
    """Something is not read; the message says what and why, without a full stop."""


def text_of(path: Path, most: int) -> str:
    """The text of a file of at most so many bytes; raises FileNotFoundError and Unreadable."""
    try:
        return bytes_of(path, most).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} cannot be read ({error})") from None


def bytes_of(path: Path, most: int) -> bytes:
    """The content of a file of at most so many bytes; raises FileNotFoundError and Unreadable."""
    try:
        descriptor = open_regular(path)
        with open(descriptor, "rb") as file:
            content = file.read(most + 1) if os.fstat(descriptor).st_size <= most else None
    except NotRegular as error:
        raise Unreadable(f"{path} cannot be read, as it is {error}") from None
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if content is None or len(content) > most:
        raise Unreadable(too_large(str(path), most))
    return content


def too_large(name: str, most: int) -> str:
    """What is said of a file of more than so many bytes."""
    return f"{name} is not read, as it is larger than {most >> 20} MiB"


class NotRegular(OSError):
    """A path leads to a folder, a pipe, a device or a file of the kernel; the message says which."""


def open_regular(path: str | os.PathLike[str]) -> int:
    """Open a regular file to read it, and nothing that would be waited for; raises NotRegular, OSError, ValueError."""
    must_be_regular(path)  # before it is opened, which is an event for some devices
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOATIME", 0))  # nobody is to find that we have read it
    except PermissionError:  # it is somebody else's, or not to be read
        descriptor = os.open(path, flags)
    try:
        _must_be_regular(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def must_be_regular(path: str | os.PathLike[str]) -> None:
    """Raises NotRegular for what `open_regular` does not open; raises OSError and ValueError."""
    _must_be_regular(os.stat(path))


def is_regular(path: str | os.PathLike[str]) -> bool:
    """Whether there is a file that `open_regular` opens if rights allow it."""
    try:
        must_be_regular(path)
    except (OSError, ValueError):
        return False
    return True


def _must_be_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotRegular(_KINDS.get(stat.S_IFMT(status.st_mode), "a device"))
    if status.st_size == 0 and _file_system(status.st_dev) in _OF_KERNEL:
        raise NotRegular("a file of the kernel")


@functools.cache
def _file_system(device: int) -> str:
    """The type of the file system on a device, by proc(5); '' where that is not known."""
    wanted = f"{os.major(device)}:{os.minor(device)}" if hasattr(os, "major") else ""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
            mounts = [line.split() for line in file]
    except OSError:
        return ""
    return next((fields[fields.index("-") + 1] for fields in mounts if fields[2] == wanted and "-" in fields), "")


def json_of(text: str, name: str) -> Any:
    """The value that a text in JSON stands for; raises Unreadable. `name` is what its message calls the file."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise Unreadable(f"{name} is nested too deeply to be read") from None
    except ValueError as error:
        raise Unreadable(f"{name} is not valid JSON ({str(error)[:200]})") from None
    if fault := strange(value):
        raise Unreadable(f"{name} {fault} to be read")
    return value


def toml_of(text: str, name: str) -> dict[str, Any]:
    """The table that a text in TOML stands for; raises Unreadable, and ImportError where nothing reads TOML."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    if _work_of_keys(text) > _MOST_KEYS:
        raise Unreadable(f"{name} has keys of too many parts to be read")
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except RecursionError:
        raise Unreadable(f"{name} is nested too deeply to be read") from None
    except ValueError as error:
        raise Unreadable(f"{name} cannot be read: {str(error)[:200]}") from None
    if fault := strange(table):
        raise Unreadable(f"{name} {fault} to be read")
    return table


def _work_of_keys(text: str) -> int:
    """What the keys of a text in TOML cost at most: the parts of each line by itself and with those of its table."""
    work = longest = 0
    for line in text.split("\n"):
        parts = 1 + line.count(".")
        if line.lstrip().startswith("["):
            longest = max(longest, parts)
        work += parts * (parts + longest)
    return work


def strange(value: Any, deepest: int = DEEPEST) -> str:
    """In which way parsed JSON is beyond what is read; '' where it is not."""
    values, depth = [value], 0
    while values:
        containers: list[Any] = []
        kinds = set(map(type, values))
        if int in kinds and not all(-_MOST < number < _MOST for number in values if type(number) is int):
            return "has a number that is too large"
        if dict in kinds or list in kinds:
            containers = [one for one in values if type(one) in (dict, list)]
        depth += bool(containers)
        if depth > deepest:
            return "is nested too deeply"
        values = [inner for one in containers for inner in (one.values() if type(one) is dict else one)]
    return ""
