"""Which executions of a session are of one notebook's cells, where others share its kernel: consoles, notebooks.

An execution belongs to the notebook whose cell it is: by the cell's id, else by its source. Where several notebooks
have that cell (copies), it is the one that shows what the execution made. All others are executions of the session, of
no cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jupyter_prov.record.match_cells import Shown, Trace, outline, paired, traces_of
from jupyter_prov.record.model import Execution
from jupyter_prov.record.sessionlog import SessionLog


def belonging(
    log: SessionLog,
    notebook: Mapping[str, Any] | Sequence[Shown],
    others: Collection[Sequence[Shown]] = (),
    alone: bool = True,
) -> SessionLog:
    """The session as it is now, its executions with the ids that their cells have in this notebook, or with none.

    `others` are the other notebooks that use the kernel, and `alone` says that no console does either, so that cells
    unknown to the notebook are its deleted ones. What is found of executions that came without any id is noted in `log`
    too, so that it is kept when the source is edited later.
    """
    cells = outline(notebook) if isinstance(notebook, Mapping) else notebook
    taken = log.snapshot()
    owners = _Owners(log, cells, others, alone)
    for execution, original in zip(taken.executions, log.executions, strict=True):
        execution.cell = owners.cell_of(original)
        if original.cell is None and execution.cell in owners.lasting:
            original.cell = execution.cell
    taken.latest = {execution.cell: execution for execution in taken.executions if execution.cell}
    return taken


def made(log: SessionLog, cells: Sequence[Shown]) -> bool:
    """Whether a session has surely made what one of these cells shows."""
    shown = {(cell.id, cell.source, cell.count) for cell in cells}
    return any((run.cell, run.source, run.count) in shown for run in log.executions)


class _Owners:
    """Knows the cells of a notebook that executions are of."""

    def __init__(
        self, log: SessionLog, cells: Sequence[Shown], others: Collection[Sequence[Shown]], alone: bool
    ) -> None:
        self._cells = {cell.id: cell for cell in cells}
        self._others = [{cell.id: cell for cell in other} for other in others]
        self._shared = bool(others) or not alone
        self._clients = log.clients
        self.lasting = {cell.id for cell in cells if not cell.is_numbered}
        """The ids that stay what they are."""
        ran = {execution.cell for execution in log.executions if execution.cell}
        self._gives_ids = bool(self.lasting & ran)
        """Whether the notebook's front end names cells by the ids that are in the file."""
        self._pairs = self._paired(log)
        self._by_source: dict[str, list[Shown]] = {}
        for cell in cells:
            self._by_source.setdefault(cell.source, []).append(cell)
        self._mine = self._votes(log.executions, self._cells)
        self._theirs = [self._votes(log.executions, other) for other in self._others]
        self._several = len(set(self._clients.values())) > 1

    def _paired(self, log: SessionLog) -> dict[str, str]:
        """The cells here of those that executions name: by id above all where the front end and the file agree."""
        foreign = set[str]().union(*self._others) - self._cells.keys()
        traces = [trace for trace in traces_of(log.executions).values() if trace.id not in foreign]
        pairs = paired(list(self._cells.values()), traces, surely=self._gives_ids)
        return pairs if self._gives_ids else pairs | self._counted(pairs, traces)

    def _counted(self, pairs: Mapping[str, str], traces: Sequence[Trace]) -> dict[str, str]:
        """Cells that were edited after they ran, where nothing but their counts tells which those are."""
        sources = {cell.source for cell in self._cells.values()}
        taken = set(pairs.values())
        left = {c.count: c.id for c in self._cells.values() if c.id not in taken and c.count is not None}
        found: dict[str, str] = {}
        for trace in traces:
            source, count = trace.runs[-1]
            if trace.id not in pairs and source not in sources and count in left:
                found[trace.id] = left.pop(count)
        return found

    def _votes(self, executions: Sequence[Execution], cells: Mapping[str, Shown]) -> Counter[str]:
        """How much each client has run that is surely of a notebook."""
        counts = {(cell.source, cell.count) for cell in cells.values()}
        only = cells.keys() - set[str]().union(*(one for one in (self._cells, *self._others) if one is not cells))
        return Counter(
            self._clients[run.number]
            for run in executions
            if run.number in self._clients and (run.cell in only or (run.source, run.count) in counts)
        )

    def _is_ours(self, run: Execution) -> bool:
        """Whether the client that ran this is known to be this notebook's."""
        client = self._clients.get(run.number, "")
        return self._mine[client] > max((votes[client] for votes in self._theirs), default=0)

    def cell_of(self, run: Execution) -> str | None:
        """The cell of this notebook that an execution is of, or None."""
        if run.cell is None:
            return self._cell_of_source(run)
        name = self._pairs.get(run.cell)
        if name is not None:
            rivals = [other for other in self._others if self._is_rival(other, run)]
            return name if not rivals or self._wins(name, run, rivals) else None
        if any(run.cell in other for other in self._others):
            return None
        return self._deleted(run.cell) if self._is_ours(run) or not self._shared else None

    def _deleted(self, name: str) -> str:
        """A name for a cell that is gone, which is no other's here."""
        return f"{name} (deleted)" if name in self._cells else name

    def _is_rival(self, other: Mapping[str, Shown], run: Execution) -> bool:
        """Whether another notebook has this cell as well."""
        return run.cell in other or (not self._gives_ids and run.source in {cell.source for cell in other.values()})

    def _wins(self, name: str, run: Execution, rivals: Sequence[Mapping[str, Shown]]) -> bool:
        """Whether this notebook is the one that shows what the execution made, or whose client ran it."""
        here = self._cells[name].count == run.count
        there = any(cell.count == run.count and cell.source == run.source for o in rivals for cell in o.values())
        return here or (not there and self._is_ours(run))

    def _cell_of_source(self, run: Execution) -> str | None:
        """The cell with the source of an execution that came without an id.

        Of several such cells it is the one that shows the execution's count.
        """
        same = self._by_source.get(run.source, [])
        showing = [cell for cell in same if run.count is not None and cell.count == run.count]
        if len(showing) == 1:
            return showing[0].id
        stranger = self._gives_ids or self._shared or (self._several and not self._is_ours(run))
        return None if stranger or len(same) != 1 else same[0].id
