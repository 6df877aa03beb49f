"""A fix for a person at a terminal: what was done and why, the edits as a diff for each cell, and what is left."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.fix.cell_order import moved
from jupyter_prov.fix.fix_loop import Fix, original_of
from jupyter_prov.report.terminal_lines import put, styled

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show(made: Fix, console: Console) -> None:
    """Print what a fix would do; what a notebook holds is shown as plain text."""
    name, total = made.case.path.name, len(made.differing)
    if not total:
        put(console, styled(f"{name} reproduced: there is nothing to fix", "bold green"))
        return
    what = "1 cell" if total == 1 else f"{total} cells"
    put(console, styled(f"{name}: {what} did not reproduce", "bold"))
    for change in _changes(made):
        put(console, change[1], Text(f"{change[0]} ", "bold yellow"), indent=2)
    for cell in made.draft.notebook.cells:
        _show_cell(made, cell, console)
    if made.pinned is not None:
        _show_diff(made.pinned.path.name, diff(made.pinned.before, made.pinned.after), console)
    _show_verdict(made, console)


def _changes(made: Fix) -> Iterator[tuple[str, str]]:
    numbers = _numbers(made)
    for change in made.draft.changes:
        where = f"cell {numbers[change.cell]}: " if change.cell in numbers else ""
        yield change.kind, where + change.sentence
    if made.differing and not made.draft.changes and made.is_worth_writing:
        yield "run", "a clean re-run is enough: only the outputs change"


def _numbers(made: Fix) -> dict[str, int]:
    return {cell.get("id", ""): number for number, cell in enumerate(made.draft.notebook.cells, 1)}


def _show_cell(made: Fix, cell: Any, console: Console) -> None:
    """The diff of a cell, if there is anything to show."""
    old = original_of(made, cell.get("id", ""))
    head, lines = _heading(made, cell), list(diff(old.source if old is not None else "", cell.source))
    if old is not None:
        lines += [f"+tag {tag}" for tag in sorted(tags_of(cell) - tags_of(old))]
    if lines or head[1]:
        _show_diff(" ".join(head).strip(), lines, console)


def _show_diff(head: str, lines: Iterable[str], console: Console) -> None:
    put(console, styled(head, "bold"), indent=2)
    for line in lines:
        put(console, styled(line, _STYLES.get(line[:1], "")), indent=4)


def _heading(made: Fix, cell: Any) -> tuple[str, str]:
    ids = [one.get("id", "") for one in made.case.notebook.cells]
    now = [one.get("id", "") for one in made.draft.notebook.cells if one.get("id", "") in ids]
    number = f"cell {_numbers(made)[cell.id]}"
    if cell.id not in ids:
        return number, "(new)"
    was = ids.index(cell.id) + 1
    return number, f"(moved, was cell {was})" if cell.id in moved(ids, now) else ""


def diff(old: str, new: str) -> Iterator[str]:
    """The lines of a unified diff of two sources, without the names of files."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm="")
    return (line for number, line in enumerate(lines) if number > 1)


def _show_verdict(made: Fix, console: Console) -> None:
    for sentence in made.said:
        put(console, sentence, Text("! ", "yellow"), indent=2)
    told = f"({made.runs} runs, {made.seconds:.1f} s)"
    if not made.is_worth_writing:
        put(console, styled(f"nothing here can be fixed by an edit {told}", "bold red"), Text("✗ ", "red"), indent=2)
    elif made.left:
        put(console, f"two clean re-runs of the other cells agree {told}", Text("✓ ", "green"), indent=2)
    else:
        put(console, f"verified: two clean re-runs of the edited notebook agree {told}", Text("✓ ", "green"), indent=2)
