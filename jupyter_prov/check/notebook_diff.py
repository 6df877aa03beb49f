"""Two versions of a notebook set against each other, without running anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.check import number_tolerance
from jupyter_prov.check.compare import compare_cell, widget
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.thread_use import reaches_threads
from jupyter_prov.check.read_notebook import is_runnable
from jupyter_prov.record.match_cells import Trace, outline, paired
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison

ADDED, REMOVED = "added", "removed"


@dataclass
class CellDiff:
    """One code cell of either version."""

    number: int
    """Counted from 1 in the newer version, or in the older one if it is only there."""
    verdict: str
    """As in a check, or `added` or `removed`."""
    edited: bool = False
    """Whether its source is another."""
    outputs: list[OutputComparison] = field(default_factory=list)

    @property
    def is_bad(self) -> bool:
        """Whether the two versions show something else here."""
        return self.verdict not in (IDENTICAL, EQUIVALENT)


def compared(older: Any, newer: Any, rtol: float, notes: list[str]) -> Iterator[CellDiff]:
    """The code cells of two notebooks, paired by their ids, else by their sources, else by their places.

    They are compared by the rules of a check, `rtol` being the project's tolerance. What is to be said of the
    comparing itself is added to `notes`.
    """
    widgets = (widget.states(older), widget.states(newer))
    sources: list[str] = []
    before, after = _cells(older), _cells(newer)
    pairs = _pairs(older, newer, before, after)
    before = {pairs.get(name, (name,)): cell for name, cell in before.items()}
    for name, (number, cell) in after.items():
        threads = reaches_threads(cell.source, sources)
        sources.append(cell.source)
        if name not in before:
            yield CellDiff(number, ADDED)
            continue
        other = before[name][1]
        context = Context(
            cell.source, (), number_tolerance.of_cell(cell, rtol), threads, widgets, notes, tuple(sources)
        )
        outputs = compare_cell(other.outputs, cell.outputs, context)
        verdicts = {output.verdict for output in outputs}
        verdict = next((v for v in (DIFFERS, EQUIVALENT) if v in verdicts), IDENTICAL)
        yield CellDiff(number, verdict, other.source != cell.source, outputs)
    yield from (CellDiff(number, REMOVED) for name, (number, _) in before.items() if name not in after)


def _cells(notebook: Any) -> dict[Any, tuple[int, Any]]:
    return {cell.id: (number, cell) for number, cell in enumerate(notebook.cells, 1) if is_runnable(cell)}


def _pairs(older: Any, newer: Any, before: Collection[str], after: Collection[str]) -> dict[str, str]:
    """The ids in the newer notebook of the cells of the older; without a common id, by their places at last."""
    traces = [Trace(cell.id, [(cell.source, cell.count)]) for cell in outline(older) if cell.id in before]
    pairs = paired([cell for cell in outline(newer) if cell.id in after], traces)
    if not any(name in after for name in before):
        left = [name for name in after if name not in pairs.values()]
        pairs |= zip([name for name in before if name not in pairs], left, strict=False)
    return pairs
