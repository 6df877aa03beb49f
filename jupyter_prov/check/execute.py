"""Executing a notebook where it lies, recorded: it is saved with its new outputs and its record, or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prov.check import environment as environments
from jupyter_prov.check.accept import save
from jupyter_prov.check.overlay import overlay_for
from jupyter_prov.check.read_notebook import read, tags_of
from jupyter_prov.check.rerun import rerun
from jupyter_prov.check.rerun_plan import Progress, Rerun, RerunPlan
from jupyter_prov.record import obstacles, record_file, settings
from jupyter_prov.record.assemble import assemble, same_but_times
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.model import Record
from jupyter_prov.record.portable_paths import Place


@dataclass(frozen=True)
class Executed:
    """A notebook that was executed and saved."""

    notebook: str
    cells: int
    """How many cells came to an end, good or bad."""
    recorded: bool
    """Whether its record was saved too; a kernel of another language cannot be recorded."""
    failures: tuple[tuple[int, str], ...] = ()
    """The cells that failed or were not run, by their index in the notebook, and why; those that may fail are left
    out."""


def execute(
    path: Path,
    timeout: float | None = None,
    stop_on_error: bool = True,
    progress: Progress = lambda done, total: None,
) -> Executed:
    """Execute a notebook in its own folder and environment, and save it; raises ProvError where it cannot be.

    `timeout` is the longest time for one cell, in seconds.
    """
    notebook = read(path)
    if not os.access(path, os.W_OK) or not os.access(path.absolute().parent, os.W_OK):
        raise UsageError(f"{path} cannot be saved: the file or its folder is read-only.")
    before = _replaceable(path)
    keep_sources = settings.of_project(Place.of_folder(path.absolute().parent).root).keep_sources
    environment = environments.current(notebook)
    plan = RerunPlan(
        notebook=notebook,
        folder=path.absolute().parent,
        name=path.name,
        environment=environment,
        overlay=overlay_for(environment) if environment.is_python else None,
        timeout=timeout,
        stop_on_error=stop_on_error,
        clean_profile=False,
    )
    result = rerun(plan, progress)
    _save(path, result, before, keep_sources)
    ended = sum(execution.finished for execution in result.log.executions)
    return Executed(path.name, ended, result.recorded, tuple(_failures(result)))


def _replaceable(path: Path) -> Record | None:
    """The record that will be replaced; raises UsageError where something else is in its place."""
    try:
        return record_file.replaceable(record_file.beside(path), path.name)
    except UnreadableRecord as error:
        raise UsageError(obstacles.occupied(path.name, error)) from None


def _save(path: Path, result: Rerun, before: Record | None, keep_sources: bool) -> None:
    """Write the notebook and, where it says anything new, its record: both or none."""
    place = Place.of_folder(path.absolute().parent)
    record = assemble(path.name, result.notebook, [result.log], None, place, keep_sources)
    is_new = before is None or not same_but_times(before, record)
    save(path, result.notebook, record if result.recorded and is_new else None)


def _failures(result: Rerun) -> list[tuple[int, str]]:
    """Cells that did not end well, where the notebook does not say that they may."""
    found: dict[int, Any] = dict(result.failures)
    for index, cell in enumerate(result.notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and "raises-exception" not in tags_of(cell):
                found.setdefault(index, f"{output.ename}: {output.evalue}"[:200])
    return sorted(found.items())
