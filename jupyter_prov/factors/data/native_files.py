"""Accesses to files as the operating system tells of them, whatever library or process makes them.

Folders are marked: those of the project from the start, others when the notebook names them or the audit hook sees
them; a few at once, the others by a thread, which takes little time from a cell that runs. What happened is asked for
when a cell ends, and by the same thread, which sleeps until something happens, so that the system's queue does not
overflow.
"""

from __future__ import annotations

import select
import threading
import weakref
from collections import deque
from collections.abc import Callable

from jupyter_prov.factors.data.folder_marks import Marks
from jupyter_prov.factors.data.native_event import CREATED, DELETED, MADE, MODIFIED, MOVED_FROM, Heard
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.artifact_paths import entries_of, is_shared, leads_to_folder
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.guard import Guard

MOST_BELOW = 5_000
"""Folders that are marked below one of which the whole tree is watched."""
AT_ONCE = 64
"""Folders that are marked at once in one cell, as far as it is they that it waits for."""
REMADE = 1000
"""New folders of one cell that are looked into at once: what was put there before they were marked would be missed."""
_TURN, _PAUSE = 16, 0.01
"""How many folders the thread marks in a row while a cell runs, and how many seconds it then leaves to the cell."""
_NOT_YET = "Some folders were not watched yet when a cell ran: accesses to them that go around Python were not seen."
REST = 0.2
"""Seconds between two looks at the queue, which holds 16,384 events, while there are any."""
REPLACED = MADE | MOVED_FROM | DELETED
"""What happens to a folder in whose place there may be another one."""


