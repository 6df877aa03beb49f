"""What a comparer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

IDENTICAL, EQUIVALENT, DIFFERS = "identical", "equivalent", "differs"


@dataclass(frozen=True)
class Context:
    """What of a cell and its re-run bears on what is noise."""

    source: str = ""
    moved: tuple[tuple[str, str], ...] = ()
    """Paths of the re-run's stage with the original that each stands for, longest first."""
    widgets: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    """The state of each widget's model by its id, as the recorded and the re-run notebook keep it."""


@dataclass(frozen=True)
class Comparison:
    """How two things compare: `noise` names what hides a difference, `summary` says in words what differs."""

    verdict: str
    noise: tuple[str, ...] = ()
    summary: str = ""
    decides: bool = True
    """False where the data say too little of what is shown: another representation decides, if there is one."""


@dataclass
class OutputComparison:
    """One output of a cell, as the report tells it."""

    index: int
    mime: str
    verdict: str
    noise: list[str] = field(default_factory=list)
    summary: str = ""


SAME = Comparison(IDENTICAL)
Comparer = Callable[[Any, Any, Context], Comparison]
"""Compares the recorded and the re-run data of one MIME type."""


def shortened(text: str, length: int = 60) -> str:
    """A text on one line, not longer than so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def changed(old: object, new: object) -> str:
    """`old → new`, each shortened."""
    return f"{shortened(str(old)) or 'nothing'} → {shortened(str(new)) or 'nothing'}"
