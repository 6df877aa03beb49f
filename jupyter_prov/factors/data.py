"""Data: the files that executions read and write, by their content.

Evidence: {"files": [{path, role, via, version, digest, size}]}, role input or output. The digest comes later,
from the helper process; an input that is about to be overwritten is waited for, so that it keeps its old one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from jupyter_prov.factors.base import Cell, Factor, Watch, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch import audit
from jupyter_prov.watch.helper_process import version_of
from jupyter_prov.watch.paths import is_artifact

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_OVERWRITE_SECONDS = 5.0
"""How long a cell may wait for the digest of an input that it overwrites."""


class Data(Factor):
    """Notes files through Python's audit hook, which sees the exact call before it happens."""

    kind = "data"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._active = False
        self._inputs: dict[str, str] = {}
        self._outputs: set[str] = set()
        self._made: dict[str, str | None] = {}
        """Files of this session by the version in which it last left them."""
        audit.listen(
            watch.wall,
            {"open": self._opened, "sqlite3.connect": self._connected, "os.rename": self._renamed},
        )

    def unload(self) -> None:
        audit.silence()

    def before(self, cell: Cell) -> None:
        self._inputs, self._outputs = {}, set()
        self._active = True

    def after(self, cell: Cell) -> Evidence | None:
        self._active = False
        files = [self._noted(path, "input", version) for path, version in self._inputs.items()]
        for path in sorted(self._outputs):
            version = version_of(path)
            if version is not None and version != self._inputs.get(path):
                self._made[path] = version
                self._watch.helper.digest(path, version)
                files.append(self._noted(path, "output", version))
        self._watch.helper.flush()
        return {"files": sorted(files, key=lambda f: (f["path"], f["role"]))} if files else None

    @staticmethod
    def _noted(path: str, role: str, version: str) -> Evidence:
        return {"path": path, "role": role, "via": "audit", "version": version}

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, _, flags = arguments
        if not self._active or not isinstance(path, str | bytes | os.PathLike):
            return
        writes = bool((flags or 0) & _WRITING)
        reads = not writes or bool((flags or 0) & os.O_RDWR and not (flags or 0) & os.O_TRUNC)
        self._access(path, reads, writes)

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        name = arguments[0]
        if self._active and isinstance(name, str | bytes | os.PathLike) and os.fsdecode(name) not in ("", ":memory:"):
            path = os.fsdecode(name)
            self._access(path.removeprefix("file:").partition("?")[0], reads=True, writes=True)

    def _renamed(self, arguments: tuple[Any, ...]) -> None:
        if self._active and arguments[2:] in ((), (-1, -1)):
            self._access(arguments[1], reads=False, writes=True)

    def _access(self, name: str | bytes | os.PathLike[Any], reads: bool, writes: bool) -> None:
        path = os.path.abspath(os.fsdecode(name))
        if path.endswith(".py") or not is_artifact(path, self._watch.place):
            return
        if reads and path not in self._inputs and path not in self._outputs:
            self._read(path)
        if writes:
            self._keep_old_digest(path)
            self._outputs.add(path)

    def _read(self, path: str) -> None:
        version = version_of(path)
        if version is not None and os.path.isfile(path):
            self._inputs[path] = version
            self._watch.helper.digest(path, version)

    def _keep_old_digest(self, path: str) -> None:
        if path in self._inputs and version_of(path) == self._inputs[path]:
            self._watch.helper.settle(_OVERWRITE_SECONDS)

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded, self.kind).get("files", ()) if f["role"] == "input"}
        here = {f["path"]: f for f in evidence_of(rerun, self.kind).get("files", ()) if f["role"] == "input"}
        if recorded is None or rerun is None:
            return
        for path, file in there.items():
            made = recorded.origins.get(f"file:{path}") is not None
            if path not in here and rerun.execution.error and not made:
                yield Suspicion(self.kind, f"{path}, which was read here, could not be read again", subject=path)
            elif path in here and not made and _differ(file, here[path]):
                yield Suspicion(self.kind, f"{path} has another content than when it was recorded", subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")


def _differ(one: Evidence, other: Evidence) -> bool:
    return None not in (one.get("digest"), other.get("digest")) and one["digest"] != other["digest"]
