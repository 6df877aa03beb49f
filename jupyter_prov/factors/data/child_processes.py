"""Whether the kernel has child processes that may have opened files, or had some since a cell began."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from jupyter_prov.record.original_os import open, os
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.guard import Guard, is_users

_SPAWNS = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.spawn")


class Children:
    """Sees a spawn by its audit event, by a child that lives, or by one that has been waited for."""

    def __init__(self, guard: Guard, spawning: Any) -> None:
        """`spawning` is called when the first child of a cell is about to be spawned."""
        self.ours: set[int] = set()
        """Processes of our own."""
        self.checks: set[int] = set()
        """Those of checks that the user has asked for."""
        self._spawning = spawning
        self._spawned = True
        self._past = 0.0
        audit_hook.listen(guard, dict.fromkeys(_SPAWNS, self._about_to_spawn))

    def begin(self) -> None:
        """A cell starts."""
        self._spawned, self._past = False, _past()

    def seen(self) -> bool:
        """Whether a child can have done something since the cell began."""
        if not self._spawned:
            self._spawned = _past() != self._past or bool(_present() - self.ours - self.checks)
        return self._spawned

    def wait(self, process: subprocess.Popen[Any]) -> int:
        """Wait for one of our checks to end, of which no cell is to hear; gives its exit code."""
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        past = _past()
        code = process.wait()
        if self._past == past:
            self._past = _past()
        self.checks.discard(process.pid)
        return code

    def _about_to_spawn(self, _: tuple[Any, ...]) -> None:
        if not self._spawned:
            self._spawned = True
            self._spawning()


def _past() -> float:
    """What grows when a child has ended: the resources that all of them used."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime + used.ru_minflt + used.ru_nvcsw


def _present() -> set[int]:
    """The process ids of the children that live; none where the system does not list them."""
    found: set[int] = set()
    for task in _tasks():
        try:
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:
                found.update(map(int, file.read().split()))
        except OSError as error:  # the thread has ended
            if is_users(error):
                raise
    return found


def _tasks() -> list[str]:
    """The kernel's threads, as Linux lists them."""
    try:
        return os.listdir("/proc/self/task")
    except OSError as error:
        if is_users(error):
            raise
        return []
