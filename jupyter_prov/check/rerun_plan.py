"""The plan of a re-run, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_prov.check.environment import Environment
from jupyter_prov.check.read_notebook import is_runnable, tags_of
from jupyter_prov.factors.base import Planned
from jupyter_prov.record.model import Record
from jupyter_prov.record.sessionlog import SessionLog

NOT_RUN_TAGS = frozenset({"nbval-skip"})
Progress = Callable[[int, int], None]
"""Told before each cell how many code cells are done, and of how many."""


@dataclass
class RerunPlan:
    """Everything about a re-run before its kernel starts."""

    notebook: Any
    folder: Path
    """Working folder of the kernel."""
    name: str
    environment: Environment
    overlay: str | None
    variables: dict[str, str | None] = field(default_factory=dict)
    """Environment variables to set, or with None to unset, in the kernel."""
    planned: list[Planned] = field(default_factory=list)
    """The executions with what is to be played back in them; where nothing is, it may be empty."""
    timeout: float | None = None
    """Seconds that one cell may take."""
    stop_on_error: bool = False
    clean_profile: bool = True
    """Whether the kernel starts without the user's IPython profile."""


def planned(notebook: Any, record: Record) -> list[Planned]:
    """The executions of a re-run from top to bottom, each with the one that made the cell's recorded outputs."""
    origins = {cell.id: record.origin(cell.id) for cell in record.cells}
    found = [(cell.id, origins.get(cell.id)) for cell in notebook.cells if runs(cell)]
    return [Planned(cell, origin[1], session=origin[0]) if origin else Planned(cell, None) for cell, origin in found]


@dataclass
class Rerun:
    """What came of a re-run."""

    notebook: Any
    log: SessionLog
    failures: dict[int, str] = field(default_factory=dict)
    """Why cells did not end by themselves, by their index."""
    recorded: bool = False
    """Whether the kernel part was there."""


def runs(cell: Any) -> bool:
    """Whether a re-run executes this cell."""
    return is_runnable(cell) and not (tags_of(cell) & NOT_RUN_TAGS)
