"""HTML by its elements, attributes and text; the layout of its source means nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context, changed, shortened

_SPACED = frozenset({"pre", "textarea", "script", "style"})
_MOST_TABLES = 30
_TAG = re.compile(r"<[^<>]*>")


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two pieces of HTML."""
    if recorded == rerun:
        return SAME
    there, here = _parsed(recorded), _parsed(rerun)
    if there is None or here is None:
        return text.compare(recorded, rerun, context)
    old, new = list(_events(there)), list(_events(here))
    if old == new:
        # The parser leaves out what it can make no sense of; a difference there is no matter of layout.
        same = _written(recorded) == _written(rerun)
        return Comparison(EQUIVALENT, ("layout",)) if same else text.compare(recorded, rerun, context)
    masked = text.compare("\n".join(old), "\n".join(new), context)
    if masked.verdict != DIFFERS:
        return masked
    return Comparison(DIFFERS, (), _in_tables(there, here) or _in_words(there, here) or masked.summary)


def _parsed(source: str) -> Any:
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(source.encode("utf-8", "backslashreplace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _events(root: Any) -> Iterator[str]:
    """A tree as lines: each start with its sorted attributes, each text, each end."""
    spaced = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            attributes = "".join(f" {name}={value!r}" for name, value in sorted(element.attrib.items()))
            yield f"<{element.tag}{attributes}>"
            spaced += element.tag in _SPACED
            yield from _text(element.text, spaced)
        elif event == "end":
            spaced -= element.tag in _SPACED
            yield f"</{element.tag}>"
        if event != "start":
            yield from _text(element.tail, spaced)


def _text(content: str | None, spaced: int) -> Iterator[str]:
    shown = content if spaced else " ".join((content or "").split())
    if shown:
        yield shown


def _written(source: str) -> list[str]:
    """The words of a source between its tags, as they are written; comments do not count."""
    shown, *rest = source.split("<!--")
    shown += " ".join(part.partition("-->")[2] for part in rest)
    return html.unescape(_TAG.sub(" ", shown)).split()


def _in_words(there: Any, here: Any) -> str:
    """The first text that differs, or nothing where only tags and attributes do."""
    old, new = _words(there), _words(here)
    return text.summary(old, new) if old != new else ""


def _words(element: Any) -> str:
    return "\n".join(" ".join(part.split()) for part in element.itertext() if part.strip())


def _in_tables(there: Any, here: Any) -> str:
    """`row 3, column acc: 0.81 → 0.79` for the first table that differs, where both have as many tables."""
    old, new = list(there.iter("table")), list(here.iter("table"))
    if len(old) != len(new) or len(old) > _MOST_TABLES:
        return ""
    found = ((number, _in_table(_rows(a), _rows(b))) for number, (a, b) in enumerate(zip(old, new, strict=True), 1))
    number, told = next((pair for pair in found if pair[1]), (0, ""))
    return f"table {number}, {told}" if told and len(old) > 1 else told


def _in_table(rows: list[list[str]], others: list[list[str]]) -> str:
    if [len(row) for row in rows] != [len(row) for row in others]:
        return f"{len(rows):,} → {len(others):,} rows" if len(rows) != len(others) else ""
    places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell != others[r][c]]
    if not places:
        return ""
    row, column = places[0]
    name = rows[0][column] if row and len(rows[0]) == len(rows[row]) else ""
    label = rows[row][0] if row and column else ""
    where = f"row {shortened(label or str(row), 30)}, column {shortened(name or str(column + 1), 30)}"
    more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
    return f"{where}: {changed(rows[row][column], others[row][column])}{more}"


def _rows(table: Any) -> list[list[str]]:
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("td", "th")]
        for row in table.iter("tr")
    ]
