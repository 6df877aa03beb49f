"""What a bisection found: value objects, their JSON (`jupyter-prov/bisect/1`), and their lines on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.text import Text

from jupyter_prov.report.terminal_lines import put, styled

SCHEMA = "jupyter-prov/bisect/1"


@dataclass(frozen=True)
class Change:
    """A distribution, or Python itself, in two versions; '' where it was not there."""

    name: str
    recorded: str
    given: str

    def __str__(self) -> str:
        return f"{self.name} {self.recorded or 'not installed'} → {self.given or 'not installed'}"

    def to_json(self) -> dict[str, str | None]:
        return {"distribution": self.name, "recorded": self.recorded or None, "given": self.given or None}


@dataclass
class CellGuilt:
    """A cell that differs in the given environment; `index` counts all cells of the notebook from 0."""

    index: int
    id: str
    verdict: str
    summaries: list[str]
    guilty: list[list[Change]] = field(default_factory=list)
    """Sets of changes, each of which alone makes the cell differ; nothing can be left out of any."""
    explanation: str = ""
    """Why nothing is guilty, where that is so."""

    def to_json(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "id": self.id,
            "verdict": self.verdict,
            "summaries": self.summaries,
            "guilty": [[change.to_json() for change in one] for one in self.guilty],
            "explanation": self.explanation,
        }


@dataclass
class Trial:
    """A re-run in an environment with some of the changes, and the ids of the cells that differed there."""

    changes: Sequence[Change]
    differing: list[str]


@dataclass
class Bisection:
    """One notebook in two environments."""

    notebook: str
    environment: str
    """The given one, as it was named."""
    changes: list[Change] = field(default_factory=list)
    """Every distribution whose version differs, of those that the notebook uses and needs."""
    cells: list[CellGuilt] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "notebook": self.notebook,
            "environment": self.environment,
            "changes": [change.to_json() for change in self.changes],
            "cells": [cell.to_json() for cell in self.cells],
            "trials": [
                {"changes": [change.name for change in trial.changes], "differing": trial.differing}
                for trial in self.trials
            ],
            "runs": self.runs,
            "seconds": round(self.seconds, 3),
            "notes": self.notes,
        }


def show(found: Bisection, console: Console) -> None:
    """Print what was found; cells count from 1."""
    put(console, _headline(found))
    for cell in found.cells:
        label = Text(f"cell {cell.index + 1}: ", "bold")
        if cell.guilty:
            put(console, styled(_describe_sets(cell.guilty), "red"), label, indent=2)
        else:
            put(console, styled(f"unexplained: {cell.explanation}", "yellow"), label, indent=2)
        for summary in cell.summaries:
            put(console, styled(summary, "dim"), indent=6)
    for note in found.notes:
        put(console, note, Text("! ", "yellow"), indent=2)


def _headline(found: Bisection) -> Text:
    good = not found.cells
    where = "the current environment" if found.environment == "current" else found.environment
    count = "1 cell differs" if len(found.cells) == 1 else f"{len(found.cells)} cells differ"
    runs = "1 run" if found.runs == 1 else f"{found.runs} runs"
    line = Text("✓ " if good else "✗ ", "bold green" if good else "bold red")
    line.append(styled(found.notebook, "bold"))
    line.append(styled(f": {'nothing differs' if good else count} in {where}"))
    line.append(f"; {runs}, {found.seconds:.1f} s", "dim")
    return line


def _describe_sets(guilty: list[list[Change]]) -> str:
    """`a 1 → 2 with b 1 → 3, or c 1 → 2 alone`."""
    sets = [" with ".join(str(change) for change in one) for one in guilty]
    return sets[0] if len(sets) == 1 else ", and by itself ".join(sets)
