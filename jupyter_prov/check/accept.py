"""Accepting what a re-run showed: its outputs become the stored ones, and its record their record."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_prov.check.cell_verdicts import moved
from jupyter_prov.check.rerun_plan import Rerun
from jupyter_prov.check.stage import Stage
from jupyter_prov.record import obstacles, record_file, settings
from jupyter_prov.record.assemble import assemble, now
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.model import Record, to_json
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.report.model import BAD, CellReport


def accept(
    path: Path,
    notebook: Any,
    record: Record | None,
    result: Rerun,
    stage: Stage,
    cells: Sequence[CellReport],
    numbers: Sequence[int],
) -> None:
    """Store the re-run's outputs of the cells with these numbers, counted from 1; without any, of all that differ.

    Raises UsageError where there is no such cell, and where a cell did not end by itself.
    """
    wanted = _wanted(cells, numbers)
    accepted = copy.deepcopy(notebook)
    for cell in wanted:
        again = result.notebook.cells[cell.index]
        accepted.cells[cell.index].outputs = moved_back(again.outputs, stage)
        accepted.cells[cell.index].execution_count = again.execution_count
        cell.accepted = True
    if wanted:
        save(path, accepted, _record(path, accepted, record, result, stage, {cell.id for cell in wanted}))


def _wanted(cells: Sequence[CellReport], numbers: Sequence[int]) -> list[CellReport]:
    known = {cell.index + 1: cell for cell in cells}
    if unknown := [number for number in numbers if number not in known]:
        raise UsageError(f"There is no code cell {unknown[0]} whose outputs could be accepted.")
    wanted = [known[number] for number in numbers] if numbers else [cell for cell in cells if cell.verdict in BAD]
    if failed := [cell for cell in wanted if cell.failure]:
        raise UsageError(f"Cell {failed[0].index + 1} has no outputs to accept: {failed[0].failure}.")
    return wanted


def _record(
    path: Path, notebook: Any, before: Record | None, result: Rerun, stage: Stage, accepted: set[str]
) -> Record | None:
    """The record of the accepted outputs; what made the others stays what it was."""
    if not result.recorded:
        return None
    log = replace(
        result.log,
        executions=[e if e.cell in accepted else replace(e, count=None) for e in result.log.executions],
    )
    keep = settings.of_project(stage.place.root).keep_sources
    record = assemble(path.name, notebook, [log], before, Place(str(stage.folder), str(stage.root)), keep)
    moment = now()
    for state in record.cells:
        if state.id in accepted:
            state.accepted = moment
    return record


def moved_back(value: Any, stage: Stage) -> Any:
    """Outputs with the original's paths in the place of the stage's."""
    if isinstance(value, str):
        for there, original in moved(stage):
            value = value.replace(there, original)
        return value
    if isinstance(value, list):
        return [moved_back(part, stage) for part in value]
    if isinstance(value, dict):
        return type(value)({key: moved_back(part, stage) for key, part in value.items()})
    return value


def save(path: Path, notebook: Any, record: Record | None) -> None:
    """Write a notebook and its record, both or none; raises UsageError."""
    import nbformat

    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        notebook.nbformat_minor = 5  # the first format whose cells have ids
    texts = {path: nbformat.writes(notebook) + "\n"}
    try:
        if record is not None:
            beside = record_file.beside(path)
            record_file.replaceable(beside, path.name)
            texts[beside] = record_file.dumps(to_json(record))
        record_file.replace_all(texts)
    except UnreadableRecord as error:
        raise UsageError(f"{path} is not saved. {obstacles.occupied(path.name, error)}") from None
    except OSError as error:
        raise UsageError(f"{path} could not be saved: {error.strerror or error}.") from None
