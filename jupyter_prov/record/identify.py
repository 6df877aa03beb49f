"""Which cells executions belong to whose front end does not tell: those of the saved notebook with their source."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_prov.record import digest
from jupyter_prov.record.reason import Cell
from jupyter_prov.record.sessionlog import SessionLog


def with_ids(notebook: Any) -> Any:
    """The notebook's parsed JSON, in which cells that have no id (formats before 4.5) have got the one a check uses."""
    for index, cell in enumerate(notebook.get("cells", ())):
        cell.setdefault("id", f"cell-{index}")
    return notebook


def identify(log: SessionLog, notebook: Mapping[str, Any]) -> None:
    """Give executions of no known cell the cell of the saved notebook that has their source.

    Of several such cells it is the one that shows the execution's number; where none does, it stays unknown. A cell
    that was once found is kept when its source is edited later.
    """
    cells: dict[str, list[Mapping[str, Any]]] = {}
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code" and cell.get("id"):
            cells.setdefault(digest.of_text(source_of(cell)), []).append(cell)
    for execution in log.executions:
        if execution.cell is None:
            execution.cell = _cell(cells.get(execution.source, ()), execution.count)
        if execution.cell is not None:
            log.latest[execution.cell] = execution


def source_of(cell: Mapping[str, Any]) -> str:
    """A cell's source, which nbformat may keep as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _cell(same: Sequence[Mapping[str, Any]], count: int | None) -> str | None:
    if len(same) > 1:
        same = [cell for cell in same if count is not None and cell.get("execution_count") == count]
    return str(same[0]["id"]) if len(same) == 1 else None


def shown(notebook: Mapping[str, Any]) -> list[Cell]:
    """The cells of a notebook as panel, magics and jobs compare them with what ran."""
    cells = notebook.get("cells", [])
    return [Cell(str(cell.get("id", "")), crc(source_of(cell)) if _is_code(cell) else None) for cell in cells]


def crc(source: str) -> int:
    """The CRC-32 of a source in UTF-8, as front ends make it too."""
    return zlib.crc32(source.encode("utf-8", "replace"))


def _is_code(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "code"
