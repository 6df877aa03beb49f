"""What a notebook tells of its own run where it has no record: the numbers of its executions."""

from __future__ import annotations

from typing import Any

from jupyter_prov.record import digests
from jupyter_prov.record.model import ERROR, OK, CellState, Execution, Record, Session


def stored_run(notebook: Any) -> Record:
    """A record of one session, in which each cell ran when its stored number says, and nothing else was noted."""
    ran = [cell for cell in notebook.cells if cell.cell_type == "code" and isinstance(cell.execution_count, int)]
    ran.sort(key=lambda cell: int(cell.execution_count))
    executions = [_execution(number, cell) for number, cell in enumerate(ran, 1)]
    states = [CellState(cell["id"], 1, execution.number) for cell, execution in zip(ran, executions, strict=True)]
    return Record("", states, [Session(1, "", executions=executions)] if executions else [])


def made_with(notebook: Any) -> str:
    """The version of Python that the notebook says it was run with; '' where it says nothing."""
    return str(notebook.metadata.get("language_info", {}).get("version", ""))


def has_old_tracebacks(notebook: Any) -> bool:
    """Whether a stored traceback is written as IPython did before version 8."""
    outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    return any("<ipython-input-" in line for output in outputs for line in output.get("traceback", ()))


def _execution(number: int, cell: Any) -> Execution:
    errors = [output.get("ename") for output in cell.outputs if output.get("output_type") == "error"]
    source, outcome = digests.of_text(cell.source), ERROR if errors else OK
    return Execution(
        number, cell["id"], cell.execution_count, source, "", outcome=outcome, error=errors[0] if errors else None
    )
