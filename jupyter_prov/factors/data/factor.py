"""Data: the files that executions read and write, by their content.

Evidence: {"files": [{path, role, via, by, version, digest, size, existed}]}. The role is input, output, or code for a
script that a child process ran; `via` is the watcher that saw the access, `by` the process that made it. The digest
comes later, from the helper process, and so do all files of a cell that accessed many; an input that is about to be
overwritten is digested on the spot, so that it keeps its old digest. `existed` says of an output that a file was there
before: its digest, or True where that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from jupyter_prov.analysis.dataflow import Step, whole_spread
from jupyter_prov.factors.base import Factor, differ, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.watch.file_access import OUTPUT

_NOT_THERE = ("FileNotFoundError", "NotADirectoryError", "IsADirectoryError")


class Data(Factor):
    """Compares the contents of the files that were read."""

    kind = "data"
    replays = True  # by putting the old contents onto the stage

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded).get("data", {}).get("files", ()) if f["role"] != OUTPUT}
        here = {f["path"]: f for f in evidence_of(rerun).get("data", {}).get("files", ()) if f["role"] != OUTPUT}
        if rerun is None:
            return
        if recorded is None:
            if rerun.execution.error in _NOT_THERE:
                yield Suspicion(self.kind, "a file that is read here is not there", changed=False)
            return
        names = whole_spread(recorded) | whole_spread(rerun)
        for path in sorted(there.keys() | here.keys()):
            if any(step.origins.get(f"file:{path}") for step in (recorded, rerun)):  # what made it is to blame
                continue
            kind = "code" if (there.get(path) or here[path])["role"] == "code" else self.kind
            line = _line(recorded, path)
            if path not in there:
                text = f"{path} was read here, which it was not when this was recorded"
                yield Suspicion(kind, text, line, names=names, subject=path)
            elif path not in here:
                could = "could not be" if rerun.execution.error else "was not"
                text = f"{path}, which was read here, {could} read again"
                yield Suspicion(kind, text, line, names=names, subject=path)
            elif differ(there[path], here[path]):
                text = f"{path} has another content than when it was recorded"
                yield Suspicion(kind, text, line, names=names, subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        if not suspicion.subject:
            return Advice("Put the file where the notebook looks for it, beside it if that can be.")
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")


def _line(step: Step, path: str) -> int | None:
    """The line that names a file, or a folder that it lies in, as far as the source shows it."""
    parts = PurePosixPath(path).parts
    for wanted in (part for part in reversed(parts) if part not in ("/", "..", "~")):
        for part in step.statements:
            if any(wanted in PurePosixPath(text).parts for text in part.texts):
                return part.first
    return None
