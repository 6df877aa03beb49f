"""Order: which names each execution uses, defines and changes, so that hidden state is known.

Evidence: {"uses": [...], "defines": [...], "changes": [...], "imports": [...]}.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.factors.base import Cell, Factor
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.record.names import names


class Order(Factor):
    """Compares where the values that a cell uses came from, in the record and in document order."""

    kind = "order"

    def after(self, cell: Cell) -> Evidence | None:
        if not cell.statements:
            return None
        total = names(cell.statements)
        noted = {
            "uses": sorted(total.uses),
            "defines": sorted(total.defines),
            "changes": sorted(total.changes),
            "imports": sorted(total.imports),
        }
        return {key: value for key, value in noted.items() if value} or None

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        if recorded is None or rerun is None:
            return
        if recorded.execution.source != rerun.execution.source:
            text = "the cell was edited after it had run"
            yield Suspicion(self.kind, text, names=frozenset(recorded.defines | rerun.defines), subject="edited")
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

    def advice(self, suspicion: Suspicion) -> Advice:
        if suspicion.subject == "edited":
            return Advice("Run the cell again, and those that use what it defines.")
        return Advice("Put the cells in the order in which they work, then restart the kernel and run all of them.")


def _origin(step: Step | None) -> str | None:
    return step.cell if step else None


def _explained(name: str, recorded: Step, there: Step | None, here: Step | None) -> str:
    what = name.partition(":")[2] or f"'{name}'"
    if there is recorded or (there and there.cell == recorded.cell):
        return f"the cell had been run more than once, each time changing {what}"
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
