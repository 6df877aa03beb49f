"""POSIX locks that this process holds: it loses those on a file when it closes any descriptor of it, see fcntl(2)."""

from __future__ import annotations

from os import getpid  # which is hooked later

from jupyter_prov.record.errors import was_sent

_KIND, _PROCESS, _FILE = 1, 4, 5
"""Fields of a line of /proc/locks, see proc_locks(5)."""


def holds_lock(version: str) -> bool:
    """Whether this process has locked a file in this version, as far as Linux tells: by its inode alone."""
    try:
        with open("/proc/locks", "rb") as file:
            lines = [line.split() for line in file]
    except OSError as error:
        if was_sent(error):
            raise
        return False
    process, number = b"%d" % getpid(), b":" + version.split("-", 2)[1].encode()
    return any(
        len(line) > _FILE and line[_KIND] == b"POSIX" and line[_PROCESS] == process and line[_FILE].endswith(number)
        for line in lines
    )
