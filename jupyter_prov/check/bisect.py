"""Which distribution's change altered which cell: re-runs in environments between the recorded one and another."""

from __future__ import annotations

import dataclasses
import time
from functools import partial
from pathlib import Path

from jupyter_prov.check.attempt import Attempt, Case, Replay, attempted
from jupyter_prov.check.checker import Options, Progress, all_factors, building_of, environment_of, record_of
from jupyter_prov.check.delta_debugging import Changes, Inseparable, guilty
from jupyter_prov.check.environment import Environment
from jupyter_prov.check.environment_diff import Between, listed
from jupyter_prov.check.read_notebook import is_runnable, read
from jupyter_prov.record import record_file
from jupyter_prov.record.errors import EnvironmentFailed, UsageError
from jupyter_prov.record.model import Record
from jupyter_prov.report.bisection import Bisection, CellGuilt, Change, Trial
from jupyter_prov.report.model import FAILED, CellReport

_HELD = Replay(frozenset({"random", "clock"}), frozenset({"random", "hash-seed"}))
"""Played back and held fast in every re-run, so that packages alone make a difference."""
_TOO = "it differs in the recorded environment too; `jupyter prov check` looks for its causes"
_SAME = "no version differs of what the notebook uses and needs, so something else of that environment alters it"
_ELSE = "it agrees in a clean environment with all of these versions, so something else of that environment alters it"


def bisect(path: Path, options: Options, progress: Progress) -> Bisection:
    """Find the changes of versions that alter cells; raises ProvError where it cannot be done. It runs the code."""
    started = time.monotonic()
    case = _case(path, options)
    total = sum(is_runnable(cell) for cell in case.notebook.cells)
    made = Bisection(path.name, case.environment.source, notes=list(case.environment.notes))
    given = _run(case, f"run 1, in {_where(case.environment)}", total, progress)
    differing = [cell for cell in given.cells if cell.is_bad]
    made.runs = 1
    if differing:
        _search(case, given, differing, made, progress)
    made.seconds = time.monotonic() - started
    return made


def _case(path: Path, options: Options) -> Case:
    notebook, env = read(path), options.env
    if env == "recorded":
        raise UsageError("bisect sets the recorded environment against another one: name it, as in --env current.")
    record = record_of(path, notebook, env)
    if record is None:
        raise UsageError(f"{path} has no record beside it, so there is no recorded environment to start from.")
    if not any(session.packages.get("distributions") for session in record.sessions):
        raise UsageError(f"{record_file.beside(path).name} does not say which packages were installed.")
    building = building_of(path, notebook, record, options)
    environment = environment_of(notebook, record, env, building)
    if not environment.is_python:
        raise UsageError(f"{path} is no Python notebook: only packages of Python can be told apart.")
    return Case(path, notebook, record, environment, all_factors(), options.timeout, building)


def _run(case: Case, name: str, total: int, progress: Progress) -> Attempt:
    """A re-run of the case with every factor except packages replayed; raises EnvironmentFailed."""
    progress(name, 0, total)
    with attempted(case, _HELD, lambda done, of: progress(name, done, of)) as attempt:
        return attempt


def _where(environment: Environment) -> str:
    return "the current environment" if environment.source == "current" else environment.source


def _search(case: Case, given: Attempt, differing: list[CellReport], made: Bisection, progress: Progress) -> None:
    """Say of each differing cell what is guilty of it."""
    assert case.record is not None
    trials = _Trials(case, case.record, given, made, progress)
    between = trials.between
    made.changes = list(between.changes.values())
    for cell in differing:
        told = CellGuilt(
            cell.index, cell.id, cell.verdict, [output.summary for output in cell.outputs if output.summary]
        )
        if cell.id in trials.anyway:
            told.explanation = _TOO
        elif not between.changes:
            told.explanation = _SAME
        else:
            found = guilty(list(between.changes), partial(trials.shows, cell.id))
            told.guilty = [_changes_of(one, between.changes) for one in found]
            told.explanation = "" if found else _ELSE
        made.cells.append(told)


def _changes_of(guilty: Changes, changes: dict[str, Change]) -> list[Change]:
    return [change for name, change in changes.items() if name in guilty]


class _Trials:
    """Re-runs in environments between the two, each made once."""

    def __init__(self, case: Case, record: Record, given: Attempt, made: Bisection, progress: Progress) -> None:
        """Re-run in the recorded environment first: what differs there too is not the packages' doing."""
        self._case, self._made, self._progress = case, made, progress
        self._total = len(given.cells)
        progress("environment", 0, self._total)
        recorded = self._run(
            environment_of(case.notebook, record, "recorded", case.building), "in the recorded environment"
        )
        self.anyway = recorded.bad
        self.between = Between(record, listed(recorded.session), listed(given.session), case.building)
        self._failing = {cell.id for one in (given, recorded) for cell in one.cells if cell.verdict == FAILED}
        self._known: dict[Changes, tuple[Changes, Changes] | Inseparable] = {}

    def shows(self, cell: str, taken: Changes) -> bool:
        """Whether a cell differs where these changes are made; raises Inseparable where it cannot be told."""
        if taken not in self._known:
            self._known[taken] = self._tried(taken)
        known = self._known[taken]
        if isinstance(known, Inseparable):
            raise Inseparable(known.named)
        bad, broken = known
        if cell in broken:
            raise Inseparable
        return cell in bad

    def _tried(self, taken: Changes) -> tuple[Changes, Changes] | Inseparable:
        """The cells that differ, and those that fail in this mixture alone: what goes together badly is no change."""
        whole = len(taken) == len(self.between.changes)
        changes = _changes_of(taken, self.between.changes)
        name = ", ".join(map(str, changes[:2])) + (f" and {len(changes) - 2} more" if len(changes) > 2 else "")
        self._progress("environment", 0, self._total)
        try:
            environment = self.between.environment(taken, strict=not whole)
            attempt = self._run(environment, f"with {name}")
        except Inseparable as conflict:
            return conflict
        self._made.trials.append(Trial(changes, sorted(attempt.bad)))
        failed = {cell.id for cell in attempt.cells if cell.verdict == FAILED}
        return attempt.bad, frozenset() if whole else frozenset(failed - self._failing)

    def _run(self, environment: Environment, name: str) -> Attempt:
        for note in (*environment.notes, *(f"Not installed: {one}" for one in environment.missing)):
            if note not in self._made.notes:
                self._made.notes.append(note)
        self._made.runs += 1
        case = dataclasses.replace(self._case, environment=environment)
        try:
            return _run(case, f"run {self._made.runs}, {name}", self._total, self._progress)
        except EnvironmentFailed:
            if environment.source != "between":
                raise
            raise Inseparable from None
