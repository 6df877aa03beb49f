"""The check of one notebook, from its files to its report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_prov.check import environment as environments
from jupyter_prov.check import tolerance
from jupyter_prov.check.accept import accept
from jupyter_prov.check.environment import Environment
from jupyter_prov.check.inputs import compared_inputs, compared_outputs, compared_remote
from jupyter_prov.check.judge import judge
from jupyter_prov.check.notebook import is_runnable, read
from jupyter_prov.check.overlay import overlay_for
from jupyter_prov.check.plan import Rerun, RerunPlan, planned
from jupyter_prov.check.report.model import CellReport, NotebookReport
from jupyter_prov.check.rerun import rerun
from jupyter_prov.check.stage import Stage, staged
from jupyter_prov.factors.base import Factor
from jupyter_prov.record import files
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.errors import EnvironmentFailed, UnreadableRecord, UsageError
from jupyter_prov.record.model import Record, Session
from jupyter_prov.record.place import Place

PHASES = ("environment", "stage", "rerun", "compare", "explain")
Progress = Callable[[str, int, int], None]
"""Told of each step: the phase, and how many of how many code cells are done."""


@dataclass(frozen=True)
class Options:
    """How to check."""

    env: str = "recorded"
    replay: frozenset[str] = frozenset()
    """Kinds of factors to play back from the record."""
    timeout: float | None = 600.0
    accept: tuple[int, ...] | None = None
    """Cells, counted from 1, whose new outputs are to be stored; all that differ if it is empty."""


def check(path: Path, options: Options, progress: Progress = lambda phase, done, total: None) -> NotebookReport:
    """Re-run a notebook and compare; raises ProvError where it cannot be done. It runs the notebook's code."""
    started = time.monotonic()
    notebook = read(path)
    tolerance.look_at(notebook, Place.of_folder(path.parent).root)
    record = _record(path, notebook, options)
    total = sum(is_runnable(cell) for cell in notebook.cells)
    progress("environment", 0, total)
    environment = _environment(notebook, record, options)
    notes = list(environment.notes)
    progress("stage", 0, total)
    with staged(path, record) as stage:
        plan = _plan(path, notebook, record, environment, stage, options)
        result = rerun(plan, lambda done, of: progress("rerun", done, of))
        progress("compare", total, total)
        stage.check_linked()
        again = _assembled(path, result, stage)
        cells = judge(notebook, record, result, stage, notes)
        inputs = compared_inputs(record, again, stage) + compared_remote(record, again)
        outputs = compared_outputs(record, again)
        if options.accept is not None:
            accept(path, notebook, record, result, stage, cells, options.accept)
    progress("explain", total, total)
    explain(cells, notebook, record, again)
    notes += [*_blind_spots(record, result, again), *stage.notes]
    return NotebookReport(
        notebook=path.name,
        environment=_told(environment, record, again),
        inputs=inputs,
        outputs=outputs,
        cells=cells,
        blind_spots=list(dict.fromkeys(notes)),
        runs=1,
        seconds=time.monotonic() - started,
    )


def _record(path: Path, notebook: Any, options: Options) -> Record | None:
    """The record beside a notebook; without one only another environment than the recorded can be used."""
    beside = path.with_name(files.record_path(path.name))
    if not beside.exists():
        if options.env == "recorded":
            raise UsageError(
                f"{path} has no record beside it, so its environment is not known: check it against this one "
                "with --env current, or record it with `jupyter prov run`."
            )
        return None
    record = files.read(beside)
    ids = {cell.get("id") for cell in notebook.cells}
    known = {state.id for state in record.cells} | {e.cell for _, e in record.executions()}
    if known and not known & ids:
        raise UnreadableRecord(f"{beside.name} is the record of another notebook: none of its cells is in {path}.")
    if not record.sessions and options.env == "recorded":
        raise UnreadableRecord(
            f"{beside.name} tells of no session; run the notebook and save it, or use --env current."
        )
    return record


def _environment(notebook: Any, record: Record | None, options: Options) -> Environment:
    if options.env == "current":
        return environments.current(notebook)
    if options.env == "recorded":
        assert record is not None
        return environments.recorded(record)
    return environments.at_path(options.env)


def _plan(
    path: Path, notebook: Any, record: Record | None, environment: Environment, stage: Stage, options: Options
) -> RerunPlan:
    overlay = None
    if environment.is_python:
        try:
            overlay = overlay_for(environment)
        except EnvironmentFailed as error:
            environment.notes.append(f"The re-run was not recorded: {error}")
    plan = RerunPlan(
        notebook=notebook,
        folder=stage.folder,
        name=path.name,
        environment=environment,
        overlay=overlay,
        variables=_variables(record),
        planned=planned(notebook, record) if record else [],
        timeout=options.timeout,
    )
    for factor in _factors() if options.replay else ():
        if factor.kind in options.replay:
            factor.replay(plan)
    return plan


def _variables(record: Record | None) -> dict[str, str | None]:
    """The recorded values of the variables that are recorded at all; unset where they were."""
    from jupyter_prov.factors.environment import VARIABLES

    if record is None or not record.sessions:
        return {}
    recorded = record.sessions[-1].environment.get("variables", {})
    return {name: recorded.get(name) for name in VARIABLES}


def _assembled(path: Path, result: Rerun, stage: Stage) -> Session:
    """The re-run's own session, its paths those of the original."""
    place = Place(str(stage.folder), str(stage.root))
    record = assemble(path.name, result.notebook, [result.log], None, place)
    return record.sessions[0] if record.sessions else Session(1, result.log.started)


def explain(cells: list[CellReport], notebook: Any, record: Record | None, again: Session) -> None:
    """Give the cells that differ their causes."""
    if not any(cell.causes_wanted for cell in cells):
        return
    from jupyter_prov.check.explain import Explanation

    explanation = Explanation(notebook, record, again, _factors())
    for cell in cells:
        if cell.causes_wanted:
            cell.causes = explanation.causes(cell.id, told=bool(cell.failure))


def _factors() -> list[Factor]:
    """Every factor, those of other packages too."""
    from jupyter_prov.factors import factors

    return [*factors(), *(point.load()() for point in entry_points(group="jupyter_prov.factors"))]


def _blind_spots(record: Record | None, result: Rerun, again: Session) -> Iterator[str]:
    if record is None:
        yield (
            "There is no record: outputs are compared, but causes are only suspected, and the environment, "
            "inputs and run order that made the stored outputs are not known."
        )
    if not result.recorded:
        yield "The re-run was not recorded: causes cannot be told apart."
    for session in record.sessions if record else ():
        yield from session.blind_spots
    yield from again.blind_spots


def _told(environment: Environment, record: Record | None, again: Session) -> dict[str, Any]:
    """The environment as the report tells it, set against the recorded one."""
    here = again.packages.get("distributions", {})
    there: dict[str, Any] = {}
    for session in record.sessions if record else ():
        used = {name for names in session.packages.get("imports", {}).values() for name in names}
        there |= {n: d for n, d in session.packages.get("distributions", {}).items() if n in used}
    changed = [
        f"{name} {there[name]['version']} → {here[name]['version']}"
        for name in sorted(there.keys() & here.keys())
        if there[name]["version"] != here[name]["version"]
    ]
    absent = [f"{name} {there[name]['version']}" for name in sorted(there.keys() - here.keys()) if here]
    return {
        "source": environment.source,
        "python": again.python.get("version") or environment.python,
        "packages": len(here),
        "missing": sorted({*environment.missing, *absent}),
        "changed": changed,
    }
