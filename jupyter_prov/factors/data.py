"""Data: the files that executions read and write, by their content.

Evidence: {"files": [{path, role, via, version, digest, size}]}, role input or output. The digest comes later,
from the helper process; an input that is about to be overwritten is waited for, so that it keeps its old one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

from jupyter_prov.factors.base import Cell, Factor, Watch, differ, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch import audit
from jupyter_prov.watch.helper_process import version_of
from jupyter_prov.watch.paths import is_artifact

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_OVERWRITE_SECONDS = 5.0
"""How long a cell may wait for the digest of a file that it overwrites."""
_WATCHED = 32
"""How many of the last files opened for writing are looked at again after later cells, which may write on."""
_BETWEEN = (
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ""),
    os.path.join(os.path.dirname(os.__file__), "pathlib"),
)
"""Beginnings of the files whose frames stand between a call that opens a file and us."""


class Data(Factor):
    """Notes files through Python's audit hook, which sees the exact call before it happens."""

    kind = "data"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._active = False
        self._inputs: dict[str, str] = {}
        self._outputs: dict[str, str | None] = {}
        """Files opened for writing by the version in which they were before."""
        self._truncated: set[str] = set()
        self._left: dict[str, str | None] = {}
        """The last files that earlier cells opened for writing, by version: their handles may be open still."""
        self._written: dict[str, None] = {}
        self._temporary: set[str] = set()
        audit.listen(
            watch.wall,
            {
                "open": self._opened,
                "sqlite3.connect": self._connected,
                "os.rename": self._renamed,
                "os.remove": self._removed,
                "tempfile.mkstemp": self._made_temporary,
                "tempfile.mkdtemp": self._made_temporary,
            },
        )

    def unload(self) -> None:
        audit.silence()

    def before(self, cell: Cell) -> None:
        self._inputs, self._truncated = {}, set()
        self._outputs, self._left = {}, {path: version_of(path) for path in self._written}
        self._active = True

    def after(self, cell: Cell) -> Evidence | None:
        self._active = False
        files = [self._noted(path, "input", version) for path, version in list(self._inputs.items())]
        for path, before in {**self._left, **self._outputs}.items():
            version = version_of(path)
            written = version != before or (path in self._truncated and os.access(path, os.W_OK))
            if version is not None and written:
                self._watch.helper.digest(path, version)
                files.append(self._noted(path, "output", version))
        for path in list(self._written)[:-_WATCHED]:
            del self._written[path]
        self._watch.helper.flush()
        return {"files": sorted(files, key=lambda f: (f["path"], f["role"]))} if files else None

    @staticmethod
    def _noted(path: str, role: str, version: str) -> Evidence:
        return {"path": path, "role": role, "via": "audit", "version": version}

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, _, flags = arguments
        if not self._active or not isinstance(path, str | bytes | os.PathLike):
            return
        flags = flags or 0
        writes = bool(flags & _WRITING)
        reads = not (flags & os.O_TRUNC)  # what is appended to, or written in part, keeps its old content
        self._access(path, reads, writes, truncates=writes and not reads)

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        name = arguments[0]
        if self._active and isinstance(name, str | bytes | os.PathLike) and os.fsdecode(name) not in ("", ":memory:"):
            path = os.fsdecode(name)
            self._access(path.removeprefix("file:").partition("?")[0], reads=True, writes=True)

    def _renamed(self, arguments: tuple[Any, ...]) -> None:
        if self._active and arguments[2:] in ((), (-1, -1)):
            self._access(arguments[0], reads=True, writes=False)
            self._watch.helper.wait_for(os.path.abspath(os.fsdecode(arguments[0])), _OVERWRITE_SECONDS)
            self._access(arguments[1], reads=False, writes=True, truncates=True)

    def _removed(self, arguments: tuple[Any, ...]) -> None:
        if self._active and arguments[1:] in ((), (-1,)):
            self._watch.helper.wait_for(os.path.abspath(os.fsdecode(arguments[0])), _OVERWRITE_SECONDS)

    def _made_temporary(self, arguments: tuple[Any, ...]) -> None:
        self._temporary.add(os.path.abspath(os.fsdecode(arguments[0])))

    def _access(self, name: str | bytes | os.PathLike[Any], reads: bool, writes: bool, truncates: bool = False) -> None:
        try:
            path = os.path.abspath(os.fsdecode(name))
        except FileNotFoundError:  # the working folder is gone, and no path leads anywhere
            return
        if not is_artifact(path, self._watch.place) or self._is_temporary(path):
            return
        if path.endswith(".py") and not writes and not self._read_as_text():
            return
        if reads and path not in self._inputs and path not in self._outputs:
            self._read(path)
        if writes:
            self._watch.helper.wait_for(path, _OVERWRITE_SECONDS)
            self._outputs.setdefault(path, version_of(path))
            self._written.pop(path, None)
            self._written[path] = None
            if truncates:
                self._truncated.add(path)

    def _is_temporary(self, path: str) -> bool:
        """Whether this is one of tempfile's files, or in one of its folders."""
        while self._temporary and path not in self._temporary:
            above = os.path.dirname(path)
            if above == path:
                return False
            path = above
        return bool(self._temporary)

    def _read_as_text(self) -> bool:
        """Whether the notebook itself opens this source; importing it, or showing it in a traceback, is no input."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and (
            frame.f_code.co_filename.startswith(_BETWEEN)
            or frame.f_code.co_name == "_modified_open"  # what IPython puts in the place of open
        ):
            frame = frame.f_back
        return frame is not None and self._watch.frames.is_own(frame)

    def _read(self, path: str) -> None:
        version = version_of(path)
        if version is not None:
            self._inputs[path] = version
            self._watch.helper.digest(path, version)

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded, self.kind).get("files", ()) if f["role"] == "input"}
        here = {f["path"]: f for f in evidence_of(rerun, self.kind).get("files", ()) if f["role"] == "input"}
        if recorded is None or rerun is None:
            return
        for path, file in there.items():
            made = any(step.origins.get(f"file:{path}") for step in (recorded, rerun))
            if path not in here and rerun.execution.error and not made:
                yield Suspicion(self.kind, f"{path}, which was read here, could not be read again", subject=path)
            elif path in here and not made and differ(file, here[path]):
                yield Suspicion(self.kind, f"{path} has another content than when it was recorded", subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")
