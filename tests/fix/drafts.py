"""Drafts of notebooks, and scenes with causes in them, as an edit gets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.record import digests
from jupyter_prov.record.cause import PROVEN, Advice, Cause
from jupyter_prov.record.model import CellState, Execution, Record, Session
from jupyter_prov.report.model import CellReport

NOW = 1_763_744_811_123_456_000
"""A Friday in November 2025, in nanoseconds since the epoch."""


def draft(*sources: str) -> Draft:
    """A draft with cells `c0`, `c1` …"""
    cells = [nbformat.v4.new_code_cell(text, id=f"c{number}") for number, text in enumerate(sources)]
    return Draft.of(nbformat.v4.new_notebook(cells=cells))


def sources(made: Draft) -> list[str]:
    return [cell.source for cell in made.notebook.cells]


def cause(kind: str, subject: str = "", cell: int = 0, line: int | None = 1) -> Cause:
    return Cause(kind, cell, line, PROVEN, "told", Advice("Do it."), subject)


def scene(made: Draft, *causes: Cause, bad: int = -1, evidence: Mapping[int, Mapping[str, Any]] | None = None) -> Scene:
    """Every cell was run once, from top to bottom; the last one differs for these causes."""
    runs = [
        Execution(number, cell.id, number, digests.of_text(cell.source), "", outcome="ok",
                  evidence=dict((evidence or {}).get(number - 1, {})))
        for number, cell in enumerate(made.notebook.cells, 1)
    ]  # fmt: skip
    states = [CellState(run.cell or "", 1, run.number) for run in runs]
    index = range(len(runs))[bad]
    report = [CellReport(index, f"c{index}", "differs", causes=list(causes))]
    record = Record("a.ipynb", states, [Session(1, "", executions=runs)])
    return Scene(made, record, made.copy().notebook, report)
