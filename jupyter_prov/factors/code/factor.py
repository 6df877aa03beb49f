"""Code: modules and scripts of the project that executions import or run, by their content.

Evidence: {"files": [{path, role: "code", via, version, digest, meaning, size, module}]}. `meaning` is the digest of
what the source means, without comments, docstrings and layout.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step, project_modules
from jupyter_prov.analysis.statement import STAR
from jupyter_prov.factors.base import Factor, differ, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.evidence import FileEvidence


class Code(Factor):
    """Compares the project's code that ran."""

    kind = "code"

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded).get("code", {}).get("files", ())}
        here = {f["path"]: f for f in evidence_of(rerun).get("code", {}).get("files", ())}
        if recorded is None or rerun is None:
            return
        names = _spread(recorded) | _spread(rerun)
        for path, file in there.items():
            line = _line(recorded, file)
            if path in here and differ(file, here[path]):
                means = None in (file.get("meaning"), other := here[path].get("meaning")) or file["meaning"] != other
                text = f"{path} is not the code that was recorded" + ("" if means else ", though it means the same")
                yield Suspicion(self.kind, text, line, means, names, path)
            elif path not in here and rerun.execution.error:
                text = f"{path}, which was imported here, is missing"
                yield Suspicion(self.kind, text, line, names=names, subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")


def _line(step: Step, file: FileEvidence) -> int | None:
    """The line at which a module is imported, as far as the source shows it."""
    top = str(file.get("module", "")).partition(".")[0]
    return next((part.first for part in step.statements if top and top in part.modules), None)


def _spread(step: Step) -> frozenset[str]:
    """The names through which the project's code spreads from a cell that imports it.

    They are what its imports bind and what the cell makes of that; imports of other people's packages are not
    among them. Where the cell does not say what it imports, it is all that it defines.
    """
    own = project_modules(step)
    tainted: set[str] = set()
    for part in step.statements:
        if part.modules & own:
            tainted |= {name for name in part.defines if part.sources.get(name, "") in own or name not in part.imports}
        elif part.uses & tainted or STAR in tainted:
            tainted |= (part.defines | part.changes) - part.imports
    return frozenset(tainted or step.defines | step.changes)
