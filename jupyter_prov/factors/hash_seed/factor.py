"""The hash seed: what it orders, sets of strings above all, comes out otherwise in each process that has no fixed one.

Evidence: none of its own; the session says whether a seed was set, and the source where sets and hashes are made.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step, project_names
from jupyter_prov.factors.base import Factor, Plan
from jupyter_prov.record.cause import Advice, Suspicion

_SEED = "PYTHONHASHSEED"
_ELSEWHERE = "code that is called here makes a set or a hash, and no hash seed was set: it is another in every run"
_EXPLANATION = "a set or a hash is made here, and no hash seed was set: the order of sets is another in every run"


class HashSeed(Factor):
    """Suspects the statements that make sets or hashes, where the sessions had no common seed."""

    kind = "hash-seed"
    pins = True

    def pin(self, plan: Plan) -> None:
        plan.variables["PYTHONHASHSEED"] = "0"

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        step = recorded or rerun
        if step is None or all(_is_fixed(side) for side in (recorded, rerun) if side):
            return
        own = project_names(step)
        for part in step.statements:
            if part.hashes:
                yield Suspicion(self.kind, _EXPLANATION, part.first, changed=False, subject=_SEED, playable=False)
            elif part.uses & own:
                yield Suspicion(
                    self.kind, _ELSEWHERE, part.first, changed=False, subject=_SEED, playable=False, far=True
                )
        nothing = frozenset[str]()
        yield Suspicion(self.kind, _ELSEWHERE, names=nothing, changed=False, subject=_SEED, playable=False, far=True)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice("Sort what comes out of a set: sorted(…).")


def _is_fixed(step: Step) -> bool:
    """Whether the hash seed of a step's session is fixed by PYTHONHASHSEED."""
    environment = step.session.environment
    seed = environment.get("variables", {}).get("PYTHONHASHSEED", "")
    return seed.isdigit() or environment.get("hash_randomization") is False
