"""The trial of a draft: two clean re-runs, of which the second must show what the first one did."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.check.accept import moved_back
from jupyter_prov.check.attempt import Attempt, Case, Replay, attempted
from jupyter_prov.check.checker import Options, explain
from jupyter_prov.check.experiments import NO
from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.check.recorded_state import DATA, PACKAGE
from jupyter_prov.fix.draft import Draft
from jupyter_prov.record.model import Record
from jupyter_prov.report.model import CellReport

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
    """The cells that raised, though those of the original did not when it was re-run, and what."""
    failing: dict[str, str] = field(default_factory=dict)
    """The cells that raised, as those of the original did, though not as it is stored, and what."""
    runs: int = 1

    @property
    def made(self) -> Record:
        """The record of the first re-run."""
        return self.first.made

    @property
    def bad(self) -> list[CellReport]:
        """The cells that did not show the same twice, or raised."""
        return [cell for cell in self.cells if cell.is_bad or cell.id in self.failing]


@dataclass
class Trials:
    """Tries drafts of one notebook."""

    case: Case
    failed: Collection[str]
    """The cells that failed in a re-run of the notebook as it is, by their ids."""
    progress: Progress
    restored: Collection[str] = ()
    """The files that have their recorded contents in all trials, by their paths in the record."""
    in_recorded: bool = False
    """Whether all trials are made in the recorded environment, whichever the others were made in."""
    runs: int = 0
    """How many re-runs were made."""

    def tried(self, draft: Draft, like: Collection[str] = ()) -> Trial:
        """Try a draft; raises EnvironmentFailed.

        There is no second re-run where a cell is broken, or where one of those in `like`, by their ids, does not show
        in the first what the draft has as its outputs.
        """
        first = self._attempt(dataclasses.replace(self.case, notebook=draft.notebook))
        notebook = first.result.notebook
        trial = Trial(first, notebook)
        for cell, reason in _raised(self.case.notebook, first):
            (trial.failing if cell in self.failed else trial.broken)[cell] = reason
        if trial.broken or first.bad & set(like):
            return trial
        again = dataclasses.replace(self.case, notebook=notebook, record=first.made)
        second = self._attempt(again)
        explain(again, second, Options(explain=NO), 0.0)
        trial.cells, trial.runs = second.cells, 2
        return trial

    def _attempt(self, case: Case) -> Attempt:
        """A clean re-run; its outputs have the original's paths."""
        self.runs += 1
        case.past = self.case.past.only(self.restored)
        played = [DATA] * bool(self.restored) + [PACKAGE] * self.in_recorded
        with attempted(
            case, Replay(frozenset(played)), lambda done, total: self.progress("rerun", done, total)
        ) as attempt:
            for cell in attempt.result.notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs = moved_back(cell.outputs, attempt.stage)
        return attempt


def _raised(original: Any, attempt: Attempt) -> Iterator[tuple[str, str]]:
    """The cells that failed in an attempt and neither did in the original as it is stored nor may, and how."""
    stored = {cell.get("id") for cell in original.cells if cell.cell_type == "code" and _error(cell)}
    for index, cell in enumerate(attempt.result.notebook.cells):
        if cell.cell_type != "code" or cell.id in stored or tags_of(cell) & _MAY_RAISE:
            continue
        if reason := attempt.result.failures.get(index) or _error(cell):
            yield cell.id, reason


def _error(cell: Any) -> str:
    """The error that a cell shows, in a line."""
    for output in cell.outputs:
        if output.get("output_type") == "error":
            return f"{output.get('ename')}: {output.get('evalue')}".splitlines()[0][:200]
    return ""
