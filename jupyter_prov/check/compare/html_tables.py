"""Tables of HTML as grids: which cell differs, by the names of its row and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import Context, changed, shortened
from jupyter_prov.report.model import DIFFERS

_MOST_TABLES = 30
_MOST_SPAN = 500
_MOST_MORE = 4_000
"""How many cells more than a table has its spans may make of it, beside one more for each."""


@dataclass(frozen=True)
class Table:
    """The text of each cell; what spans several stands in each of them."""

    rows: list[list[str]]
    heads: int
    """How many rows at the top are headers."""
    labels: int
    """How many columns at the left name the rows."""

    def column(self, number: int) -> str:
        """The name of a column: its headers from top to bottom."""
        return _joined(row[number] for row in self.rows[: self.heads] if number < len(row))

    def row(self, number: int) -> str:
        """The name of a row, the number of one that has none."""
        return _joined(self.rows[number][: self.labels]) or str(number)


def difference(there: Any, here: Any, context: Context, more: int = 0, cut: bool = False) -> str:
    """`row 3, column acc: 0.81 → 0.79` for the first table that differs, where both have as many tables.

    So many cells more are known to differ than stand in the trees, or at least so many.
    """
    old, new = list(there.iter("table")), list(here.iter("table"))
    if len(old) != len(new) or len(old) > _MOST_TABLES:
        return ""
    found = (
        (number, _between(read(a), read(b), context, more, cut))
        for number, (a, b) in enumerate(zip(old, new, strict=True), 1)
    )
    number, told = next((pair for pair in found if pair[1]), (0, ""))
    return f"table {number}, {told}" if told and len(old) > 1 else told


def _between(old: Table, new: Table, context: Context, known: int, cut: bool) -> str:
    if len(old.rows) != len(new.rows):
        return f"{len(old.rows):,} → {len(new.rows):,} rows"
    if [len(row) for row in old.rows] != [len(row) for row in new.rows]:
        return _of_widths(old, new)
    places = [
        (r, c)
        for r, row in enumerate(old.rows)
        if row != new.rows[r]
        for c, cell in enumerate(row)
        if cell != new.rows[r][c] and text.compare_in_table(cell, new.rows[r][c], context).verdict == DIFFERS
    ]
    if not places:
        return ""
    row, column = places[0]
    name = old.column(column) if row >= old.heads else ""
    label = old.row(row) if column >= old.labels and row >= old.heads else str(row)
    where = f"row {shortened(label, 30)}, column {shortened(name or str(column + 1), 30)}"
    others = len(places) + known - 1
    more = f" and {'at least ' if cut else ''}{others:,} more" if others else ""
    return f"{where}: {changed(old.rows[row][column], new.rows[row][column])}{more}"


def _of_widths(old: Table, new: Table) -> str:
    one, other = (max(map(len, table.rows), default=0) for table in (old, new))
    if one == other:
        return "a row has another number of cells"
    names, others = ({table.column(i) for i in range(n)} for table, n in ((old, one), (new, other)))
    single = sorted((names ^ others) - {""})
    side = "the record" if single and single[0] in names else "the re-run"
    return f"{one:,} → {other:,} columns" + (f": {shortened(single[0], 30)} is only in {side}" if single else "")


def read(table: Any) -> Table:
    """The grid of a `table` element."""
    lines = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    heads = next((i for i, line in enumerate(lines) if any(cell.tag == "td" for cell in line)), 1)
    if table.find("thead") is not None:
        heads = len(list(table.find("thead").iter("tr")))
    first = next((line for line in lines[heads:] if any(cell.tag == "td" for cell in line)), [])
    labels = _leading(first) if first else 0
    return Table(list(_grid(lines)), heads, labels)


def _leading(line: list[Any]) -> int:
    """How many cells of a row are headers before its first value, at least the first."""
    count = next((i for i, cell in enumerate(line) if cell.tag == "td"), len(line))
    return sum(_span(cell, "colspan") for cell in line[:count]) or 1


def _grid(lines: list[list[Any]]) -> Iterator[list[str]]:
    """Every row with what reaches into it from the rows above."""
    above: dict[int, tuple[int, str]] = {}
    room = _MOST_MORE
    for line in lines:
        row: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        room += 2 * len(line)
        for cell in line:
            _carry(row, above, below)
            shown, down = _words(cell), _span(cell, "rowspan")
            for _ in range(min(_span(cell, "colspan"), max(room - len(row), 1))):
                _put(row, below, down, shown)
        _carry(row, above, below)
        room -= len(row)
        above = below if room > 0 else {}
        yield row


def _carry(row: list[str], above: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]) -> None:
    while len(row) in above:
        _put(row, below, *above[len(row)])


def _put(row: list[str], below: dict[int, tuple[int, str]], down: int, shown: str) -> None:
    if down > 1:
        below[len(row)] = (down - 1, shown)
    row.append(shown)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), _MOST_SPAN) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _words(cell: Any) -> str:
    return " ".join("".join(cell.itertext()).split())


def _joined(names: Any) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))
