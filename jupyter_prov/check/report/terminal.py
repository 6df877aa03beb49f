"""The report for a person at a terminal: the verdict at a glance, then what differs and why."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jupyter_prov.check.compare.base import EQUIVALENT, IDENTICAL
from jupyter_prov.check.report.model import BAD, REPRODUCED, CellReport, NotebookReport
from jupyter_prov.record.cause import Cause

_STYLES = {
    "identical": "green",
    "equivalent": "green",
    "differs": "red",
    "failed": "red",
    "unrecorded": "yellow",
    "skipped": "dim",
}
_MARKS = {
    "identical": "✓",
    "equivalent": "✓",
    "differs": "✗",
    "failed": "✗",
    "unrecorded": "?",
    "skipped": "-",
}


def show(report: NotebookReport, console: Console) -> None:
    """Print a report; whatever a notebook printed is shown as plain text."""
    console.print(_headline(report))
    console.print(_facts(report))
    for cell in report.cells:
        if cell.verdict in BAD or cell.verdict == EQUIVALENT:
            console.print(Padding(_cell(cell), (0, 0, 0, 2)))
    for text in report.blind_spots:
        console.print(_line("! ", "yellow", text))


def _headline(report: NotebookReport) -> Text:
    good = report.verdict == REPRODUCED
    line = Text()
    line.append("✓ " if good else "✗ ", "bold green" if good else "bold red")
    line.append(report.notebook, "bold")
    line.append(" reproduced" if good else " did not reproduce", "bold green" if good else "bold red")
    counts = [f"{count} {verdict}" for verdict, count in report.counts.items() if count]
    line.append(f": {', '.join(counts)}" if counts else ": it has no code cells")
    return line


def _facts(report: NotebookReport) -> Group:
    environment = report.environment
    where = "the current environment" if environment["source"] == "current" else f"environment: {environment['source']}"
    lines = [f"Python {environment['python']}, {environment['packages']} packages, {where}; {report.seconds:.1f} s"]
    for status in ("changed", "missing", "new"):
        paths = [one["path"] for one in report.inputs if one["status"] == status]
        if paths and status != "new":
            lines.append(f"inputs {status}: {_some(paths)}")
    if environment["changed"]:
        lines.append(f"packages changed: {_some(environment['changed'])}")
    if environment["missing"]:
        lines.append(f"packages missing: {_some(environment['missing'])}")
    return Group(*(Padding(Text(line, "dim" if i == 0 else "yellow"), (0, 0, 0, 2)) for i, line in enumerate(lines)))


def _some(items: list[str], most: int = 4) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def _cell(cell: CellReport) -> RenderableType:
    head = Text()
    head.append(f"{_MARKS[cell.verdict]} ", _STYLES[cell.verdict])
    head.append(f"cell {cell.index}", "bold")
    head.append(f" {cell.verdict}", _STYLES[cell.verdict])
    if cell.verdict == EQUIVALENT:
        noise = sorted({name for output in cell.outputs for name in output.noise})
        head.append(f" (only noise: {', '.join(noise)})", "dim")
        return head
    if cell.volatile:
        head.append(" (tagged prov-volatile: it does not count)", "dim")
    return Group(head, *(Padding(part, (0, 0, 0, 4)) for part in _details(cell)))


def _details(cell: CellReport) -> Iterator[RenderableType]:
    if cell.failure:
        yield Text(cell.failure)
    for output in cell.outputs:
        if output.verdict not in (IDENTICAL, EQUIVALENT):
            yield Text(output.summary)
    for cause in cell.causes:
        yield _cause(cause, cell)


def _cause(cause: Cause, cell: CellReport) -> Table:
    """`because`, the kind and where it came in, and under it what removes it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    where = "" if cause.cell is None or cause.cell == cell.index else f"cell {cause.cell}"
    if cause.line is not None and cause.cell is not None:
        where = f"cell {cause.cell}, line {cause.line}"
    told = Text(cause.explanation)
    told.append(f" ({'; '.join(part for part in (where, cause.confidence) if part)})", "dim")
    table.add_row(Text(cause.kind, "bold yellow"), told)
    table.add_row("", Text(f"→ {cause.advice}", "cyan"))
    return table


def _line(mark: str, style: str, text: str) -> Table:
    table = Table.grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(f"  {mark}", style), Text(text))
    return table
