"""Order: which names each execution uses, defines and changes, so that hidden state is known.

Evidence: {"uses": [...], "defines": [...], "changes": [...], "imports": [...], "deletes": [...]}. Names that come to be
in a way that the source does not show (`exec`, `%run`, a star import) are known by what the namespace gained.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor
from jupyter_prov.record.cause import Advice, Suspicion

SHELLS = re.compile(r"_i{0,3}|_i?\d+|__|___|__\w+__|_[doi]h|_sh|_exit_code|_prompt_.*|In|Out|exit|quit|get_ipython")
"""Names that IPython binds for its own use."""
_ELSEWHERE = "other cells had been run before this one than stand above it, which no name of theirs shows to matter"


class Order(Factor):
    """Compares where the values that a cell uses came from, in the record and in document order."""

    kind = "order"
    replays = True  # by running what was run, in the order in which it was

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        if recorded is None or rerun is None:
            return
        if recorded.execution.source != rerun.execution.source:
            text = "the cell was edited after it had run"
            yield Suspicion(self.kind, text, names=frozenset(recorded.defines | rerun.defines), subject="edited")
        for name in _lost(recorded, rerun):
            text = f"'{name}' was there when this ran, and no cell of the notebook sets it"
            yield Suspicion(self.kind, text, _first_use(rerun, name), names=_spread(recorded, name), subject=name)
        for name in sorted((recorded.uses | recorded.reads) & (rerun.uses | rerun.reads)):
            there, here = recorded.origins.get(name), rerun.origins.get(name)
            if _origin(there) != _origin(here):
                yield Suspicion(
                    self.kind,
                    _explained(name, recorded, there, here),
                    line=_first_use(rerun, name),
                    names=_spread(recorded, name),
                    subject=name,
                )

        before, above = _ran_before(recorded), _ran_before(rerun)
        if before != above:
            more = [cell for cell in before if before.count(cell) > above.count(cell)]
            yield Suspicion(self.kind, _ELSEWHERE, names=frozenset(), far=True, cell=more[-1] if more else "")

    def advice(self, suspicion: Suspicion) -> Advice:
        if suspicion.subject == "edited":
            return Advice("Run the cell again, and those that use what it defines.")
        return Advice("Put the cells in the order in which they work, then restart the kernel and run all of them.")


def _ran_before(step: Step) -> list[str | None]:
    """The cells that its session had run when a step ran, in their order."""
    return [execution.cell for execution in step.session.executions if execution.number < step.execution.number]


def _lost(recorded: Step, rerun: Step) -> list[str]:
    """Names that the re-run missed and the record did not, of which neither knows where they come from."""
    if rerun.execution.error != "NameError" or recorded.execution.error is not None:
        return []
    known = {name for step in (recorded, rerun) for name, origin in step.origins.items() if origin}
    return sorted(name for name in rerun.uses - known if not hasattr(builtins, name) and not SHELLS.fullmatch(name))


def _origin(step: Step | None) -> str | None:
    return step.cell if step else None


def _explained(name: str, recorded: Step, there: Step | None, here: Step | None) -> str:
    what = name.partition(":")[2] or f"'{name}'"
    if there is recorded or (there and there.cell == recorded.cell):
        return f"the cell had been run more than once, each time changing {what}"
    if here and name in here.deletes:
        return f"{what} was still there when this ran; now an earlier cell deletes it"
    if there is None:
        return f"{what} was not yet set by any cell when this ran; now an earlier cell sets it"
    if here is None:
        return f"{what} was set by a cell that stands later or is no longer in the notebook"
    return f"{what} was set by another cell than the one that sets it from top to bottom"


def _first_use(step: Step, name: str) -> int | None:
    return next((part.first for part in step.statements if name in part.uses), None)


def _spread(step: Step, name: str) -> frozenset[str]:
    """What a wrong value of a name reaches within its own cell."""
    if ":" in name:
        return frozenset((step.defines - step.imports) | step.changes | step.writes)
    tainted = {name}
    for part in step.statements:
        if part.uses & tainted:
            tainted |= part.defines | part.changes
    if not step.statements:
        tainted |= (step.defines - step.imports) | step.changes
    return frozenset(tainted)
