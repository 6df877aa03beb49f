"""One attempt to reproduce a notebook: staged, re-run with what is to be played back, and judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_prov.check.cell_verdicts import judge, moved
from jupyter_prov.check.compare import compare_cell, widget
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.environment import BY_RECORD, Building, Environment, as_built, left_as_built
from jupyter_prov.check.overlay import overlay_for
from jupyter_prov.check.record_from_counts import stored_run
from jupyter_prov.check.recorded_sequence import in_recorded_order, put_together
from jupyter_prov.check.recorded_state import DATA, PACKAGE, Past
from jupyter_prov.check.rerun import rerun
from jupyter_prov.check.rerun_plan import Progress, Rerun, RerunPlan, planned
from jupyter_prov.check.stage import Stage, staged
from jupyter_prov.factors.base import Factor
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.record.model import Record, Session
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.random_text import MASK
from jupyter_prov.report.model import BAD, DIFFERS, CellReport

ORDER = "order"


@dataclass(frozen=True)
class Replay:
    """What an attempt plays back from the record, and what it holds fast without knowing what it was."""

    played: frozenset[str] = frozenset()
    """Kinds of factors."""
    pinned: frozenset[str] = frozenset()
    """Kinds of factors."""


PLAIN = Replay()


@dataclass
class Case:
    """A notebook that is to be reproduced, and all that its attempts have in common."""

    path: Path
    notebook: Any
    record: Record | None
    environment: Environment
    factors: Sequence[Factor]
    timeout: float | None = None
    building: Building = BY_RECORD
    """How the recorded environment is built, where it is not the one that is given."""
    made: Record | None = None
    """Of a notebook without a record, the one that its first re-run made."""

    @cached_property
    def past(self) -> Past:
        """What can be had again of the time of the record."""
        return Past(self.record, Place.of_folder(self.path.parent), self.building)

    @property
    def ran(self) -> Record:
        """Who ran when: by the record, else by the numbers that the notebook's cells bear."""
        return self.record or stored_run(self.notebook)

    @property
    def source(self) -> Record | None:
        """The record of which attempts play back."""
        return self.record or self.made

    @property
    def overlay(self) -> str | None:
        """The folder from which a foreign environment gets the kernel part; None where it cannot have it."""
        if not self.environment.is_python:
            return None
        try:
            return overlay_for(self.environment)
        except EnvironmentFailed as error:
            note = f"The re-run was not recorded: {error}"
            if note not in self.environment.notes:
                self.environment.notes.append(note)
            return None


@dataclass
class Attempt:
    """What came of an attempt."""

    case: Case
    replay: Replay
    stage: Stage
    result: Rerun
    cells: list[CellReport]
    made: Record
    """The attempt's own record, its paths those of the original."""
    bad: frozenset[str] = field(init=False)
    """The cells that differ from the record."""

    @property
    def session(self) -> Session:
        """The attempt's own session."""
        return self.made.sessions[0]

    def __post_init__(self) -> None:
        self.bad = frozenset(cell.id for cell in self.cells if cell.verdict in BAD)

    def agrees(self, other: Attempt, cell: CellReport) -> bool:
        """Whether a cell showed the same in both attempts."""
        source = self.case.notebook.cells[cell.index].source
        paths = (*moved(self.stage), *moved(other.stage))
        here, there = (one.result.notebook.cells[cell.index].outputs for one in (self, other))
        widgets = (widget.states(self.result.notebook), widget.states(other.result.notebook))
        found = compare_cell(here, there, Context(source, paths, widgets=widgets))
        failed = [cell.index in one.result.failures for one in (self, other)]
        return failed[0] == failed[1] and all(output.verdict != DIFFERS for output in found)


@contextmanager
def attempted(case: Case, replay: Replay, progress: Progress = lambda done, total: None) -> Iterator[Attempt]:
    """Re-run a case's notebook on a stage that is there as long as the block; raises EnvironmentFailed.

    Raises CannotReplay where what is to be played back is not to be had.
    """
    past = case.past
    if PACKAGE in replay.played and case.environment.source != "recorded":
        case = replaced(case, environment=past.environment())
    case.environment = as_built(case.environment)
    with staged(case.path, case.record) as stage:
        if DATA in replay.played:
            past.put_back(stage)
        plan = _plan(case, stage)
        if ORDER in replay.played and case.ran.sessions:
            plans = [_prepared(one, case, replay) for one in in_recorded_order(plan, case.ran)]
            result = put_together(case.notebook, case.ran, [(one, rerun(one, progress)) for one in plans])
        else:
            result = rerun(_prepared(plan, case, replay), progress)
        stage.check_linked()
        stage.notes += left_as_built(case.environment)
        cells = judge(case.notebook, case.record, result, stage, stage.notes)
        yield Attempt(case, replay, stage, result, cells, _assembled(case.path, result, stage))


def _prepared(plan: RerunPlan, case: Case, replay: Replay) -> RerunPlan:
    """The plan with what is to be played back and held fast in it."""
    for factor in case.factors:
        if factor.kind in replay.played:
            factor.replay(plan)
        if factor.kind in replay.pinned:
            factor.pin(plan)
    return plan


def _plan(case: Case, stage: Stage) -> RerunPlan:
    return RerunPlan(
        notebook=case.notebook,
        folder=stage.folder,
        name=case.path.name,
        environment=case.environment,
        overlay=case.overlay,
        variables=_variables(case.record),
        planned=planned(case.notebook, case.source or Record(case.path.name)),
        timeout=case.timeout,
    )


def _variables(record: Record | None) -> dict[str, str | None]:
    """The recorded values of the variables that are recorded in full; unset where they were."""
    from jupyter_prov.factors.environment.factor import VARIABLES

    if record is None or not record.sessions:
        return {}
    recorded = record.sessions[-1].environment.get("variables", {})
    return {name: recorded.get(name) for name in VARIABLES if MASK not in recorded.get(name, "")}


def _assembled(path: Path, result: Rerun, stage: Stage) -> Record:
    place = Place(str(stage.folder), str(stage.root))
    record = assemble(path.name, result.notebook, [result.log], None, place)
    record.sessions = record.sessions or [Session(1, result.log.started)]
    return record
