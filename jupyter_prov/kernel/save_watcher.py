"""Writes the record beside the notebook whenever that is saved, where no recorder listens: VS Code, a plain kernel.

Looks every few seconds, while the kernel is idle, whether the notebook's file is another than before; the record is
made on a thread. What was saved last is written at the kernel's end.
"""

from __future__ import annotations

import _thread
import atexit
import importlib.util
import threading
from typing import TYPE_CHECKING, Any

from jupyter_prov.factors.data.watcher import DataWatcher
from jupyter_prov.kernel.companion import Companion
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.audit_hook import Quiet

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

EVERY = 1.0
"""Seconds between two looks."""
_LATE = ("jupyter_prov.kernel.save_record", "fastjsonschema", "orjson", "tomli")
"""What is imported to write a record, as far as it is installed."""
_SETTLE_SECONDS, _LAST_SECONDS = 60.0, 2.0
"""How long what is on its way is waited for, and how long at the kernel's end."""


class SaveWatcher(Companion):
    """Follows the notebook of one session, once it is known where that lies."""

    def __init__(self, shell: Any, recording: Recording) -> None:
        self._shell, self._recording = shell, recording
        self._path: str | None = None
        self._seen: tuple[int, ...] | None = None
        """The state of the file for which the record was written last, or that was there at the beginning."""
        self._waiting = False
        self._writing = threading.Lock()
        self._closed = False

    def ran(self) -> None:
        """A cell has been run; costs next to nothing where the notebook is not known."""
        if not self._waiting or self._recording.notebook not in (None, self._path):
            self.look_later()

    def look_later(self) -> None:
        """Begin to follow, if the notebook is known and nobody else writes its record."""
        path = self._followed()
        if path is not None and path != self._path:
            if self._path is None:
                atexit.register(self._at_exit)
            self._path, self._seen = path, _state(path)
            if data := self._recording.watcher(DataWatcher):
                data.follow(path)
        loop = getattr(self._shell.kernel, "io_loop", None)
        if path is not None and loop is not None and not self._waiting:
            self._waiting = True
            loop.call_later(EVERY, self._look)

    def close(self) -> None:
        """The recording ends: write what was saved since."""
        self._closed = True
        if self._path is not None:
            atexit.unregister(self._at_exit)
            self._at_exit()

    def _followed(self) -> str | None:
        recording = self._recording
        if self._closed or recording.is_rerun or recording.sender.asked:
            return None
        return recording.notebook or _path_of_vscode(self._shell)

    def _look(self) -> None:
        self._waiting = False
        if (path := self._followed()) is None:
            return
        if path == self._path and self._is_new() and not self._writing.locked():
            with self._recording.aside():  # for the thread: only here it is known who imports them
                for module in _LATE:
                    if importlib.util.find_spec(module) is not None:
                        importlib.import_module(module)
            _thread.start_new_thread(self._write, (_SETTLE_SECONDS,))  # no thread of the notebook's
        self.look_later()

    def _is_new(self) -> bool:
        now = _state(self._path or "")
        return now is not None and now != self._seen

    def _write(self, seconds: float) -> None:
        with Quiet(), self._writing:
            path, state = self._path, _state(self._path or "")
            if path is not None and state is not None:
                from jupyter_prov.kernel import save_record

                self._recording.settle(seconds)
                self._recording.guard.call("writing the record", save_record.write, path, self._recording)
                self._seen = state

    def _at_exit(self) -> None:
        if self._recording.sender.asked or not self._writing.acquire(timeout=_LAST_SECONDS):
            return
        self._writing.release()
        if self._is_new():
            self._write(_LAST_SECONDS)


def _path_of_vscode(shell: Any) -> str | None:
    """The notebook's path as VS Code tells it, if it does and the file is there."""
    found = shell.user_ns.get("__vsc_ipynb_file__")
    return found if isinstance(found, str) and found.endswith(".ipynb") and os.path.isfile(found) else None


def _state(path: str) -> tuple[int, ...] | None:
    """What tells one save of a file from another."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
