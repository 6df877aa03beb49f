"""HTML by its elements, attributes and text; the layout of its source means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context, changed

_SPACED = frozenset({"pre", "textarea", "script", "style"})


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two pieces of HTML."""
    if recorded == rerun:
        return SAME
    there, here = _parsed(recorded), _parsed(rerun)
    if there is None or here is None:
        return text.compare(recorded, rerun, context)
    old, new = list(_events(there)), list(_events(here))
    if old == new:
        return Comparison(EQUIVALENT, ("layout",))
    masked = text.compare("\n".join(old), "\n".join(new), context)
    if masked.verdict != DIFFERS:
        return masked
    return Comparison(DIFFERS, (), _in_table(there, here) or text.summary(_words(there), _words(here)))


def _parsed(source: str) -> Any:
    try:
        return lxml_html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _events(element: Any) -> Iterator[str]:
    """A tree as lines: each start with its sorted attributes, each text, each end."""
    if not isinstance(element.tag, str):  # a comment
        return
    attributes = "".join(f" {name}={value!r}" for name, value in sorted(element.attrib.items()))
    yield f"<{element.tag}{attributes}>"
    yield from _text(element.text, element.tag)
    for child in element:
        yield from _events(child)
        yield from _text(child.tail, element.tag)
    yield f"</{element.tag}>"


def _text(content: str | None, tag: str) -> Iterator[str]:
    shown = content if tag in _SPACED else " ".join((content or "").split())
    if shown:
        yield shown


def _words(element: Any) -> str:
    return "\n".join(" ".join(part.split()) for part in element.itertext() if part.strip())


def _in_table(there: Any, here: Any) -> str:
    """`row 3, column acc: 0.81 → 0.79`, where both are one table of the same shape."""
    old, new = there.findall(".//table"), here.findall(".//table")
    if len(old) != 1 or len(new) != 1:
        return ""
    rows, others = _rows(old[0]), _rows(new[0])
    if [len(row) for row in rows] != [len(row) for row in others]:
        return f"a table of {len(rows)} rows → {len(others)} rows" if len(rows) != len(others) else ""
    places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell != others[r][c]]
    if not places:
        return ""
    row, column = places[0]
    name = rows[0][column] if row and len(rows[0]) == len(rows[row]) else ""
    label = rows[row][0] if column else ""
    where = f"row {label or row}, column {name or column + 1}"
    more = f" and {len(places) - 1:,} more cells" if len(places) > 1 else ""
    return f"{where}: {changed(rows[row][column], others[row][column])}{more}"


def _rows(table: Any) -> list[list[str]]:
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("td", "th")]
        for row in table.iter("tr")
    ]
