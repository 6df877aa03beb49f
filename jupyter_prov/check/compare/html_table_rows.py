"""Long tables in the source of HTML: rows that mean the same there need not be parsed.

Only rows that stand for themselves are looked at: a `<tr>` of cells that hold nothing but text. An empty row is put in
their place on both sides, so that rows keep their numbers; the first rows of a table stay, for they name its columns.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jupyter_prov.check.compare.base import SAME, Comparison, Context, together
from jupyter_prov.check.compare.line_by_line import Lines, are_apart
from jupyter_prov.check.compare.masks import TEXT
from jupyter_prov.report.model import EQUIVALENT

_LONG = 50_000
"""Shorter sources are parsed as they are."""
_FIRST = 20
"""How many rows after the beginning of a table stay: its headers are among them."""
_ATTRIBUTE = r' (?:style|align|valign|halign|scope|class)="[A-Za-z_ :;%.,#()-]*(?:\d{1,4}(?:px|em|%);?)?"'
_ROW = re.compile(rf"<tr(?:{_ATTRIBUTE})*>\s*(?:<(t[dh])(?:{_ATTRIBUTE})*>[^<>]*</\1>\s*)*</tr>\s*")
_TAG = re.compile(r"(<[^<>]*>)")
_ELSEWHERE = re.compile(r"<!|<\?|<(?:pre|textarea|script|iframe|template|svg|math)\b|rowspan", re.IGNORECASE)
"""Where any of these stands, a row may be none, or its blanks may mean something."""
_EMPTY = "<tr></tr>\n"


_MOST = 1_000
"""Rows that mean something else beyond these are counted, but not parsed."""


@dataclass
class Reduced:
    """Two sources without most of the rows that need not be parsed."""

    old: str
    new: str
    same: Comparison = SAME
    """What makes the rows mean the same that were left out."""
    more: int = 0
    """How many cells that differ were left out."""
    cut: bool = False
    """Whether there may be more than were counted."""


@dataclass
class _Cells:
    """Cells whose text differs, in rows of the same tags."""

    rows: list[int] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def reduced(one: str, other: str, context: Context) -> Reduced:
    """Two sources with an empty row for most that mean the same, or for which what is shown has been seen to differ."""
    if min(len(one), len(other)) < _LONG or _ELSEWHERE.search(one) or _ELSEWHERE.search(other):
        return Reduced(one, other)
    old, new = _pieces(one), _pieces(other)
    if len(old) != len(new):
        count = min(len(old), len(new))
        _leave_out(old, new, [at for at in _inner(old[:count], new) if old[at] == new[at] and _ROW.fullmatch(old[at])])
        return Reduced("".join(old), "".join(new))
    spare, cells = _compared(old, new)
    noise = ("layout",) if any(old[at] != new[at] for at in spare) else ()
    found = Lines(context, TEXT, braces=True)
    there, here = "\n".join(cells.old), "\n".join(cells.new)
    if not are_apart(there, here, context):
        _leave_out(old, new, spare)
        return Reduced("".join(old), "".join(new), together((), *noise))
    found.read(there, here)
    kept, more = _kept(cells, found.left)
    _leave_out(old, new, [*spare, *(row for row in cells.rows if row not in kept)])
    hidden = found.hidden()
    same = Comparison(EQUIVALENT, tuple(dict.fromkeys(one.noise for one in hidden)), "", hidden) if hidden else SAME
    return Reduced("".join(old), "".join(new), together([same], *noise), more, found.cut)


def _pieces(source: str) -> list[str]:
    """What stands before the first row, and each row with what follows it."""
    head, *rows = source.split("<tr")
    return [head, *("<tr" + row for row in rows)]


def _inner(old: list[str], new: list[str]) -> Iterator[int]:
    """The places of rows that are not among the first of their table, on either side."""
    first = 0
    for at, (a, b) in enumerate(zip(old, new, strict=False)):
        if at >= first:
            yield at
        if "<table" in a or "<table" in b:
            first = at + 1 + _FIRST


def _compared(old: list[str], new: list[str]) -> tuple[list[int], _Cells]:
    """The rows that mean the same as they stand, and the cells of others that differ in their text alone."""
    spare: list[int] = []
    cells = _Cells()
    for at in _inner(old, new):
        a, b = old[at], new[at]
        if _ROW.fullmatch(a) and (a == b or _ROW.fullmatch(b)):
            differ = _differing(a, b) if a != b else []
            if differ is None:
                continue
            spare += [] if differ else [at]
            cells.rows += [at] * len(differ)
            cells.old += [pair[0] for pair in differ]
            cells.new += [pair[1] for pair in differ]
    return spare, cells


def _differing(one: str, other: str) -> list[tuple[str, str]] | None:
    """The texts that differ in two rows of the same tags; None if their tags are not the same."""
    there, here = _TAG.split(one), _TAG.split(other)
    if there[1::2] != here[1::2]:
        return None
    return [(_read(a), _read(b)) for a, b in zip(there[::2], here[::2], strict=True) if a != b and _read(a) != _read(b)]


def _read(written: str) -> str:
    return " ".join(html.unescape(written).split())


def _kept(cells: _Cells, left: list[int]) -> tuple[set[int], int]:
    """The first rows of which a cell means something else, and how many such cells are in the others."""
    rows = [cells.rows[number - 1] for number in left]
    kept = set(list(dict.fromkeys(rows))[:_MOST])
    return kept, sum(row not in kept for row in rows)


def _leave_out(old: list[str], new: list[str], rows: Iterable[int]) -> None:
    for row in rows:
        old[row] = new[row] = _EMPTY
