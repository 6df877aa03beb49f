"""What was fetched over the network while a cell ran: each request, its answer, and the digest of what came back."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from blake3 import blake3

from jupyter_prov.record.evidence import RequestEvidence
from jupyter_prov.watch.frames import Frames, module_of

LIMIT = 500
"""Requests noted per execution."""
_ALIKE = 10_000
"""How many URLs that look alike are told apart in a session, and of how many kinds."""
_BLOCK = 1 << 16
"""Smaller pieces are put together until they are so many bytes."""


class Fetch:
    """One request and its answer; the digest is made of the body while somebody reads it, and of nothing else."""

    def __init__(
        self, fetches: Fetches, url: str, via: str, method: str, line: int | None, cell: int, alike: int
    ) -> None:
        self._fetches = fetches
        self._url, self._via, self._method, self._line = url, via, method, line
        self._alike = alike
        self.cell = cell
        """The number of the execution that it was last noted in."""
        self.inside = False
        """Whether a read is under way, whose own inner reads give the same bytes once more."""
        self.over = False
        self._status: int | None = None
        self._error: str | None = None
        self._expected: int | None = None
        self._hasher: Any = None
        self.pieces: list[bytes] = []
        self.room = 0
        """How many bytes more may be put among the pieces before they are to be hashed."""
        self._size = 0
        self._digest: str | None = None

    def answered(self, status: int, expected: int | None = None) -> None:
        """The head of the answer has come, with the length of the body if that is known."""
        self._status, self._expected = status, expected
        self._make_room()
        if expected == 0:
            self.finish()

    def _make_room(self) -> None:
        """So much that whoever fills it calls `take` with the piece that completes a block, or the body."""
        left = _BLOCK if self._expected is None else self._expected - self._size
        self.room = max(0, min(_BLOCK, left))

    def take(self, data: bytes | bytearray | memoryview) -> None:
        """A part of the body was read."""
        if self.over or not data:
            return
        self._update()
        self._size += len(data)
        self._hash(data)
        self._make_room()
        if self._expected is not None and self._size >= self._expected:
            self.finish()

    def _update(self) -> None:
        """Hash the pieces put together, as each call costs the same."""
        if self.pieces:
            data = b"".join(self.pieces)
            self.pieces.clear()
            self._size += len(data)
            self._hash(data)

    def _hash(self, data: bytes | bytearray | memoryview) -> None:
        if self._hasher is None:
            self._hasher = blake3()
        self._hasher.update(data)

    def ended(self) -> None:
        """The body came to an end; before its known length that is no whole body."""
        if self._expected is None:
            self.finish()

    def finish(self) -> None:
        """The body was read to its end."""
        if self.over:
            return
        self._update()
        self._digest = "blake3:" + (self._hasher or blake3()).hexdigest()
        self._over()

    def failed(self, error: BaseException) -> None:
        """The request, or the reading of its answer, raised; what the reader itself was asked to end is none."""
        if not self.over and not isinstance(error, GeneratorExit):
            self._error = type(error).__name__
            self._over()

    def _over(self) -> None:
        self.over, self._hasher, self.room = True, None, 0
        self.pieces.clear()
        self._fetches.finished(self)

    def noted(self) -> RequestEvidence:
        """The request as evidence: `partial` where nobody read the body to its end, which then has no digest."""
        noted: RequestEvidence = {"url": self._url, "via": self._via, "method": self._method, "line": self._line}
        if self._alike:
            noted["alike"] = self._alike
        if self._status is not None:
            noted["status"] = self._status
        if self._error is not None:
            noted["error"] = self._error
        elif self._digest is None:
            noted["partial"] = True
        elif self._method != "HEAD":
            noted["digest"], noted["size"] = self._digest, self._size
        return noted


class Fetches:
    """The requests of the execution that runs; those in between belong to no cell, and are passed over."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._active = False
        self._cell = 0
        self._lock = threading.Lock()
        self._list: list[Fetch] = []
        self._alike: dict[str, dict[int, int]] = {}
        """The hashes of the URLs that are the same when they are masked, numbered in their order."""
        self.peers: set[str] = set()
        """The `host:port` of each request: a connection there is no news."""
        self.more = False

    @property
    def active(self) -> bool:
        """Whether a cell runs."""
        return self._active

    def begin(self, cell: int) -> None:
        """The execution of this number is about to run."""
        self._cell, self._list, self.peers, self.more = cell, [], set(), False
        self._active = True

    def end(self) -> list[RequestEvidence]:
        """The requests of the execution that has ended, equal ones once."""
        self._active = False
        with self._lock:
            noted = [fetch.noted() for fetch in self._list]
        return list({str(told): told for told in noted}.values())

    def open(self, url: str, via: str, method: str, *peers: tuple[Any, Any]) -> Fetch | None:
        """A request begins, told by whom it runs through; None where none is to be noted."""
        if not self._active:
            return None
        from jupyter_prov.record.masked_urls import mask_url, shown_method  # whose patterns take a while to compile

        self.peers.update(f"{host}:{port}" for host, port in peers)
        line = self.line(sys._getframe(1))
        shown = mask_url(url)
        with self._lock:
            if len(self._list) >= LIMIT:
                self.more = True
                return None
            fetch = Fetch(self, shown, via, shown_method(method), line, self._cell, self._number(shown, url))
            self._list.append(fetch)
        return fetch

    def _number(self, shown: str, url: str) -> int:
        """Which of the URLs that are the same when they are masked this is, from 0 in the order of a session."""
        if shown not in self._alike and len(self._alike) >= _ALIKE:
            return 0
        known = self._alike.setdefault(shown, {})
        whole = hash(url.partition("#")[0])
        return known.setdefault(whole, len(known)) if len(known) < _ALIKE else known.get(whole, _ALIKE)

    def finished(self, fetch: Fetch) -> None:
        """A fetch is over; one that an earlier execution began belongs to this one as well, which read it."""
        with self._lock:
            if self._active and fetch.cell != self._cell and len(self._list) < LIMIT:
                fetch.cell = self._cell
                self._list.append(fetch)

    def line(self, frame: FrameType | None) -> int | None:
        """The line of the cell that leads to a frame; fsspec fetches in a thread for which the cell's own waits."""
        line = self._frames.cell_line(frame)
        if line is None and threading.current_thread() is not threading.main_thread():
            main = sys._current_frames().get(threading.main_thread().ident or 0)
            waits = main
            while waits is not None and module_of(waits) != "fsspec.asyn":
                waits = waits.f_back
            line = self._frames.cell_line(main) if waits is not None else None
        return line


def joined(scheme: str, host: str, port: int | None, target: str) -> str:
    """The URL of a request on a connection; one that goes to a proxy names it in full already."""
    if target.startswith(("http://", "https://")):
        return target
    usual = {"http": 80, "https": 443}.get(scheme)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{scheme}://{host}" + ("" if port in (None, usual) else f":{port}") + target
