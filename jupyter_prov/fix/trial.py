"""The trial of a draft: two clean re-runs, of which the second must show what the first one did."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.check.accept import moved_back
from jupyter_prov.check.attempt import PLAIN, Attempt, Case, attempted
from jupyter_prov.check.checker import Options, explain
from jupyter_prov.check.ladder import NO
from jupyter_prov.check.notebook import tags_of
from jupyter_prov.check.report.model import CellReport
from jupyter_prov.fix.draft import Draft
from jupyter_prov.record.model import Record

_MAY_RAISE = frozenset({"raises-exception", "nbval-raises-exception"})
Progress = Callable[[str, int, int], None]


@dataclass
class Trial:
    """What came of it."""

    first: Attempt
    notebook: Any
    """The draft with the outputs of the first re-run."""
    cells: list[CellReport] = field(default_factory=list)
    """The second re-run held against the first."""
    broken: dict[str, str] = field(default_factory=dict)
    """The cells that raised, though those of the original did not, and what."""
    runs: int = 1

    @property
    def made(self) -> Record:
        """The record of the first re-run."""
        return self.first.made

    @property
    def bad(self) -> list[CellReport]:
        """The cells that did not show the same twice."""
        return [cell for cell in self.cells if cell.is_bad]


def tried(case: Case, draft: Draft, progress: Progress, like: Collection[str] = ()) -> Trial:
    """Try a draft; raises EnvironmentFailed.

    There is no second re-run where a cell raises, or where one of those in `like`, by their ids, does not show in the
    first what the draft has as its outputs.
    """
    edited = dataclasses.replace(case, notebook=draft.notebook)
    with attempted(edited, PLAIN, lambda done, total: progress("rerun", done, total)) as first:
        notebook = first.result.notebook
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = moved_back(cell.outputs, first.stage)
    trial = Trial(first, notebook, broken=_broken(case.notebook, first))
    if trial.broken or first.bad & set(like):
        return trial
    again = dataclasses.replace(case, notebook=notebook, record=first.made)
    with attempted(again, PLAIN, lambda done, total: progress("rerun", done, total)) as second:
        pass
    explain(again, second, Options(explain=NO), 0.0)
    trial.cells, trial.runs = second.cells, 2
    return trial


def _broken(original: Any, attempt: Attempt) -> dict[str, str]:
    """The cells that failed in an attempt and neither did in the original nor may."""
    failed = {cell.get("id") for cell in original.cells if cell.cell_type == "code" and _error(cell)}
    broken = {}
    for index, cell in enumerate(attempt.result.notebook.cells):
        if cell.cell_type != "code" or cell.id in failed or tags_of(cell) & _MAY_RAISE:
            continue
        if reason := attempt.result.failures.get(index) or _error(cell):
            broken[cell.id] = reason
    return broken


def _error(cell: Any) -> str:
    """The error that a cell shows, in a line."""
    for output in cell.outputs:
        if output.get("output_type") == "error":
            return f"{output.get('ename')}: {output.get('evalue')}".splitlines()[0][:200]
    return ""
