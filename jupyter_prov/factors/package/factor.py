"""Packages: the installed distributions, and which of them an execution imported.

Evidence: {"modules": [...]}, the top-level modules of other people's packages imported here for the first time or by
name. The session's `packages` field tells the distribution and version of each; the helper process lists them.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion


class Package(Factor):
    """Compares the versions of what was imported."""

    kind = "package"
    replays = True  # by a re-run in the recorded environment

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        if recorded is None and rerun is not None and rerun.execution.error in ("ModuleNotFoundError", "ImportError"):
            text = "a module that is imported here is not installed, or in a version that lacks what is imported"
            yield Suspicion(self.kind, text, _import_line(rerun), changed=False, names=frozenset(rerun.imports))
        if recorded is None or rerun is None:
            return
        there, here = _versions(recorded), _versions(rerun)
        changed = {d: (v, here.get(d)) for d, v in there.items() if here.get(d) != v}
        if not changed:
            return
        shown = [f"{name} {old} → {new or 'missing'}" for name, (old, new) in sorted(changed.items())]
        text = ", ".join(shown[:4]) + (f" and {len(shown) - 4} more" if len(shown) > 4 else "")
        names = frozenset(recorded.imports | rerun.imports | recorded.defines | rerun.defines)
        pins = " ".join(f"{name}=={old}" for name, (old, _) in sorted(changed.items())[:4])
        yield Suspicion(self.kind, text, line=_import_line(recorded), names=names, subject=pins)

    def advice(self, suspicion: Suspicion) -> Advice:
        if not suspicion.subject:
            return Advice("Install what the notebook imports, or check it in an environment that has it: --env PATH.")
        return Advice("Install the recorded versions.", f"pip install {suspicion.subject}")


def _versions(step: Step) -> dict[str, str]:
    """The distributions that a step imported, with their versions in its session."""
    packages = step.session.packages
    imports, distributions = packages.get("imports", {}), packages.get("distributions", {})
    modules = evidence_of(step).get("package", {}).get("modules", ())
    names = {d for module in modules for d in imports.get(module, ())}
    return {name: distributions[name]["version"] for name in names if name in distributions}


def _import_line(step: Step) -> int | None:
    return next((part.first for part in step.statements if part.modules), None)
