"""Data: the files that executions read and write, by their content.

Evidence: {"files": [{path, role, via, by, version, digest, size}]}. The role is input, output, or code for a script
that a child process ran; `via` is the watcher that saw the access, `by` the process that made it. The digest comes
later, from the helper process; an input that is about to be overwritten is waited for, so that it keeps its old one.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.factors.base import Cell, Factor, Watch, differ, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch.access import OUTPUT, Access
from jupyter_prov.watch.accesses import Accesses
from jupyter_prov.watch.opens import Opens


class Data(Factor):
    """Notes which files were accessed, and compares their contents."""

    kind = "data"
    replays = True  # by putting the old contents onto the stage

    def load(self, watch: Watch) -> None:
        self._accesses = Accesses(watch.wall, watch.helper, watch.place)
        self._opens = Opens(watch.wall, watch.frames, self._accesses)

    def unload(self) -> None:
        self._opens.close()
        self._accesses.native.close()

    def before(self, cell: Cell) -> None:
        self._accesses.begin(cell.text)
        self._opens.begin()

    def after(self, cell: Cell) -> Evidence | None:
        self._opens.end()
        files = [_noted(access) for access in self._accesses.end()]
        return {"files": sorted(files, key=lambda f: (f["path"], f["role"]))} if files else None

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded, self.kind).get("files", ()) if f["role"] != OUTPUT}
        here = {f["path"]: f for f in evidence_of(rerun, self.kind).get("files", ()) if f["role"] != OUTPUT}
        if recorded is None or rerun is None:
            return
        for path in sorted(there.keys() | here.keys()):
            if any(step.origins.get(f"file:{path}") for step in (recorded, rerun)):  # what made it is to blame
                continue
            kind = "code" if (there.get(path) or here[path])["role"] == "code" else self.kind
            if path not in there:
                yield Suspicion(kind, f"{path} was read here, which it was not when this was recorded", subject=path)
            elif path not in here:
                could = "could not be" if rerun.execution.error else "was not"
                yield Suspicion(kind, f"{path}, which was read here, {could} read again", subject=path)
            elif differ(there[path], here[path]):
                yield Suspicion(kind, f"{path} has another content than when it was recorded", subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")


def _noted(access: Access) -> Evidence:
    noted: Evidence = {"path": access.path, "role": access.role, "via": access.via, "by": access.by}
    if access.version is not None:
        noted["version"] = access.version
    if access.changed:
        noted["changed_while_running"] = True
    return noted
