"""The part of a cell's source that runs as Python, under the magics and the empty lines above it."""

from __future__ import annotations

import re
from dataclasses import dataclass

VOLATILE, SKIP = "volatile", "skip"
_BLANK = re.compile(r"(?:[ \t]*\r?\n)*")
_TIMED_CELL = re.compile(r"[ \t]*%%(?:time|capture|prun)\b[^\r\n]*(?:\r?\n|\Z)")
_TIMED_LINE = re.compile(r"^([ \t]*)%time[ \t]+(?![-\s])", re.MULTILINE)
_EXEMPTED = re.compile(rf"[ \t]*%%prov[ \t]+({VOLATILE}|{SKIP})(?:[ \t]+([^\r\n]*?))?[ \t]*(?:\r?\n|\Z)")
_INDENT = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class Exemption:
    """What the line `%%prov volatile [reason]` or `%%prov skip` at the top of a cell asks of a check."""

    kind: str
    reason: str = ""


@dataclass(frozen=True)
class Body:
    """The part of a cell that runs as Python, as IPython sees it: it cuts empty lines off at the top."""

    text: str
    above: int
    """How many lines of the cell stand above it."""
    timed: bool
    """Whether one of these is a magic that runs the rest of the cell to time it or to catch its output."""
    comments: int = 0
    """How many of these lines IPython runs as comments: it counts them where it counts lines."""
    exemption: Exemption | None = None


def body_of(cell: str) -> Body:
    """What of a cell's source runs as Python."""
    start = _end(_BLANK.match(cell))
    start, cut, exemption = _past_exemption(cell, start)
    if timed := _TIMED_CELL.match(cell, start):
        start = _end(_BLANK.match(cell, timed.end()))
        start, cut, inner = _past_exemption(cell, start)
        exemption = exemption or inner
    above = cell.count("\n", 0, start)
    return Body(cell[start:], above, timed is not None, above - cell.count("\n", 0, cut), exemption)


def exemption_of(cell: str) -> Exemption | None:
    """What the magic `%%prov` at the top of a cell's source asks of a check."""
    return body_of(cell).exemption


def without_exemption(lines: list[str]) -> list[str]:
    """A cell's lines with `%%prov volatile` or `%%prov skip` at their top as a comment, so that the rest runs as it is.

    Where another cell magic stands below it, that must be the first line, and the line is left out.
    """
    if not lines or not _EXEMPTED.match(lines[0]):
        return lines
    text = "".join(lines)
    start, cut, _ = _past_exemption(text, 0)
    if start == cut:
        return text[start:].splitlines(keepends=True)
    return [f"# {lines[0]}", *lines[1:]]


def _past_exemption(cell: str, start: int) -> tuple[int, int, Exemption | None]:
    """Where the text goes on below `%%prov` at this place, where IPython begins to count lines, and what it asks."""
    found = _EXEMPTED.match(cell, start)
    if found is None:
        return start, start, None
    below = _end(_BLANK.match(cell, found.end()))
    is_magic = cell.startswith("%%", below)
    return below, below if is_magic else start, Exemption(found[1], found[2] or "")


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
