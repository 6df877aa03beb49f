"""Why cells differ: what the factors suspect, followed through the flow of values to the cells that show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_prov.check.ladder import Findings, Suspects
from jupyter_prov.check.sources import statements_of
from jupyter_prov.check.stored import stored_run
from jupyter_prov.factors.base import Factor
from jupyter_prov.record.cause import PROVEN, RECORDED, SUSPECTED, Advice, Cause, Suspicion
from jupyter_prov.record.flow import Step, flow, reached
from jupyter_prov.record.model import Record, Session

_NONE = Findings()
_UNKNOWN = "Nothing that was recorded explains this difference."
_LOOK = "Look at the blind spots of this report; run the cell twice to see whether it agrees with itself."
_STEADY = (
    "Two re-runs agree with each other, so it is nothing that changes from run to run: look for what is another here "
    "than where the notebook was run, and at the blind spots of this report."
)
_UNRECORDED = "The notebook has no record, so the two runs cannot be set against each other."


@dataclass(frozen=True)
class _Lead:
    """A suspicion about one execution, and the cells that it may have reached."""

    factor: Factor
    suspicion: Suspicion
    root: int | None
    cells: frozenset[str]


class Explanation:
    """The leads from a recorded notebook and its re-run; asked for the causes of each cell that differs."""

    def __init__(self, notebook: Any, record: Record | None, rerun: Session, factors: Sequence[Factor]) -> None:
        self._index = {cell.get("id"): i for i, cell in enumerate(notebook.cells)}
        self._recorded = record is not None
        self._leads = list(_leads(notebook, record, rerun, factors, self._index))

    def suspects(self, cell: str) -> Suspects:
        """The kinds that may have made a cell differ."""
        here = [lead.suspicion for lead in self._leads if cell in lead.cells]
        played, pinned = ({one.kind for one in here if one.playable is known} for known in (True, False))
        return Suspects(frozenset(played), frozenset(pinned))

    def causes(self, cell: str, findings: Findings = _NONE, told: bool = False) -> list[Cause]:
        """The causes of a differing cell: what was proven, else what the two records show to differ or is suspected.

        Where none is found that is said, unless the report has `told` already why the cell did not end.
        """
        proven, idle = findings.proven.get(cell, frozenset()), findings.idle.get(cell, frozenset())
        leads = [lead for lead in self._leads if cell in lead.cells]
        shown = [lead for lead in leads if lead.suspicion.kind in proven]
        if not shown:
            leads = [lead for lead in leads if lead.suspicion.kind not in idle]
            shown = [lead for lead in leads if lead.suspicion.changed] or leads
        kinds = {lead.suspicion.kind for lead in shown}
        found: dict[tuple[str, int | None, str], Cause] = {}
        for lead in shown:
            confidence = RECORDED if lead.suspicion.changed and len(kinds) == 1 else SUSPECTED
            cause = Cause(
                lead.suspicion.kind,
                lead.root,
                lead.suspicion.line,
                PROVEN if lead.suspicion.kind in proven else confidence,
                lead.suspicion.explanation,
                lead.factor.advice(lead.suspicion),
                lead.suspicion.subject,
            )
            found.setdefault((cause.kind, cause.cell, cause.explanation), cause)
        return list(found.values()) or ([] if told else [self._unknown(cell in findings.steady)])

    def _unknown(self, steady: bool) -> Cause:
        text = _UNKNOWN if self._recorded else _UNRECORDED
        if steady:
            sentence = _STEADY
        elif self._recorded:
            sentence = _LOOK
        else:
            sentence = "Record the notebook with `jupyter prov run`, or work in it with jupyter-prov installed."
        return Cause("unknown", None, None, SUSPECTED, text, Advice(sentence))


def _leads(
    notebook: Any,
    record: Record | None,
    rerun: Session,
    factors: Sequence[Factor],
    index: dict[str, int],
) -> Iterator[_Lead]:
    known = statements_of(notebook)
    after = flow(rerun, known)
    rerun_of = {step.cell or "": step for step in after}
    if record is None:
        for step in after:
            yield from _lead(factors, None, step, None, after, index, {})
        record, factors = stored_run(notebook), [factor for factor in factors if factor.kind == "order"]
    shown = {(state.session, state.execution): state.id for state in record.cells}
    files: dict[str, Step] = {}
    for session in record.sessions:
        before = flow(session, known, files)
        files |= {name: step for step in before for name in step.writes if name.startswith("file:")}
        for step in before:
            pair = rerun_of.get(step.cell or "-")
            yield from _lead(factors, step, pair, before, after, index, shown)


def _lead(
    factors: Sequence[Factor],
    recorded: Step | None,
    rerun: Step | None,
    before: Iterable[Step] | None,
    after: Iterable[Step],
    index: dict[str, int],
    shown: dict[tuple[int, int], str],
) -> Iterator[_Lead]:
    """What the factors say of one execution, with the cells whose present outputs it reached."""
    for factor in factors:
        for suspicion in factor.suspect(recorded, rerun):
            cells: set[str] = set()
            if recorded is not None and before is not None:
                for step in reached(before, recorded, suspicion.line, suspicion.names):
                    cells.add(shown.get((step.session.number, step.execution.number), ""))
            # The order of the re-run is the document's: only the record can tell what another order led to.
            if rerun is not None and suspicion.kind != "order" and _shows(recorded, shown):
                for step in reached(after, rerun, suspicion.line, suspicion.names):
                    cells.add(step.cell or "")
            where = recorded or rerun
            root = index.get(where.cell or "") if where else None
            yield _Lead(factor, suspicion, root, frozenset(cells - {""}))


def _shows(recorded: Step | None, shown: dict[tuple[int, int], str]) -> bool:
    """Whether an execution is the one that the notebook shows for its cell (or there is no record)."""
    return recorded is None or (recorded.session.number, recorded.execution.number) in shown
