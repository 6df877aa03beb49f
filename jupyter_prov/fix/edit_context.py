"""What an edit is made from: the draft, the causes that are left in it, and what was recorded of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.source_edits import Source
from jupyter_prov.record.cause import Cause
from jupyter_prov.record.evidence import ClockRead, DrawEvidence
from jupyter_prov.record.model import Execution, Record
from jupyter_prov.report.model import CellReport


@dataclass
class Scene:
    """A draft that does not agree with itself yet."""

    draft: Draft
    record: Record
    """What is known of the executions: the recorded ones at first, then those of the draft's own re-run."""
    notebook: Any
    """The notebook that the report speaks of; its indices need not be those of the draft."""
    report: list[CellReport]

    @property
    def bad(self) -> list[CellReport]:
        """The cells that keep the notebook from reproducing."""
        return [cell for cell in self.report if cell.is_bad]

    def causes(self, kind: str) -> list[Cause]:
        """The causes of one kind, each once."""
        return list(dict.fromkeys(cause for cell in self.bad for cause in cell.causes if cause.kind == kind))

    def id_of(self, cause: Cause) -> str:
        """The id of the cell that a cause comes from; '' where it is in no cell."""
        return str(self.notebook.cells[cause.cell].id) if cause.cell is not None else ""

    def root(self, cause: Cause) -> tuple[Any, Source] | None:
        """The cell that a cause comes from, if it is in the draft and is Python."""
        name = self.id_of(cause)
        return next(((cell, source) for cell, source in self.draft.cells() if cell.id == name), None)

    def executions(self, cell: Any) -> Iterator[Execution]:
        """The executions of a cell of the draft."""
        name = self.draft.made_of.get(cell.id, cell.id)
        for _, execution in self.record.executions():
            if execution.cell in (cell.id, name):
                yield execution

    def draws(self, cell: Any) -> list[DrawEvidence]:
        """The draws of all executions of a cell, with the lines of the draft."""
        runs = self.executions(cell)
        noted = [draw.copy() for run in runs for draw in run.evidence.get("random", {}).get("draws", ())]
        for draw in noted:
            if line := draw.get("line"):
                draw["line"] = self.draft.line(cell.id, line)
        return noted

    def clock_reads(self, cell: Any) -> list[ClockRead]:
        """The reads of clocks by all executions of a cell, with the lines of the draft."""
        runs = self.executions(cell)
        noted = [read.copy() for run in runs for read in run.evidence.get("clock", {}).get("reads", ())]
        for read in noted:
            if line := read.get("line"):
                read["line"] = self.draft.line(cell.id, line)
        return noted

    def line(self, cause: Cause) -> int | None:
        """The line of the draft that a cause comes from."""
        return self.draft.line(self.id_of(cause), cause.line) if cause.line else None

    def showing(self, kind: str) -> Iterable[CellReport]:
        """The cells that differ for a cause of this kind."""
        return [cell for cell in self.bad if any(cause.kind == kind for cause in cell.causes)]
