"""What a comparer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.report.model import EQUIVALENT, IDENTICAL, Hidden


@dataclass(frozen=True)
class Context:
    """What of a cell and its re-run bears on what is noise."""

    source: str = ""
    moved: tuple[tuple[str, str], ...] = ()
    """Paths of the re-run's stage with the original that each stands for, longest first."""
    rtol: float = 1e-9
    """The relative tolerance for numbers; the tag `prov-rtol=…` or the project's settings ask for another."""
    threads: bool = False
    """Whether what the cell calls starts threads or processes, as far as the notebook's own code tells."""
    widgets: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    """The state of each widget's model by its id, as the recorded and the re-run notebook keep it."""
    notes: list[str] = field(default_factory=list)
    """What the report has to say of the comparing itself, such as a plug-in that failed; comparers add to it."""
    earlier: tuple[str, ...] = ()
    """The sources of the cells before, which may define what the cell calls."""


@dataclass(frozen=True)
class Comparison:
    """How two things compare: `noise` names what hides a difference, `summary` says in words what differs."""

    verdict: str
    noise: tuple[str, ...] = ()
    summary: str = ""
    hidden: tuple[Hidden, ...] = ()
    decides: bool = True
    """False where the data say too little of what is shown: another representation decides, if there is one."""


SAME = Comparison(IDENTICAL)
Comparer = Callable[[Any, Any, Context], Comparison]
"""Compares the recorded and the re-run data of one MIME type."""


def together(parts: Iterable[Comparison], *noise: str) -> Comparison:
    """One verdict on a thing whose parts were compared and mean the same, with what else was hidden in it."""
    parts = list(parts)
    names = tuple(dict.fromkeys((*noise, *(name for part in parts for name in part.noise))))
    hidden = {example.noise: example for part in reversed(parts) for example in reversed(part.hidden)}
    return Comparison(EQUIVALENT, names, "", tuple(hidden.values())) if names else SAME


def shortened(text: str, length: int = 60) -> str:
    """A text on one line, not longer than so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def changed(old: object, new: object) -> str:
    """`old → new`, each shortened."""
    return f"{shortened(str(old)) or 'nothing'} → {shortened(str(new)) or 'nothing'}"
