"""The verdict of each cell: its recorded outputs set against those of the re-run."""

from __future__ import annotations

import os
from typing import Any

from jupyter_prov.analysis.cell_source import SKIP, VOLATILE, exemption_of
from jupyter_prov.check import number_tolerance
from jupyter_prov.check.compare import compare_cell, widget
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.thread_use import reaches_threads
from jupyter_prov.check.read_notebook import is_runnable, tags_of, was_run
from jupyter_prov.check.rerun_plan import Rerun
from jupyter_prov.check.stage import Stage
from jupyter_prov.record import digests
from jupyter_prov.record.model import Record
from jupyter_prov.report.model import (
    DIFFERS,
    EQUIVALENT,
    FAILED,
    IDENTICAL,
    SKIPPED,
    UNRECORDED,
    CellReport,
    OutputComparison,
)

_SKIP_TAGS = frozenset({"prov-skip", "nbval-ignore-output", "nbval-skip"})
_ONLY_EQUALITY = (
    "Stored outputs were stripped, so those cells were judged by the digests in the record, which tell only whether "
    "outputs are equal."
)
_STRIPPED = "the stored outputs were stripped, so only equality could be judged: the outputs are not the recorded ones"


def judge(notebook: Any, record: Record | None, result: Rerun, stage: Stage, notes: list[str]) -> list[CellReport]:
    """A report for each code cell that has any source, without its causes; `notes` takes what is said of all."""
    paths = moved(stage)
    stripped = record is not None and not any(was_run(cell) for cell in notebook.cells)
    rtol = number_tolerance.of_project(stage.place.root)
    widgets = (widget.states(notebook), widget.states(result.notebook))
    cells = []
    sources: list[str] = []
    for index, cell in enumerate(notebook.cells):
        if not is_runnable(cell):
            continue
        told = CellReport(index, cell.get("id", ""), IDENTICAL)
        told.volatile, told.reason = _volatile(cell, record, result)
        again = result.notebook.cells[index]
        if record is not None and (stripped or _is_stripped(cell, record)):
            _judge_stripped(told, record, again, result)
            notes += [_ONLY_EQUALITY] if record.cell(told.id) else []
        elif not was_run(cell):
            _judge_unrecorded(told, result)
        else:
            rtol_here, threads = number_tolerance.of_cell(cell, rtol), reaches_threads(cell.source, sources)
            context = Context(cell.source, paths, rtol_here, threads, widgets, notes, tuple(sources))
            told.outputs = compare_cell(cell.outputs, again.outputs, context)
            _conclude(told, cell.outputs, again.outputs, result)
        if is_skipped(cell):
            told.verdict, told.outputs = SKIPPED, []
        cells.append(told)
        sources.append(cell.source)
    return cells


def is_skipped(cell: Any) -> bool:
    """Whether a tag or the magic `%%prov skip` says that a cell is run and not compared."""
    exemption = exemption_of(cell.source)
    return bool(tags_of(cell) & _SKIP_TAGS) or (exemption is not None and exemption.kind == SKIP)


def _volatile(cell: Any, record: Record | None, result: Rerun) -> tuple[bool, str]:
    """Whether a difference of a cell does not count, and why, if that is told.

    A tag says so, or `%%prov volatile` at its top, or a call of `prov.volatile` in the re-run, or in the recorded run
    where the re-run tells nothing.
    """
    exemption = exemption_of(cell.source)
    if exemption is not None and exemption.kind == VOLATILE:
        return True, exemption.reason
    origin = record.origin(cell.get("id", "")) if record else None
    ran = result.log.latest.get(cell.get("id", "")) if result.recorded else origin[1] if origin else None
    said = ran.evidence.get("declared", {}).get(VOLATILE) if ran else None
    if isinstance(said, str):
        return True, said
    return "prov-volatile" in tags_of(cell), ""


def moved(stage: Stage) -> tuple[tuple[str, str], ...]:
    """The stage's folders and the originals they stand for, the longest first."""
    pairs = {(str(stage.root), stage.place.root), (str(stage.folder), stage.place.folder)}
    home = os.path.expanduser("~")
    pairs |= {(old.replace(home, "~", 1), new.replace(home, "~", 1)) for old, new in pairs if old.startswith(home)}
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _conclude(told: CellReport, recorded: Any, rerun: Any, result: Rerun) -> None:
    """The verdict of a cell from those of its outputs, and from how the execution ended."""
    verdicts = {output.verdict for output in told.outputs}
    if told.index in result.failures:
        told.verdict, told.failure = FAILED, result.failures[told.index]
    elif _raised(rerun) and not _raised(recorded):
        told.verdict = FAILED
    else:
        told.verdict = next((v for v in (DIFFERS, EQUIVALENT) if v in verdicts), IDENTICAL)


def _judge_unrecorded(told: CellReport, result: Rerun) -> None:
    """There is nothing to compare; that the cell did not come to an end is told all the same."""
    told.verdict = UNRECORDED
    if told.index in result.failures:
        told.verdict, told.failure = FAILED, result.failures[told.index]


def _raised(outputs: Any) -> bool:
    return any(output.get("output_type") == "error" for output in outputs)


def _is_stripped(cell: Any, record: Record) -> bool:
    """Whether a cell holds nothing of the outputs that the record knows; strippers may spare its number, or others."""
    state = record.cell(cell.get("id"))
    return state is not None and not cell.get("outputs") and (bool(state.outputs) or not was_run(cell))


def _judge_stripped(told: CellReport, record: Record, again: Any, result: Rerun) -> None:
    """The verdict of a cell whose outputs are known by their digests alone."""
    state = record.cell(told.id)
    if state is None:
        _judge_unrecorded(told, result)
    elif told.index in result.failures:
        told.verdict, told.failure = FAILED, result.failures[told.index]
    elif digests.of_outputs(again.outputs, again.source) != state.outputs:
        told.verdict = DIFFERS
        told.outputs = [OutputComparison(0, "", DIFFERS, [], _STRIPPED)]
