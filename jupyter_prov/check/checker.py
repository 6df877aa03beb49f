"""The check of one notebook, from its files to its report."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_prov.check import environment as environments
from jupyter_prov.check import number_tolerance
from jupyter_prov.check.accept import accept
from jupyter_prov.check.attempt import ORDER, Attempt, Case, Replay, attempted
from jupyter_prov.check.environment import Building, Environment
from jupyter_prov.check.experiments import NO, QUICK, Findings, Ladder
from jupyter_prov.check.input_status import changed_meanwhile, compared_inputs, compared_outputs, compared_remote
from jupyter_prov.check.installers import installers_of
from jupyter_prov.check.kept_artifacts import keep
from jupyter_prov.check.read_notebook import is_runnable, read
from jupyter_prov.check.rerun_plan import Rerun
from jupyter_prov.factors.base import Factor
from jupyter_prov.record import record_file
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.match_cells import aligned, is_of_another
from jupyter_prov.record.model import Record, Session
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.report.mask_report import mask_report
from jupyter_prov.report.model import NotebookReport

Progress = Callable[[str, int, int], None]
"""Told of each step: the phase, and how many of how many code cells are done."""


@dataclass(frozen=True)
class Options:
    """How to check."""

    env: str = "recorded"
    replay: frozenset[str] = frozenset()
    """Kinds of factors to play back from the record."""
    timeout: float | None = 600.0
    explain: str = "quick"
    """How far to go for the causes of what differs: `no` further re-runs, `quick` or `full`."""
    accept: tuple[int, ...] | None = None
    """Cells, counted from 1, whose new outputs are to be stored; all that differ if it is empty."""
    keep: Path | None = None
    """The folder into which the notebook is written as it was checked and as it was re-run."""
    allow_direct_url: bool = False
    """Whether packages may come from URLs and folders whose content the record does not pin."""
    announce: Callable[[str], None] = lambda sentence: None
    """Gets a sentence for each package that comes from elsewhere than an index, before anything is installed."""


def check(path: Path, options: Options, progress: Progress = lambda phase, done, total: None) -> NotebookReport:
    """Re-run a notebook and compare; raises ProvError where it cannot be done. It runs the notebook's code."""
    started = time.monotonic()
    replay = by_hand(options.replay, all_factors())
    case = prepared(path, options, progress)
    notebook, record = case.notebook, case.record
    if record is None and (unknown := sorted(replay.played - {ORDER})):
        raise UsageError(f"{path} has no record beside it from which {unknown[0]!r} could be played back.")
    total = sum(is_runnable(cell) for cell in notebook.cells)
    notes = list(case.environment.notes)
    progress("stage", 0, total)
    begun = time.monotonic()
    with attempted(case, replay, lambda done, of: progress("rerun", done, of)) as first:
        progress("compare", total, total)
        inputs = compared_inputs(record, first.session, first.stage, first.bad) + compared_remote(record, first.session)
        if options.keep is not None:
            keep(first, options.keep)
        if options.accept is not None:
            accept(path, notebook, record, first.result, first.stage, first.cells, options.accept)
    progress("explain", total, total)
    found = explain(case, first, options, time.monotonic() - begun)
    environment = first.case.environment
    notes += [*case.environment.notes, *environment.notes, *case.past.notes]
    notes += [*_blind_spots(record, first.result, first.session), *first.stage.notes]
    report = NotebookReport(
        notebook=path.name,
        environment=_environment_report(environment, record, first.session),
        inputs=inputs,
        outputs=compared_outputs(record, first.session),
        cells=first.cells,
        blind_spots=list(dict.fromkeys([*notes, *found.notes])),
        runs=1 + found.runs,
        order=_order(case) if any(one.kind == ORDER for cell in first.cells for one in cell.causes) else [],
        seconds=time.monotonic() - started,
    )
    return mask_report(report)


