"""Concurrency: threads and processes that an execution starts; which of them comes first is chance.

Evidence: {"started": [{call, line}]}: calls of the notebook's or its project's own code by which they were started.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor, Plan, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion

_THREADS = (
    "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMEXPR_NUM_THREADS NUMBA_NUM_THREADS VECLIB_MAXIMUM_THREADS"
).split()
_DETERMINISTIC = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "TF_DETERMINISTIC_OPS": "1"}
_EXPLANATION = "threads or processes were started here: which of them comes first is chance"


class Concurrency(Factor):
    """Explains differences by the order in which threads or processes came first."""

    kind = "concurrency"
    pins = True

    def pin(self, plan: Plan) -> None:
        plan.variables.update({**dict.fromkeys(_THREADS, "1"), **_DETERMINISTIC})
        for planned in plan.planned:
            planned.played[self.kind] = {"turns": True}

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        noted = evidence_of(recorded).get("concurrency", {}) or evidence_of(rerun).get("concurrency", {})
        names = _reached(recorded or rerun)
        for line in dict.fromkeys(one.get("line") for one in noted.get("started", ())):
            yield Suspicion(self.kind, _EXPLANATION, line, changed=False, names=names, playable=False)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice("Take results in the order of their tasks (executor.map gives them so), or sort them.")


def _reached(step: Step | None) -> frozenset[str]:
    """What threads of this step may have changed: whatever it knows."""
    return frozenset((step.defines - step.imports) | step.changes | step.uses) if step else frozenset()
