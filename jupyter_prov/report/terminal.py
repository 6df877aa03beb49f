"""The report for a person at a terminal: the verdict at a glance, then what differs and why.

Cells are counted from 1 here, as in JupyterLab's status bar and the panel; the JSON counts from 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from jupyter_prov.record.cause import Cause
from jupyter_prov.report.model import BAD, EQUIVALENT, REPRODUCED, UNRECORDED, CellReport, NotebookReport
from jupyter_prov.report.terminal_lines import put, styled

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


_MOST_ORDERED = 40


def show(report: NotebookReport, console: Console, noise: bool = False) -> None:
    """Print a report, with an example of each noise where asked; what a notebook printed is shown as plain text."""
    put(console, _headline(report))
    for number, line in enumerate(_facts(report)):
        put(console, styled(line, "yellow" if number else "dim"), indent=2)
    told: dict[tuple[Cause, ...], int] = {}
    for cell in report.cells:
        if cell.verdict in BAD or cell.verdict == EQUIVALENT:
            _show_cell(cell, told, console)
            if noise:
                _show_noise(cell, console)
    for text in report.blind_spots:
        put(console, text, Text("! ", "yellow"), indent=2)


def _headline(report: NotebookReport) -> Text:
    good = report.verdict == REPRODUCED
    told = " reproduced" if good else " did not reproduce"
    if report.cells and report.counts[UNRECORDED] == len(report.cells):
        told = " has no stored outputs to compare with"
    line = Text("✓ " if good else "✗ ", "bold green" if good else "bold red")
    line.append(styled(report.notebook, "bold"))
    line.append(told, "bold green" if good else "bold red")
    counts = [f"{count} {verdict}" for verdict, count in report.counts.items() if count]
    line.append(f": {', '.join(counts)}" if counts else ": it has no code cells")
    return line


def _facts(report: NotebookReport) -> Iterator[str]:
    environment = report.environment
    where = "the current environment" if environment["source"] == "current" else f"environment: {environment['source']}"
    runs = "1 run" if report.runs == 1 else f"{report.runs} runs"
    yield f"Python {environment['python']}, {environment['packages']} packages, {where}; {runs}, {report.seconds:.1f} s"
    if report.order:
        ran = ", ".join("(gone)" if index is None else str(index + 1) for index in report.order[:_MOST_ORDERED])
        yield f"cells were run in the order {ran}{' …' if len(report.order) > _MOST_ORDERED else ''}"
    for status in ("changed", "missing"):
        if paths := [one["path"] for one in report.inputs if one["status"] == status]:
            yield f"inputs {status}: {_some(paths)}"
    for status in ("changed", "missing"):
        if paths := [one["path"] for one in report.outputs if one["status"] == status]:
            yield f"written files {status}: {_some(paths)} (told, not counted)"
    if environment["changed"]:
        yield f"packages changed: {_some(environment['changed'])}"
    if environment["missing"]:
        yield f"packages missing: {_some(environment['missing'])}"


def _some(items: list[str], most: int = 4) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def _show_cell(cell: CellReport, told: dict[tuple[Cause, ...], int], console: Console) -> None:
    """A cell that differs, or is not quite the same; causes that were `told` for a cell above are not repeated."""
    head = Text(f"{_MARKS[cell.verdict]} ", _STYLES[cell.verdict])
    head.append(f"cell {cell.index + 1}", "bold")
    head.append(f" {cell.verdict}", _STYLES[cell.verdict])
    if cell.verdict == EQUIVALENT:
        noise = sorted({name for output in cell.outputs for name in output.noise})
        head.append(f" (only noise: {', '.join(noise)})", "dim")
    elif cell.volatile:
        head.append(styled(f" (volatile{f', {cell.reason}' if cell.reason else ''}: it does not count)", "dim"))
    if cell.accepted:
        head.append(" (accepted: the new outputs are stored)", "cyan")
    put(console, head, indent=2)
    for text in _details(cell):
        put(console, text, indent=6)
    if cell.verdict != EQUIVALENT:
        first = told.setdefault(tuple(cell.causes), cell.index)
        if cell.causes and first != cell.index:
            put(console, styled(f"for the same cause as cell {first + 1}", "yellow"), indent=6)
        else:
            for cause in cell.causes:
                _show_cause(cause, cell, console)


def _show_noise(cell: CellReport, console: Console) -> None:
    """For each noise of a cell what it hid, as it was recorded and as it is now."""
    for one in dict.fromkeys(one for output in cell.outputs for one in output.hidden):
        label = Text(f"{one.noise} ", "dim")
        put(console, f"{_visible(one.recorded)} ~ {_visible(one.rerun)}", label, indent=6)


def _visible(text: str) -> str:
    """A text on one line, in which blanks at its end and the ends of lines are seen."""
    return ascii(text) if text != text.strip() or "\n" in text or not text else text


def _details(cell: CellReport) -> Iterator[str]:
    if cell.failure:
        yield cell.failure
    for output in cell.outputs:
        if output.summary:  # also of one that means the same, where another representation of it differs
            yield output.summary


def _show_cause(cause: Cause, cell: CellReport, console: Console) -> None:
    """The kind of a cause, what it is and where it came in, and under it what removes it."""
    where = "" if cause.cell is None or cause.cell == cell.index else f"cell {cause.cell + 1}"
    if cause.line is not None and cause.cell is not None:
        where = f"cell {cause.cell + 1}, line {cause.line}"
    told = styled(cause.explanation)
    told.append(f" ({'; '.join(part for part in (where, cause.confidence) if part)})", "dim")
    label = Text(f"{cause.kind} ", "bold yellow")
    put(console, told, label, indent=6)
    put(console, styled(str(cause.advice), "cyan"), Text("→ ", "cyan"), indent=6 + label.cell_len)
