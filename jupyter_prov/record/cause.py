"""What explains a difference, and what removes it: the words that go from a factor to the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PROVEN, RECORDED, SUSPECTED = "proven", "recorded", "suspected"


@dataclass(frozen=True)
class Advice:
    """What a person can do about a cause: a sentence, and the code that does it if there is any."""

    sentence: str
    edit: str = ""

    def __str__(self) -> str:
        return self.edit or self.sentence


@dataclass(frozen=True)
class Suspicion:
    """One thing that a factor says may have changed what an execution did.

    `changed` tells that the two records differ there; without it only the code suggests it.
    `line` counts the lines of the cell from 1; None where it is not known.
    `names` are the names through which it spreads to other cells; None stands for all that the
    execution defined, other than by an import.
    """

    kind: str
    explanation: str
    line: int | None = None
    changed: bool = True
    names: frozenset[str] | None = None
    subject: str = ""
    """What it is about, in the factor's own words (a generator, a path, a distribution)."""
    playable: bool = True
    """Whether a record can know what would have to be played back; else it can only be pinned."""
    far: bool = False
    """Whether it is too far-fetched to be told, unless an experiment shows it."""
    cell: str | None = ""
    """The id of the cell that it points at, None for one that is gone; '' for that of the execution."""


@dataclass(frozen=True)
class Cause:
    """A factor that explains a difference, the cell it comes from, and how sure we are."""

    kind: str
    cell: int | None
    line: int | None
    confidence: str
    explanation: str
    advice: Advice
    subject: str = ""
    """What it is about, as its suspicion says; no part of the report."""

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "cell": self.cell,
            "line": self.line,
            "confidence": self.confidence,
            "explanation": self.explanation,
            "advice": str(self.advice),
        }