def prepared(path: Path, options: Options, progress: Progress = lambda phase, done, total: None) -> Case:
    """A notebook with its record and the environment of its re-runs; raises ProvError. Nothing of it is run."""
    notebook = read(path)
    number_tolerance.look_at(notebook, Place.of_folder(path.parent).root)
    record = record_of(path, notebook, options.env)
    progress("environment", 0, sum(is_runnable(cell) for cell in notebook.cells))
    building = building_of(path, notebook, record, options)
    environment = environment_of(notebook, record, options.env, building)
    return Case(path, notebook, record, environment, all_factors(), options.timeout, building)


def building_of(path: Path, notebook: Any, record: Record | None, options: Options) -> Building:
    """How environments for a notebook are built."""
    place, installers = Place.of_folder(path.parent), installers_of(notebook, record)
    return Building(place, options.allow_direct_url, options.announce, installers)


def by_hand(kinds: frozenset[str], factors: Sequence[Factor]) -> Replay:
    """What a re-run plays back or holds fast that is to have these kinds as they were; raises UsageError."""
    played = frozenset(factor.kind for factor in factors if factor.replays)
    pinned = frozenset(factor.kind for factor in factors if factor.pins) - played
    if "environment" in kinds:
        raise UsageError("The recorded environment variables are set in every re-run; 'environment' needs no replay.")
    if unknown := sorted(kinds - played - pinned):
        raise UsageError(f"{unknown[0]!r} cannot be played back, only {', '.join(sorted(played | pinned))}.")
    return Replay(kinds & played, kinds & pinned)


def record_of(path: Path, notebook: Any, env: str) -> Record | None:
    """The record beside a notebook; without one only another environment than the recorded can be used."""
    beside = record_file.beside(path)
    if not beside.exists():
        if env == "recorded":
            raise UsageError(
                f"{path} has no record beside it, so its environment is not known: check it against this one "
                "with --env current, or record it with `jupyter prov run`."
            )
        return None
    record = aligned(record_file.read(beside), notebook)
    if is_of_another(record, notebook):
        raise UnreadableRecord(f"{beside.name} is the record of another notebook: none of its cells is in {path}.")
    if not record.sessions and env == "recorded":
        raise UnreadableRecord(
            f"{beside.name} tells of no session; run the notebook and save it, or use --env current."
        )
    return record


def environment_of(notebook: Any, record: Record | None, env: str, building: Building) -> Environment:
    """The environment that a person means; raises KernelUnknown, UsageError or EnvironmentFailed."""
    if env == "recorded":
        assert record is not None
        return environments.recorded(record, how=building)
    environment = environments.current(notebook) if env == "current" else environments.at_path(env)
    if building.installers.needed:
        environment.notes.append("What the notebook installs goes into this environment itself, since it was named.")
    return environment


def explain(case: Case, first: Attempt, options: Options, seconds: float) -> Findings:
    """Give the cells that differ their causes; `seconds` is what the first re-run took."""
    differing = [cell for cell in first.cells if cell.causes_wanted]
    if not differing:
        return Findings()
    from jupyter_prov.check.explain import Explanation

    explanation = Explanation(case.notebook, case.record, first.session, case.factors)
    findings = Findings()
    if options.explain != NO and first.result.recorded and not options.replay:
        suspects = {cell.id: explanation.suspects(cell.id) for cell in differing}
        climbing = case if case.record else dataclasses.replace(case, made=first.made)
        findings = Ladder(climbing, first, suspects, seconds, quick=options.explain == QUICK).climb()
    for cell in differing:
        cell.causes = explanation.causes(cell.id, findings, told=bool(cell.failure))
    return findings


def _order(case: Case) -> list[int | None]:
    """The cells in the order in which they were run."""
    index = {cell.get("id"): number for number, cell in enumerate(case.notebook.cells)}
    return [index.get(execution.cell) for _, execution in case.ran.executions()]


def all_factors() -> list[Factor]:
    """Every factor, those of other packages too."""
    from jupyter_prov.factors.registry import factors

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
    for path in dict.fromkeys(changed_meanwhile(record)):
        yield f"{path} changed while it was read: what was read of it is not known, and not held against what is there."
    yield from again.blind_spots


def _environment_report(environment: Environment, record: Record | None, again: Session) -> dict[str, Any]:
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
