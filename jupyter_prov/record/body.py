"""The part of a cell's source that runs as Python, under the magics and the empty lines above it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = re.compile(r"(?:[ \t]*\r?\n)*")
_TIMED_CELL = re.compile(r"[ \t]*%%(?:time|capture|prun)\b[^\r\n]*(?:\r?\n|\Z)")
_TIMED_LINE = re.compile(r"^([ \t]*)%time[ \t]+(?![-\s])", re.MULTILINE)
_INDENT = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class Body:
    """The part of a cell that runs as Python, as IPython sees it: it cuts empty lines off at the top."""

    text: str
    above: int
    """How many lines of the cell stand above it."""
    timed: bool
    """Whether one of these is a magic that runs the rest of the cell to time it or to catch its output."""


def body_of(cell: str) -> Body:
    """What of a cell's source runs as Python."""
    start = _end(_BLANK.match(cell))
    if timed := _TIMED_CELL.match(cell, start):
        start = _end(_BLANK.match(cell, timed.end()))
    return Body(cell[start:], cell.count("\n", 0, start), timed is not None)


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def python_of(cell: str) -> str:
    """A cell's source without the magics that only time or catch what it does, its lines where they were."""
    body = body_of(cell)
    if body.text.startswith("%%"):
        return cell
    indent = _INDENT.match(body.text)
    comment = f"{indent[0] if indent else ''}#\n"  # which IPython does not cut off as it does an empty line
    return comment * body.above + _TIMED_LINE.sub(r"\1", body.text)
