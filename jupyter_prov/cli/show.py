"""`jupyter prov show NB`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from jupyter_prov.record.model import Record, Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `show`."""
    parser.add_argument("notebook", metavar="NB", help="notebook (or its record) to tell about")


def run(options: argparse.Namespace) -> int:
    """Print the record that lies beside a notebook."""
    from rich.console import Console

    from jupyter_prov.check.read_notebook import read
    from jupyter_prov.record import record_file
    from jupyter_prov.record.match_cells import aligned

    path = Path(options.notebook)
    if path.name.endswith(record_file.SUFFIX):
        record = record_file.read(path)
        path = record_file.notebook_beside(path) or path.with_name(Path(record.notebook).stem + ".ipynb")
    else:
        beside = record_file.beside(path)
        if not path.exists():
            read(path)
        record = record_file.read(beside)
    cells = []
    if path.exists():
        notebook = read(path)
        record, cells = aligned(record, notebook), notebook.cells
    _show(record, cells, Console(highlight=False))
    return 0


def _show(record: Record, cells: list[Any], console: Console) -> None:
    from jupyter_prov.report.terminal_lines import put, styled

    places = {cell.get("id"): index for index, cell in enumerate(cells)}
    made = sum(state.id in places for state in record.cells)
    line = styled(record.notebook, "bold")
    line.append(
        f" — {_count(made, 'cell')} with outputs of known origin, {_count(len(record.sessions), 'session')}", "not bold"
    )
    put(console, line)
    for session in record.sessions:
        put(console, "")
        put(console, styled(f"Session {session.number}, started {session.started[:19].replace('T', ' ')} UTC", "bold"))
        _show_runs(session, places, cells, console)
        _show_sections(session, places, console)


def _number(places: dict[str, int], cell: str | None) -> str:
    """The number of a cell, counted from 1 as JupyterLab's status bar does."""
    return str(places[cell] + 1) if cell in places else "-"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _show_runs(session: Session, places: dict[str, int], cells: list[Any], console: Console) -> None:
    from jupyter_prov.diagnosis import summary
    from jupyter_prov.record import digests
    from jupyter_prov.report.terminal_lines import put, styled

    texts = {digests.of_text(str(cell.source)): str(cell.source) for cell in cells if cell.cell_type == "code"}
    put(console, styled("  run  cell   seconds  outcome  source", "dim"))
    for run in summary.runs(session, list(places), texts):
        line = styled(f"{run.number:5}  {_number(places, run.cell):>4}  ")
        line.append(f"{'' if run.seconds is None else f'{run.seconds:.3f}':>8}  ")
        line.append(f"{run.outcome:7}", "" if run.outcome == "ok" else "red")
        line.append("".join(f" {mark}" for mark in run.marks), "yellow")
        line.append("  ")
        line.append(styled(run.source or "(text kept in the local journal only)", "dim"))
        line.truncate(console.width, overflow="ellipsis")
        put(console, line)


def _show_sections(session: Session, places: dict[str, int], console: Console) -> None:
    from rich.text import Text

    from jupyter_prov.diagnosis import summary
    from jupyter_prov.diagnosis.summary_rows import WARNING
    from jupyter_prov.report.terminal_lines import put, styled

    for section in summary.sections(session):
        put(console, styled(section.title, "bold"))
        if not section.rows:
            put(console, styled(section.empty, "dim"), indent=2)
        for row in section.rows:
            label = Text("! " if row.level == WARNING else "  ", "yellow")
            if row.cell in places:
                label.append(f"{f'cell {_number(places, row.cell)}':8} ", "dim")
            line = styled(row.text)
            line.append(styled(f"  {row.detail}" if row.detail else "", "dim"))
            put(console, line, label, indent=2)
