"""The executions of a record as they were made: in their order, each with the source that it had then."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any

import nbformat

from jupyter_prov.check.cell_sources import texts_of
from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.check.rerun_plan import Rerun, RerunPlan
from jupyter_prov.factors.base import Planned
from jupyter_prov.record.errors import CannotReplay
from jupyter_prov.record.model import Record, Session


def in_recorded_order(plan: RerunPlan, record: Record) -> list[RerunPlan]:
    """A plan for each session that made present outputs; raises CannotReplay where a source is known no more."""
    shown = {state.session for state in record.cells}
    sessions = [session for session in record.sessions if session.number in shown]
    texts = texts_of(plan.notebook, record, {e.source for session in sessions for e in session.executions})
    return [_of_session(plan, session, texts) for session in sessions]


def _of_session(plan: RerunPlan, session: Session, texts: dict[str, str]) -> RerunPlan:
    notebook = copy.deepcopy(plan.notebook)
    tags = {cell.get("id"): sorted(tags_of(cell) & {"raises-exception"}) for cell in notebook.cells}
    notebook.cells, executed = [], []
    for execution in session.executions:
        if not execution.finished:  # what killed its kernel, or was interrupted by its end, would do so again
            continue
        if execution.source not in texts:
            raise CannotReplay(f"the source of execution {execution.number} is known no more: its cell was changed")
        if not texts[execution.source].strip():
            continue
        cell = nbformat.v4.new_code_cell(texts[execution.source], metadata={"tags": tags.get(execution.cell, [])})
        cell["id"] = execution.cell or f"execution-{execution.number}"
        notebook.cells.append(cell)
        executed.append(Planned(cell["id"], execution, session=session))
    return dataclasses.replace(plan, notebook=notebook, planned=executed, variables=dict(plan.variables))


def put_together(notebook: Any, record: Record, runs: Sequence[tuple[RerunPlan, Rerun]]) -> Rerun:
    """One re-run of the notebook, each cell's outputs those of the execution that the record says they are from."""
    whole = copy.deepcopy(notebook)
    joined = Rerun(whole, runs[-1][1].log, recorded=all(result.recorded for _, result in runs))
    at: dict[tuple[int, int], tuple[Rerun, int]] = {}
    for plan, result in runs:
        for index, planned in enumerate(plan.planned):
            assert planned.session is not None
            assert planned.recorded is not None
            at[planned.session.number, planned.recorded.number] = (result, index)
    for index, cell in enumerate(whole.cells):
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        state = record.cell(cell.get("id", ""))
        if state is None or (state.session, state.execution) not in at:
            continue
        result, number = at[state.session, state.execution]
        cell.outputs = result.notebook.cells[number].outputs
        cell.execution_count = result.notebook.cells[number].execution_count
        if number in result.failures:
            joined.failures[index] = result.failures[number]
    return joined
