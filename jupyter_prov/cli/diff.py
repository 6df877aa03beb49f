"""`jupyter prov diff A B`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

    from jupyter_prov.check import number_tolerance
    from jupyter_prov.check.notebook_diff import compared
    from jupyter_prov.record.portable_paths import Place
    from jupyter_prov.report.terminal_lines import put, styled

    older, newer = _versions(options.versions)
    console = Console(highlight=False)
    root = Place.of_folder(Path(options.versions[-1]).parent).root
    notes: list[str] = []
    cells = list(compared(older, newer, number_tolerance.of_project(root), notes))
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
    for note in dict.fromkeys(notes):
        put(console, note, Text("! ", "yellow"), indent=2)
    return int(bad > 0)


def _versions(names: list[str]) -> tuple[Any, Any]:
    from jupyter_prov.check.notebook_revisions import version

    if len(names) == 3:
        return version(names[0], Path(names[2])), version(names[1], Path(names[2]))
    if len(names) != 2:
        raise UsageError("diff takes two notebooks, or one or two revisions of git and a notebook.")
    first, second = names
    if not Path(first).exists() and ":" not in first and not first.endswith(".ipynb"):
        return version(first, Path(second)), version(second)
    return version(first), version(second)


def _details(cell: CellDiff) -> list[str]:
    return [output.summary for output in cell.outputs if output.summary]
