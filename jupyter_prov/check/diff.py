"""Two versions of a notebook set against each other, without running anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.check import tolerance
from jupyter_prov.check.compare import compare_cell, widget
from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, IDENTICAL, Context, OutputComparison
from jupyter_prov.check.compare.threads import reaches_threads
from jupyter_prov.check.notebook import is_runnable

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
    """The code cells of two notebooks, paired by their ids, or by their places where no id is the same.

    They are compared by the rules of a check, `rtol` being the project's tolerance. What is to be said of the
    comparing itself is added to `notes`.
    """
    widgets = (widget.states(older), widget.states(newer))
    sources: list[str] = []
    before, after = _cells(older), _cells(newer)
    if not before.keys() & after.keys():
        before, after = _by_place(before), _by_place(after)
    for name, (number, cell) in after.items():
        threads = reaches_threads(cell.source, sources)
        sources.append(cell.source)
        if name not in before:
            yield CellDiff(number, ADDED)
            continue
        other = before[name][1]
        context = Context(cell.source, (), tolerance.of_cell(cell, rtol), threads, widgets, notes)
        outputs = compare_cell(other.outputs, cell.outputs, context)
        verdicts = {output.verdict for output in outputs}
        verdict = next((v for v in (DIFFERS, EQUIVALENT) if v in verdicts), IDENTICAL)
        yield CellDiff(number, verdict, other.source != cell.source, outputs)
    yield from (CellDiff(number, REMOVED) for name, (number, _) in before.items() if name not in after)


def _cells(notebook: Any) -> dict[Any, tuple[int, Any]]:
    return {cell.id: (number, cell) for number, cell in enumerate(notebook.cells, 1) if is_runnable(cell)}


def _by_place(cells: dict[Any, tuple[int, Any]]) -> dict[Any, tuple[int, Any]]:
    return dict(enumerate(cells.values()))
