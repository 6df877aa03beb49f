"""Why a notebook would not reproduce: the value object, and the words that panel, magics and widget share."""

from __future__ import annotations

from dataclasses import dataclass

STALE, OUT_OF_ORDER, UNSEEDED, CLOCK, CHANGED_INPUT = "stale", "out-of-order", "unseeded", "clock", "changed-input"
"""How a notebook marks a cell."""
RUN, FIX = "run", "fix"
"""What would mend it: to run the cell again, or to look for an edit."""
_NAME = 80
LONG = 200
"""Characters that a sentence tells of a path, a URL or a value; of a name it tells fewer."""


@dataclass(frozen=True)
class Reason:
    """One thing for which the notebook would not reproduce, as far as its session shows."""

    kind: str
    """The kind of factor."""
    cell: str | None
    """The id of the cell whose outputs would be others; None where it is none of the notebook's."""
    line: int | None
    text: str
    mark: str | None = None
    fix: str | None = None
    weak: bool = False
    """Whether the outputs may well come out the same all the same."""


def cut(name: str, most: int = _NAME) -> str:
    """A name as a sentence tells it: one that is longer than any should be is cut."""
    return name if len(name) <= most else name[: most - 1] + "…"