class NativeFiles:
    """Watches folders, each with the best watcher that its file system allows, and keeps what happened in a cell."""

    def __init__(self, guard: Guard, skipped: Callable[[str], bool]) -> None:
        """`skipped` tells folders whose files are nobody's data: caches, environments."""
        self._guard, self._skipped = guard, skipped
        self._marks = Marks(guard)
        self._trees: deque[tuple[str, list[int]]] = deque()
        """Folders whose subfolders are still to be marked, each with the number of those marked in its tree."""
        self._later: deque[str] = deque()
        """Single folders that are still to be marked."""
        self._added: set[str] = set()
        """Folders that were asked for in this cell."""
        self._budget = self._remade = 0
        self._walked = threading.Event()
        self._heard = Heard()
        self._active = False
        self._lock = threading.RLock()
        self._wake: tuple[int, int] | None = None
        if self._marks.watchers:
            self._wake = os.pipe()
            _living.add(self)
            threading.Thread(target=self._run, name="jupyter-prov files", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        with self._lock:
            if self._wake is not None:
                os.close(self._wake[1])  # which ends the thread
                self._wake = None
            self._marks.close()

    def prepare(self) -> None:
        """A cell is about to start: a few folders that wait to be marked are marked now."""
        with self._lock:
            self._budget, self._remade = AT_ONCE, REMADE
            self._added.clear()
            self._walk_at_once()

    def begin(self) -> None:
        """A cell starts: what happened before it is nobody's."""
        with self._lock:
            self._drain()
            self._heard, self._active = Heard(), True

    def take(self) -> Heard:
        """What has happened to files in the cell since the last call."""
        with self._lock:
            self._drain()
            heard, self._heard = self._heard, Heard()
            return heard

    def told_of(self, name: str) -> bool:
        """Whether the system may have told of a file of this name since events were last taken in."""
        with self._lock:
            return any(watcher.told_of(os.fsencode(name)) for watcher in self._marks.watchers)

    def end(self) -> Heard:
        """A cell has ended: what happened in it since the last call of `take`."""
        with self._lock:
            heard, self._active = self.take(), False
            if self._marks.watchers and not self._walked.is_set():
                self._guard.note(_NOT_YET)
            return heard

    def has(self, folder: str) -> bool:
        """Whether a folder was asked for in this cell already, or need not be."""
        return folder in self._marks.lasting or folder in self._added

    def add_project(self, folder: str) -> None:
        """Watch a folder with all that is below it as long as the kernel lives."""
        if os.path.realpath(folder) == folder:
            self._marks.lasting.add(folder)
        self.add(folder, deep=True)

    def add(self, folder: str, deep: bool = False) -> None:
        """Watch one more folder, and its subfolders; what is too much at once is left to the thread."""
        if not deep and self.has(folder):
            return
        with self._lock:
            self._added.add(folder)
            if self._budget <= 0 and self._active and not deep:
                self._later.append(folder)
                self._call_thread()
                return
            self._budget -= 1
            if self._mark(folder) and deep:
                self._trees.append((folder, [0]))
                self._walk_at_once()
                if self._trees:
                    self._call_thread()

    def _mark(self, folder: str) -> bool:
        """Mark a folder that was asked for or came to be; whether it was not watched before."""
        return self._marks.mark_below(folder, os.path.dirname(folder), os.path.islink(folder))

    def _call_thread(self) -> None:
        if self._wake is not None and self._walked.is_set():
            os.write(self._wake[1], b"!")
        self._walked.clear()

    def _walk_at_once(self) -> None:
        while self._trees and self._budget > 0:
            self._budget -= 1 + self._walk_folder(*self._trees.popleft())

    def settle(self, seconds: float) -> bool:
        """Wait until all folders asked for are marked, at most so long."""
        return not self._marks.watchers or self._walked.wait(seconds)

    def _drain(self) -> None:
        for watcher in list(self._marks.watchers):
            if watcher.waits or watcher.ready.poll(0):
                watcher.hear(self._heard, files=self._active)
        if self._heard.overflow:
            self._guard.note("So many files were opened at once that some accesses were not seen.")
        for path, own, mask in self._heard.take_folders():
            if mask & REPLACED:
                self._added.clear()
                self._marks.replaced(path)
            if mask & MADE and (own or not is_shared(os.path.dirname(path))):
                self._remade -= bool(own)
                if own and self._remade < 0:
                    self._later.append(path)
                    self._call_thread()
                else:
                    self._rescan(path, own)
        if not self._active:
            self._heard = Heard()

    def _rescan(self, made: str, own: bool | None) -> None:
        """A folder came to be: what is in it by now was put there before it could be watched."""
        trees = [made]
        while trees:
            folder = trees.pop()
            if self._skipped(folder) or not self._marks.mark_below(folder, os.path.dirname(folder), is_link=False):
                continue
            for entry in entries_of(folder):
                if entry.is_dir(follow_symlinks=False):
                    trees.append(entry.path)
                elif self._active:
                    self._heard.others[entry.path, own] = CREATED | MODIFIED

    def _run(self) -> None:
        self._guard.attempt("the thread that watches files", self._serve)
        self._walked.set()

    def _serve(self) -> None:
        assert self._wake is not None
        stop = self._wake[0]
        resting = select.poll()
        resting.register(stop, select.POLLIN)
        with Quiet():
            while True:
                self._walk()
                poll = select.poll()
                for fd in (stop, *(watcher.fd for watcher in self._marks.watchers)):
                    poll.register(fd, select.POLLIN)
                ready = [fd for fd, _ in poll.poll()]
                if stop in ready and not os.read(stop, 64):
                    os.close(stop)
                    return
                if any(fd != stop for fd in ready):
                    resting.poll(REST * 1000)
                    with self._lock:
                        self._drain()

    def _walk(self) -> None:
        """Mark what waits, at leisure while a cell runs."""
        assert self._wake is not None
        pausing, turn = select.poll(), 0
        pausing.register(self._wake[0], select.POLLHUP)
        while True:
            with self._lock:
                if self._later:
                    self._mark(self._later.popleft())
                    turn += 1
                elif self._trees:
                    turn += 1 + self._walk_folder(*self._trees.popleft())
                else:  # under the lock: what is asked for from now on wakes this thread again
                    self._walked.set()
                    return
            if turn >= _TURN and self._active:
                turn = 0
                pausing.poll(_PAUSE * 1000)

    def _walk_folder(self, folder: str, marked: list[int]) -> int:
        """Mark the folders in a folder; how many. `marked` counts those of the whole tree."""
        before = marked[0]
        for entry in entries_of(folder):
            if (
                leads_to_folder(entry)
                and not self._skipped(entry.path)
                and self._marks.mark_below(entry.path, folder, entry.is_symlink())
            ):
                if marked[0] >= MOST_BELOW:
                    self._guard.note(
                        f"Accesses that go around Python are watched in {MOST_BELOW:,} folders of a tree only."
                    )
                    break
                marked[0] += 1
                self._trees.append((entry.path, marked))
        return marked[0] - before


_living: weakref.WeakSet[NativeFiles] = weakref.WeakSet()


def _let_go() -> None:
    """In a forked child: what is told here is the kernel's to hear."""
    for files in list(_living):
        files._wake = None
        files._lock = threading.RLock()
        files._marks.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
