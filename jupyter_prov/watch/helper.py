"""The kernel's end of the helper process: requests wait in a queue, and a thread carries them there and back."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import monotonic  # which is wrapped later
from typing import Any

import blake3

from jupyter_prov.watch.audit import Quiet
from jupyter_prov.watch.wall import Wall

Answer = Callable[[str, Any], None]
BATCH = 500
"""How many files one request names."""
PATIENCE = 0.5
"""Seconds that requests may wait for the cell's end: what comes back meanwhile would take time from the cell."""


class Helper:
    """Starts the helper process at the first request; asking never waits for it."""

    def __init__(self, wall: Wall, answer: Answer) -> None:
        self._wall, self._answer = wall, answer
        self._files: list[tuple[str, str, bool]] = []
        self._meanings: list[list[str]] = []
        self._since = 0.0
        self._awaited: Counter[str] = Counter()
        """How many digests of each file are still to come."""
        self._requests: queue.SimpleQueue[tuple[str, list[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._open = 0
        self._settled = threading.Condition()

    def keep_inputs(self, root: str, most: int) -> None:
        """Have the contents of inputs kept in the project's store, those up to so many bytes."""
        self._ask("inputs", [root, most])

    def digest(self, wanted: Sequence[tuple[str, str]], inputs: bool = False) -> None:
        """Ask for the digests of files, each in its version; the answer comes as `files`."""
        if not wanted:
            return
        with self._settled:  # cells may open files in several threads
            self._awaited.update([path for path, _ in wanted])
            if not self._files:
                self._since = monotonic()
            self._files.extend([(path, version, inputs) for path, version in wanted])
            long = len(self._files) >= BATCH and monotonic() - self._since > PATIENCE
        if long:
            self.flush()

    def wait_for(self, path: str, seconds: float) -> None:
        """Wait until no digest of this file is to come any more, at most so long."""
        if path in self._awaited:
            self.flush()
            with self._settled:
                self._settled.wait_for(lambda: path not in self._awaited or self._open <= 0, seconds)

    def in_flight(self) -> set[str]:
        """The files that the helper process may be reading now, or will."""
        with self._settled:
            return set(self._awaited)

    def processes(self) -> set[int]:
        """The process ids of the helper process, or none."""
        return {self._process.pid} if self._process else set()

    def packages(self, folders: list[str], number: int) -> None:
        """Ask for the distributions in these folders as the execution of this number found them."""
        self._ask("packages", [number, folders])

    def meaning(self, path: str, version: str) -> None:
        """Ask for the digest of what a source in this version means; the answer comes as `meanings`."""
        self._meanings.append([path, version])

    def machine(self) -> None:
        """Ask what this machine is."""
        self._ask("machine", [])

    def flush(self) -> None:
        """Send the requests that wait."""
        with self._settled:
            files, self._files = self._files, []
        for first in range(0, len(files), BATCH):
            self._ask("files", files[first : first + BATCH])
        if self._meanings:
            meanings, self._meanings = self._meanings, []
            self._ask("meanings", meanings)

    def settle(self, seconds: float) -> bool:
        """Wait until every request is answered, at most so long; whether it is."""
        self.flush()
        with self._settled:
            return self._settled.wait_for(lambda: self._open <= 0, seconds)

    def close(self) -> None:
        """Let the thread and the process end."""
        self._requests.put(None)

    def _ask(self, kind: str, wanted: list[Any]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jupyter-prov helper", daemon=True)
            self._thread.start()
        with self._settled:
            self._open += 1
        self._requests.put((kind, wanted))

    def _run(self) -> None:
        self._wall.ran("helper process")
        if not self._wall.call("helper process (digests of files)", self._serve):
            self._wall.could_not("helper process", "it ended: files have no digests any more")
            self._wall.call("helper process", self._answer, "ended", None)
        with self._settled:
            self._open = -1 << 30  # nothing will be answered any more, and nobody shall wait for it
            self._settled.notify_all()

    def _serve(self) -> bool:
        with Quiet(), _start() as process:
            self._process = process
            assert process.stdin is not None
            assert process.stdout is not None
            _pipes.update((process.stdin.fileno(), process.stdout.fileno()))
            while request := self._requests.get():
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                kind, answer = json.loads(process.stdout.readline())
                self._wall.call("helper process", self._answer, kind, answer)
                with self._settled:
                    self._open -= 1
                    if kind == "files":
                        self._answered(path for path, *_ in answer)
                    self._settled.notify_all()
            _pipes.clear()
            process.stdin.close()
        return True

    def _answered(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._awaited[path] -= 1
            if self._awaited[path] <= 0:
                del self._awaited[path]


_PROGRAM = "import sys; sys.path += sys.argv[1:]; from jupyter_prov.watch.helper_process import main; main()"


def _start() -> subprocess.Popen[str]:
    script = os.path.abspath(os.path.join(os.path.dirname(__file__), "helper_process.py"))
    libraries = os.path.dirname(os.path.dirname(os.path.abspath(blake3.__file__)))
    ours = os.path.dirname(os.path.dirname(os.path.dirname(script)))
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, libraries, ours],  # without what site-packages would import
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt of the kernel and all its children is not meant for it
        text=True,
        encoding="utf-8",
        cwd=os.path.dirname(script),
    )


_pipes: set[int] = set()


def _let_go() -> None:
    """In a forked child: the pipes end with the kernel, not with the last of its children."""
    if _pipes:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for pipe in _pipes:
            os.dup2(nowhere, pipe, inheritable=False)
        os.close(nowhere)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
