"""Why cells differ: what the factors suspect, followed through the flow of values to the cells that show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_prov.analysis.dataflow import Step, flow, reached
from jupyter_prov.check.cell_sources import statements_of
from jupyter_prov.check.experiments import Findings, Suspects
from jupyter_prov.check.record_from_counts import has_old_tracebacks, made_with, stored_run
from jupyter_prov.factors.base import Factor
from jupyter_prov.record.cause import PROVEN, RECORDED, SUSPECTED, Advice, Cause, Suspicion
from jupyter_prov.record.model import Record, Session

_NONE = Findings()
_UNKNOWN = "Nothing that was recorded explains this difference."
_LOOK = "Look at the blind spots of this report; run the cell twice to see whether it agrees with itself."
_STEADY = (
    "Two re-runs agree with each other, so it is nothing that changes from run to run: look for what is another here "
    "than where the notebook was run, and at the blind spots of this report."
)
_THAT_TIME = "Check it in an environment of that time (--env PATH): other versions of its packages are likely, too."
_NEW_TRACEBACKS = 8
"""The version of IPython from which on tracebacks name cells in another way."""
_UNRECORDED = "The notebook has no record, so the two runs cannot be set against each other."


@dataclass(frozen=True)
class _Lead:
    """A suspicion about one execution, and the cells that it may have reached."""

    factor: Factor
    suspicion: Suspicion
    root: int | None
    cells: frozenset[str]
    at: int
    """How many executions had been looked at before this one, the recorded ones first."""


class Explanation:
    """The leads from a recorded notebook and its re-run; asked for the causes of each cell that differs."""

    def __init__(self, notebook: Any, record: Record | None, rerun: Session, factors: Sequence[Factor]) -> None:
        self._index = {cell.get("id"): i for i, cell in enumerate(notebook.cells)}
        self._recorded = record is not None
        self._notebook, self._rerun = notebook, rerun
        self._steps = 0
        self._ran: dict[str, int] = {}
        """When each cell was run last, among the executions that were looked at."""
        self._leads = list(self._looked_for(notebook, record, rerun, factors))

    def suspects(self, cell: str) -> Suspects:
        """The kinds that may have made a cell differ."""
        near, far = self._near(cell), dict.fromkeys(lead.suspicion.kind for lead in self._far(cell))
        return Suspects(_kinds(near, True), _kinds(near, False), tuple(far))

    def _near(self, cell: str) -> list[_Lead]:
        """The leads from which values flow to a cell."""
        return [lead for lead in self._leads if cell in lead.cells and not lead.suspicion.far]

    def _far(self, cell: str) -> list[_Lead]:
        """What else may have made a cell differ in a way that no flow of values shows, the likeliest first."""
        until = self._ran.get(cell, -1)
        leads = [lead for lead in self._leads if lead.at <= until]
        called = [lead for lead in leads if cell in lead.cells and lead.suspicion.far and lead.suspicion.line]
        apart = [lead for lead in leads if cell not in lead.cells and not lead.suspicion.far]
        itself = [lead for lead in leads if cell in lead.cells and lead.suspicion.far and not lead.suspicion.line]
        return [*called, *reversed(apart), *itself]

    def causes(self, cell: str, findings: Findings = _NONE, told: bool = False) -> list[Cause]:
        """The causes of a differing cell: what was proven, else what the two records show to differ or is suspected.

        Where none is found that is said, unless the report has `told` already why the cell did not end.
        """
        proven, idle = findings.proven.get(cell, frozenset()), findings.idle.get(cell, frozenset())
        near = self._near(cell)
        shown = [lead for lead in near if lead.suspicion.kind in proven]
        for kind in sorted(proven - {lead.suspicion.kind for lead in shown}):
            shown += [lead for lead in self._far(cell) if lead.suspicion.kind == kind][:1]
        if not shown or cell in findings.partly:
            leads = [lead for lead in near if lead.suspicion.kind not in idle and lead not in shown]
            shown += [lead for lead in leads if lead.suspicion.changed] or ([] if shown else leads)
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
        if steady and not self._recorded and (then := self._other_versions()):
            return Cause("package", None, None, SUSPECTED, then, Advice(_THAT_TIME))
        text = _UNKNOWN if self._recorded else _UNRECORDED
        if steady:
            sentence = _STEADY
        elif self._recorded:
            sentence = _LOOK
        else:
            sentence = "Record the notebook with `jupyter prov run`, or work in it with jupyter-prov installed."
        return Cause("unknown", None, None, SUSPECTED, text, Advice(sentence))

    def _other_versions(self) -> str:
        """What a notebook without a record tells of the versions that it was run with, if they were others."""
        then, now = made_with(self._notebook), str(self._rerun.python.get("version", ""))
        if then and now and then.split(".")[:2] != now.split(".")[:2]:
            return f"The notebook was run with Python {then}, and this re-run with {now}."
        here = self._rerun.packages.get("distributions", {}).get("ipython", {}).get("version", "0")
        if has_old_tracebacks(self._notebook) and int(here.partition(".")[0]) >= _NEW_TRACEBACKS:
            return f"The notebook was run with an IPython before version 8, and this re-run with {here}."
        return ""

    def _looked_for(
        self, notebook: Any, record: Record | None, rerun: Session, factors: Sequence[Factor]
    ) -> Iterator[_Lead]:
        """What the factors say of each execution, with the cells whose present outputs it reached."""
        known = statements_of(notebook)
        after = flow(rerun, known)
        rerun_of = {step.cell or "": step for step in after}
        if record is None:
            for step in after:
                yield from self._of_step(factors, None, step, (), after, {})
            record, factors = stored_run(notebook), [factor for factor in factors if factor.kind == "order"]
        shown = {(state.session, state.execution): state.id for state in record.cells}
        files: dict[str, Step] = {}
        for session in record.sessions:
            before = flow(session, known, files)
            files |= {name: step for step in before for name in step.writes if name.startswith("file:")}
            for step in before:
                pair = rerun_of.get(step.cell or "-")
                yield from self._of_step(factors, step, pair, before, after, shown)

    def _of_step(
        self,
        factors: Sequence[Factor],
        recorded: Step | None,
        rerun: Step | None,
        before: Sequence[Step],
        after: Sequence[Step],
        shown: dict[tuple[int, int], str],
    ) -> Iterator[_Lead]:
        at = self._steps = self._steps + 1
        where = recorded or rerun
        assert where is not None
        self._ran[where.cell or ""] = at
        for factor in factors:
            for suspicion in factor.suspect(recorded, rerun):
                cells: set[str] = set()
                if recorded is not None:
                    for step in reached(before, recorded, suspicion.line, suspicion.names):
                        cells.add(shown.get((step.session.number, step.execution.number), ""))
                # The order of the re-run is the document's: only the record can tell what another order led to.
                if rerun is not None and suspicion.kind != "order" and _shows(recorded, shown):
                    for step in reached(after, rerun, suspicion.line, suspicion.names):
                        cells.add(step.cell or "")
                root = self._index.get((where.cell if suspicion.cell == "" else suspicion.cell) or "")
                yield _Lead(factor, suspicion, root, frozenset(cells - {""}), at)


def _kinds(leads: Sequence[_Lead], playable: bool) -> frozenset[str]:
    return frozenset(lead.suspicion.kind for lead in leads if lead.suspicion.playable is playable)


def _shows(recorded: Step | None, shown: dict[tuple[int, int], str]) -> bool:
    """Whether an execution is the one that the notebook shows for its cell (or there is no record)."""
    return recorded is None or (recorded.session.number, recorded.execution.number) in shown
