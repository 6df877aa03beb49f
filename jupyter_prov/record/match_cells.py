"""Which cells of a notebook executions and records speak of: by id, else by source and order.

Ids are not always there or to be trusted: formats before 4.5 have none, nbstripout numbers them anew, and a notebook
that is rebuilt from a text file gets others.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_prov.record import digests
from jupyter_prov.record.model import Execution, Record

_NUMBERED = re.compile(r"\D*(\d{1,6})")


@dataclass(frozen=True)
class Cell:
    """A cell as the notebook shows it now; `source` is the CRC-32 of a code cell's source in UTF-8."""

    id: str
    source: int | None


@dataclass(frozen=True)
class Shown:
    """A code cell of a saved notebook, as far as it says which executions are its own."""

    id: str
    source: str
    """The digest of its source; '' where that is not known."""
    count: int | None
    """The execution count that it shows."""
    is_numbered: bool
    """Whether its id says only where it stands, as ids do that a tool has numbered."""


@dataclass
class Trace:
    """What is known of one cell from its executions: their sources and counts, the one that counts most last."""

    id: str
    runs: list[tuple[str, int | None]] = field(default_factory=list)


def with_ids(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's parsed JSON, in which cells without an id (formats before 4.5) have the one that a check uses."""
    cells = [cell if cell.get("id") else {**cell, "id": f"cell-{i}"} for i, cell in enumerate(notebook["cells"])]
    return {**notebook, "cells": cells}


def outline(notebook: Mapping[str, Any]) -> list[Shown]:
    """The code cells of a notebook, whose parsed JSON it is, in their order."""
    return [
        Shown(str(cell["id"]), digests.of_text(source_of(cell)), _count(cell), is_numbered(str(cell["id"]), index))
        for index, cell in enumerate(with_ids(notebook)["cells"])
        if _is_code(cell)
    ]


def is_numbered(name: str, index: int) -> bool:
    """Whether an id is no more than the place of its cell, counted from 0 or 1."""
    number = _NUMBERED.fullmatch(name)
    return number is not None and int(number[1]) in (index, index + 1)


def source_of(cell: Mapping[str, Any]) -> str:
    """A cell's source, which nbformat may keep as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def paired(cells: Sequence[Shown], traces: Sequence[Trace], surely: bool = False) -> dict[str, str]:
    """The id in the notebook of each traced cell that is found there, by its id in the trace.

    An id that a tool has numbered counts only beside the same source, or where nothing else is left. With `surely`,
    what has another id is found only where the notebook shows the count of an execution of the same source.
    """
    pairing = _Pairing(cells, traces)
    pairing.pair(_ids, lambda cell, trace: not cell.is_numbered or _has(trace, cell.source))
    pairing.pair(_sources_and_counts, lambda cell, trace: cell.count is not None)
    if surely:
        return pairing.found
    pairing.pair(_last_sources)
    pairing.pair(_all_sources)
    pairing.pair(_ids)
    return pairing.found


_Keys = Callable[[Shown | Trace], Iterable[Any]]


class _Pairing:
    """Cells and traces that are still without each other, and those that are found."""

    def __init__(self, cells: Sequence[Shown], traces: Sequence[Trace]) -> None:
        self.found: dict[str, str] = {}
        self._cells, self._traces = list(cells), list(traces)

    def pair(self, keys: _Keys, fits: Callable[[Shown, Trace], bool] = lambda cell, trace: True) -> None:
        """Pair those that have a key in common, in their order, and fit."""
        waiting: dict[Any, list[Trace]] = {}
        for trace in self._traces:
            for key in keys(trace):
                waiting.setdefault(key, []).append(trace)
        left = []
        for cell in self._cells:
            same = (one for key in keys(cell) for one in waiting.get(key, ()))
            fitting = next((one for one in same if one.id not in self.found and fits(cell, one)), None)
            if fitting is None:
                left.append(cell)
            else:
                self.found[fitting.id] = cell.id
        self._cells = left
        self._traces = [trace for trace in self._traces if trace.id not in self.found]


def _has(trace: Trace, source: str) -> bool:
    return any(ran == source for ran, _ in trace.runs)


def _ids(one: Shown | Trace) -> Iterable[Any]:
    return (one.id,)


def _sources_and_counts(one: Shown | Trace) -> Iterable[Any]:
    return ((one.source, one.count),) if isinstance(one, Shown) else dict.fromkeys(one.runs)


def _last_sources(one: Shown | Trace) -> Iterable[Any]:
    return (one.source,) if isinstance(one, Shown) else (source for source, _ in one.runs[-1:])


def _all_sources(one: Shown | Trace) -> Iterable[Any]:
    return (one.source,) if isinstance(one, Shown) else dict.fromkeys(source for source, _ in one.runs)


def traces_of(executions: Iterable[Execution]) -> dict[str, Trace]:
    """The traces of all cells that these executions name, in the order in which they ran first."""
    traces: dict[str, Trace] = {}
    for run in executions:
        if run.cell:
            traces.setdefault(run.cell, Trace(run.cell)).runs.append((run.source, run.count))
    return traces


def aligned(record: Record, notebook: Mapping[str, Any]) -> Record:
    """The record with the ids that its cells have in this notebook, which may have given them others since."""
    traces = traces_of(execution for _, execution in record.executions())
    for state in record.cells:
        trace = traces.setdefault(state.id, Trace(state.id))
        if origin := record.origin(state.id):
            trace.runs.append((origin[1].source, origin[1].count))
    states = {state.id for state in record.cells}
    cells = outline(notebook)
    found = paired(cells, [trace for trace in traces.values() if trace.id in states])
    taken = set(found.values())
    others = [trace for trace in traces.values() if trace.id not in states]
    found |= paired([cell for cell in cells if cell.id not in taken], others)
    ids = {cell.id for cell in cells}
    new = {name: found.get(name, f"{name} (deleted)" if name in ids else name) for name in traces}
    if all(old == name for old, name in new.items()):
        return record
    return _renamed(record, new)


def _renamed(record: Record, new: Mapping[str, str]) -> Record:
    sessions = [
        replace(s, executions=[replace(e, cell=new[e.cell]) if e.cell else e for e in s.executions])
        for s in record.sessions
    ]
    cells = [replace(state, id=new[state.id]) for state in record.cells]
    return replace(record, cells=cells, sessions=sessions)


def is_of_another(record: Record, notebook: Mapping[str, Any]) -> bool:
    """Whether a record that is aligned with a notebook speaks of cells, and of none of that notebook."""
    ids = {cell.id for cell in outline(notebook)}
    known = {state.id for state in record.cells} | {run.cell for _, run in record.executions() if run.cell}
    return bool(known) and not known & ids


def shown(notebook: Mapping[str, Any]) -> list[Cell]:
    """The cells of a notebook as panel, magics and jobs compare them with what ran."""
    cells = notebook.get("cells", [])
    return [Cell(str(cell.get("id", "")), crc(source_of(cell)) if _is_code(cell) else None) for cell in cells]


def crc(source: str) -> int:
    """The CRC-32 of a source in UTF-8, as front ends make it too."""
    return zlib.crc32(source.encode("utf-8", "replace"))


def _is_code(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def _count(cell: Mapping[str, Any]) -> int | None:
    count = cell.get("execution_count")
    return count if isinstance(count, int) else None
