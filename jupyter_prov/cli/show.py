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

    from jupyter_prov.check.notebook import read
    from jupyter_prov.record import files

    path = Path(options.notebook)
    if path.name.endswith(files.SUFFIX):
        beside, path = path, path.with_name(path.name[: -len(files.SUFFIX)] + ".ipynb")
    else:
        beside = path.with_name(files.record_path(path.name))
        if not path.exists():
            read(path)
    record = files.read(beside)
    cells = read(path).cells if path.exists() else []
    _show(record, cells, Console(highlight=False))
    return 0


def _show(record: Record, cells: list[Any], console: Console) -> None:
    from rich.text import Text

    places = {cell.get("id"): index for index, cell in enumerate(cells)}
    made = sum(state.id in places for state in record.cells)
    console.print(
        Text(record.notebook, "bold"),
        f"— {made} cells with outputs of known origin, {len(record.sessions)} sessions",
    )
    for session in record.sessions:
        _show_session(session, places, cells, console)


def _show_session(session: Session, places: dict[str, int], cells: list[Any], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from jupyter_prov.record import digest, summary

    texts = {digest.of_text(str(cell.source)): str(cell.source) for cell in cells if cell.cell_type == "code"}
    console.print(Text(f"\nSession {session.number}, started {session.started[:19].replace('T', ' ')} UTC", "bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("run", "cell", "seconds", "outcome", "source"):
        table.add_column(name, overflow="ellipsis", no_wrap=True, justify="right" if name == "seconds" else "left")
    for run in summary.runs(session, list(places), texts):
        seconds = "" if run.seconds is None else f"{run.seconds:.3f}"
        outcome = Text(run.outcome, "red" if run.outcome != "ok" else "")
        for mark in run.marks:
            outcome.append(f" {mark}", "yellow")
        label = str(places.get(run.cell or "", "-"))
        table.add_row(
            str(run.number),
            label,
            seconds,
            outcome,
            Text(run.source or "(text kept in the local journal only)", "dim"),
        )
    console.print(table)
    for section in summary.sections(session):
        console.print(Text(section.title, "bold"))
        if not section.rows:
            console.print(Text(f"  {section.empty}", "dim"))
        for row in section.rows:
            where = f"cell {places[row.cell]}" if row.cell in places else ""
            line = Text("  ")
            line.append("! " if row.level == summary.WARNING else "  ", "yellow")
            line.append(f"{where:9}" if where else "", "dim")
            line.append(row.text)
            line.append(f"  {row.detail}" if row.detail else "", "dim")
            console.print(line, soft_wrap=False)
