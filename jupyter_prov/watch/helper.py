"""The kernel's end of the helper process: requests wait in a queue, and a thread carries them there and back.

What comes back is an entry of the session already, as JSON, which the kernel passes on without reading it. Thousands of
files are looked at a batch at a time, while no cell runs or one that takes long: cells that follow each other are not
slowed down by what the ones before have accessed.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from time import monotonic  # which is wrapped later
from typing import Any

from jupyter_prov.record.input_store import InputStore
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.idle_time import Leisure
from jupyter_prov.watch.spawn import Spawning

Answer = Callable[[str, bytes], None]
BATCH = 500
"""How many files one request names."""
PATIENCE = 0.5
"""Seconds that requests may wait for the cell's end: what comes back meanwhile would take time from the cell."""
FEW = 512
"""How many files that wait are looked at without waiting for a better time."""
_Request = tuple[str, Iterable[Any], float]
"""The kind of a request, the lines in which it is sent, and when it was made."""


class Helper:
    """Speaks with the helper process; asking never waits for it."""

    def __init__(self, guard: Guard, answer: Answer, session: str) -> None:
        self._guard, self._answer = guard, answer
        self._files: list[tuple[str, str, bool]] = []
        self._meanings: list[list[str]] = []
        self._answers: list[list[Any]] = []
        self._since = 0.0
        self._asked: dict[str, int] = {}
        """Files of which something was asked, by the number of the last request that names them."""
        self._store: InputStore | None = None
        self._inputs: set[str] = set()
        """Those of them that are inputs, where the project keeps these."""
        self._last = self._begun = self._done = 0
        """Numbers of the last request, of the last one that was sent and that was answered: that happens in turn."""
        self.leisure = Leisure()
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._settled = threading.Condition()
        with Quiet():
            self._spawning = guard.attempt("starting the helper process", Spawning, session)
        self._ended = self._spawning is None
        threading.Thread(target=self._run, name="jupyter-prov helper", daemon=True).start()

    @property
    def pid(self) -> int | None:
        """The process id of the helper process, if it could be started."""
        return self._spawning.pid if self._spawning else None

    def started(self) -> None:
        """Wait for the process that starts the helper, before any cell can find it among the kernel's children."""
        if self._spawning:
            with Quiet():
                self._guard.attempt("starting the helper process", self._spawning.finish)

    def keep_inputs(self, root: str, most: int) -> None:
        """Have the contents of inputs kept in the project's store, those up to so many bytes."""
        self._store = InputStore(root, most)
        self._ask("inputs", [[root, most]])

    def digest(self, wanted: Sequence[tuple[str, str]], inputs: bool = False) -> None:
        """Ask for the digests of files, each in its version; the answer is an entry `digests`."""
        if not wanted:
            return
        with self._settled:  # cells may open files in several threads
            self._asked.update(dict.fromkeys([path for path, _ in wanted], self._last + 1))
            if inputs and self._store is not None:
                self._inputs.update([path for path, _ in wanted])
            if not self._files:
                self._since = monotonic()
            self._files.extend([(path, version, inputs) for path, version in wanted])
            long = len(self._files) >= BATCH and monotonic() - self._since > PATIENCE
        if long:
            self.flush()

    def look_at(self, paths: Iterable[str], parts: Iterator[dict[str, Any]]) -> None:
        """Ask what became of many accesses, whose parts the thread makes and sends; the answer is entries `files`."""
        with self._settled:
            self.flush()
            self._asked.update(dict.fromkeys(paths, self._last + 1))
            self._ask("late", parts)

    def awaits(self, path: str) -> bool:
        """Whether the helper is still to read this file."""
        return self._asked.get(path, 0) > self._done

    def may_have_read(self, path: str, since: int) -> bool:
        """Whether the helper may have read this file since so many requests had been answered."""
        return self._begun > since and self._asked.get(path, 0) > since

    def awaits_any(self, paths: Collection[str]) -> bool:
        """The same for any of these files."""
        return any(self._asked.get(path, 0) > self._done for path in self._asked.keys() & paths)

    def waiting(self) -> int:
        """How many files the helper may still have to read."""
        return len(self._asked)

    def known(self, path: str, version: str, digest: str, size: int) -> None:
        """Answer for the helper what was asked of a file that is about to change, and keep it if it is to be kept."""
        if self._store is not None and path in self._inputs:
            self._store.keep(path, digest, size)
        with self._settled:
            self._answers.append([path, version, digest, size, False, None, False])

    @property
    def done(self) -> int:
        """How many requests have been answered."""
        return self._done

    def packages(self, folders: list[str], number: int) -> None:
        """Ask for the distributions in these folders as the execution of this number found them."""
        self._ask("packages", [[number, folders]])

    def meaning(self, path: str, version: str) -> None:
        """Ask for the digest of what a source in this version means; the answer is an entry `meanings`."""
        self._meanings.append([path, version])

    def machine(self) -> None:
        """Ask what this machine is."""
        self._ask("machine", [[]])

    def flush(self) -> None:
        """Send the requests that wait."""
        with self._settled:
            files, self._files = self._files, []
            for first in range(0, len(files), BATCH):
                batch = files[first : first + BATCH]
                self._asked.update(dict.fromkeys([path for path, _, _ in batch], self._last + 1))
                self._ask("files", [batch])
            if self._answers:
                answers, self._answers = self._answers, []
                self._ask("known", [answers])
            if self._meanings:
                meanings, self._meanings = self._meanings, []
                self._ask("meanings", [meanings])

    def settle(self, seconds: float) -> bool:
        """Wait until every request is answered, at most so long; whether it is."""
        self.flush()
        with self._settled:
            self.leisure.hurry()
            try:
                return self._settled.wait_for(lambda: self._ended or self._done >= self._last, seconds)
            finally:
                self.leisure.relax()

    def close(self) -> None:
        """Let the thread and the process end."""
        self.leisure.hurry()
        self._requests.put(None)

    def _ask(self, kind: str, lines: Iterable[Any]) -> None:
        with self._settled:
            self._last += 1
            self._requests.put((kind, lines, monotonic()))

    def _run(self) -> None:
        self._guard.ran("helper process")
        if not self._guard.call("helper process (digests of files)", self._serve):
            self._guard.could_not("helper process", "it ended: files have no digests any more")
            self._guard.call("helper process", self._answer, "ended", b"")
        with self._settled:
            self._ended = True  # nothing will be answered any more, and nobody shall wait for it
            self._asked.clear()
            self._settled.notify_all()

    def _serve(self) -> bool:
        if self._spawning is None:
            return False
        with Quiet(), closing(self._spawning), self._spawning.answers() as answers:
            while request := self._requests.get():
                self._answer_to(answers, *request)
                with self._settled:
                    self._done += 1
                    if self._done == self._last and not self._files and self._asked:
                        self._asked.clear()
                    self._settled.notify_all()
        return True

    def _answer_to(self, answers: Any, kind: str, lines: Iterable[Any], asked: float) -> None:
        """Send a request and pass on what comes back; what many files take is done a part at a time."""
        is_long = kind == "late" and self.waiting() > FEW
        if is_long:
            self.leisure.come(asked)
        self._begun += 1
        for wanted in lines:
            self._send(kind, wanted)
        while not self._received_last(answers):
            if is_long:
                self.leisure.come(asked)
            self._send("more", None)

    def _send(self, kind: str, wanted: Any) -> None:
        assert self._spawning is not None
        self._spawning.send(json.dumps([kind, wanted]).encode() + b"\n")

    def _received_last(self, answers: Any) -> bool:
        """Pass on one part of an answer; whether it was the last."""
        line = answers.readline()
        if not line:
            raise EOFError("the process is gone")
        kind, last, entry = line.split(b" ", 2)
        if entry != b"\n":
            self._guard.call("helper process", self._answer, kind.decode(), entry)
        return bool(last == b"1")
