"""Which folders are watched, each by the best watcher that its file system allows."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

from jupyter_prov.factors.data.fanotify import Fanotify
from jupyter_prov.factors.data.inotify import Inotify
from jupyter_prov.factors.data.native_event import NativeWatcher
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.guard import Guard, is_users

MOST_FOLDERS = 20_000
"""Folders that are marked."""
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP)


class Marks:
    """The watchers, and the folders that they were given."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._kinds: list[Callable[[], NativeWatcher]] = [Fanotify, Inotify] if sys.platform == "linux" else []
        self.watchers: list[NativeWatcher] = []
        self._marked: set[str] = set()
        self._count = 0
        self.lasting: set[str] = set()
        """Folders that are watched, and of which the system tells when others come to be in their place."""
        if not self._kinds:
            guard.could_not("fanotify", "there is none but on Linux")
        else:
            self._next_watcher()

    def mark(self, folder: str) -> bool:
        """Whether this folder is watched now and was not before."""
        if self._count >= MOST_FOLDERS:
            self._guard.note(f"Accesses that go around Python are watched in {MOST_FOLDERS:,} folders only.")
            return False
        at = 0
        while at < len(self.watchers) or self._next_watcher():
            watcher = self.watchers[at]
            at += 1
            try:
                new = watcher.watch(folder)
            except OSError as error:
                if is_users(error):
                    raise
                if error.errno in _GONE:
                    return False
                if error.errno == errno.ENOSPC:  # what is left is for the user's other programs
                    self._guard.note(f"No more folders can be watched by {watcher.via} on this machine.")
                    return False
                self._guard.note(f"{watcher.via} cannot watch every folder here ({error.strerror or error}).")
                continue
            self._count += new
            self._marked.add(folder)
            return new
        self._guard.note("Accesses to files that go around Python were not seen in every folder.")
        return False

    def mark_below(self, folder: str, above: str, is_link: bool) -> bool:
        """Mark a folder that is in another one; whether it was not watched before."""
        is_new = self.mark(folder)
        if folder in self._marked and not is_link and above in self.lasting:
            self.lasting.add(folder)
        return is_new

    def replaced(self, folder: str) -> None:
        """There may be another folder in the place of this one, and of those below it."""
        self._marked.discard(folder)
        if folder in self.lasting:
            below = folder + os.sep
            self.lasting = {one for one in self.lasting if one != folder and not one.startswith(below)}

    def close(self) -> None:
        """Give the watchers back."""
        watchers, self.watchers, self._kinds = self.watchers, [], []
        for watcher in watchers:
            watcher.close()

    def _next_watcher(self) -> bool:
        """Take up the next kind of watcher that the system allows."""
        while self._kinds:
            kind = self._kinds.pop(0)
            try:
                watcher = kind()
            except OSError as error:
                self._guard.could_not(kind.__name__.lower(), error.strerror or str(error))
            else:
                self.watchers.append(watcher)
                self._guard.ran(watcher.via)
                return True
        return False
