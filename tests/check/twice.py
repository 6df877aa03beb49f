"""Notebooks that are really executed twice, each time in a kernel of its own, and what they showed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from jupyter_prov.check import environment
from jupyter_prov.check.compare import compare_cell, widget
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.thread_use import reaches_threads
from jupyter_prov.check.read_notebook import is_runnable
from jupyter_prov.check.rerun import rerun
from jupyter_prov.check.rerun_plan import RerunPlan
from jupyter_prov.report.model import OutputComparison

NEW = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def notebook_of(cells: Mapping[str, str]) -> Any:
    """A notebook of code cells by their ids."""
    made = [nbformat.v4.new_code_cell(source, id=cell) for cell, source in cells.items()]
    return nbformat.v4.new_notebook(metadata=NEW, cells=made)


def executed(notebook: Any, folder: Path, **variables: str | None) -> Any:
    """The notebook with the outputs of a run from top to bottom, gathered as a check gathers them."""
    plan = RerunPlan(
        copy.deepcopy(notebook), folder, "a.ipynb", environment.current(notebook), None, variables, timeout=120
    )
    return rerun(plan).notebook


def compared_cells(there: Any, here: Any, rtol: float = 1e-9) -> Iterator[tuple[str, list[OutputComparison]]]:
    """The comparisons of each code cell of two runs, with its id."""
    sources: list[str] = []
    for old, new in zip(there.cells, here.cells, strict=True):
        if is_runnable(old):
            threads = reaches_threads(old.source, sources)
            context = Context(old.source, (), rtol, threads, (widget.states(there), widget.states(here)))
            yield old.get("id", ""), compare_cell(old.outputs, new.outputs, context)
            sources.append(old.source)
