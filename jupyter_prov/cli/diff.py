"""`jupyter prov diff A B`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_prov.record.errors import UsageError

if TYPE_CHECKING:
    from jupyter_prov.check.notebook_diff import CellDiff


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `diff`."""
    parser.add_argument(
        "versions",
        nargs="+",
        metavar="VERSION",
        help="two notebooks; or a revision of git and a notebook; or two revisions and a notebook",
    )
    parser.epilog = (
        "Examples: jupyter prov diff old.ipynb new.ipynb; jupyter prov diff HEAD~1 analysis.ipynb. Nothing is run. "
        "Exit codes: 0 the outputs mean the same; 1 they differ; 2 wrong use or unreadable input."
    )


def run(options: argparse.Namespace) -> int:
    """Compare two versions; gives 1 if they show something else."""
    from rich.console import Console
    from rich.text import Text

    from jupyter_prov import api
    from jupyter_prov.report.terminal_lines import put, styled

    paths, revisions = _versions(options.versions)
    console = Console(highlight=False)
    found = api.diff(*paths, revisions=revisions)
    cells = found.cells
    bad = sum(cell.is_bad for cell in cells)
    edited = sum(cell.edited and not cell.is_bad for cell in cells)
    verdict = f"{bad} of {len(cells)} code cells differ" if bad else f"all {len(cells)} code cells show the same"
    more = f"; {edited} more edited, with the same outputs" if edited else ""
    put(console, styled(verdict + more, "bold red" if bad else "bold green"))
    for cell in cells:
        if cell.is_bad or _details(cell):
            edit = " (edited)" if cell.edited else ""
            put(console, styled(f"cell {cell.number} {cell.verdict}{edit}", "bold" if cell.is_bad else "dim"), indent=2)
            for text in _details(cell):
                put(console, text, indent=6)
    for note in found.notes:
        put(console, note, Text("! ", "yellow"), indent=2)
    return int(bad > 0)


def _versions(names: list[str]) -> tuple[tuple[str, str], tuple[str | None, str | None]]:
    """The two notebooks, and the revisions of git from which they are read."""
    if len(names) == 3:
        return (names[2], names[2]), (names[0], names[1])
    if len(names) != 2:
        raise UsageError("diff takes two notebooks, or one or two revisions of git and a notebook.")
    first, second = names
    if not Path(first).exists() and ":" not in first and not first.endswith(".ipynb"):
        return (second, second), (first, None)
    return (first, second), (None, None)


def _details(cell: CellDiff) -> list[str]:
    return [output.summary for output in cell.outputs if output.summary]
