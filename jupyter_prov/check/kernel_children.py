"""The processes that a kernel and its cells started, found by a variable of their environment, and ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

MARK = "JUPYTER_PROV_KERNEL"
"""Set in the kernel's environment, and so in that of whatever it starts, in whatever session or process group."""
_ROUNDS = 20
"""A process may start another one while its own end is on the way."""


def end_children(mark: str) -> None:
    """End every process whose MARK has this value; on systems without /proc nothing is found."""
    for _ in range(_ROUNDS):
        found = list(_marked(f"{MARK}={mark}".encode()))
        if not found:
            return
        for process in found:
            try:
                os.kill(process, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue


def _marked(entry: bytes) -> Iterator[int]:
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return
    for name in processes:
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                marked = entry in file.read().split(b"\0")
        except OSError:  # it has ended, or belongs to somebody else
            continue
        if marked and int(name) != os.getpid():
            yield int(name)
