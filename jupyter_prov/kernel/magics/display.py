"""How a notebook shows the record of its live session, as text in a terminal and as tables in a notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_prov.record.digests import DISPLAY


@dataclass(frozen=True)
class Part:
    """One section: its name, its title, rows of where, what, and in detail, and what stands there without any."""

    name: str
    title: str
    rows: Sequence[tuple[str, str, str]]
    empty: str

    @property
    def text(self) -> str:
        """The section as lines of text."""
        rows = self.rows or [("", self.empty, "")]
        return "\n".join([self.title, *("  " + "  ".join(part for part in row if part) for row in rows)])

    @property
    def table(self) -> str:
        """Its rows as an HTML table, in which nothing that a notebook named is markup."""
        lines = (
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(part)}</td>" for part in row) + "</tr>"
            for row in self.rows or [("", self.empty, "")]
        )
        return f"<table>{''.join(lines)}</table>"


class Shown:
    """A session's summary, or one section of it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    def __repr__(self) -> str:
        return "\n".join(part.text for part in self._parts)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, str]]:
        shown = "".join(
            f"<details open><summary>{html.escape(part.title)}</summary>{part.table}</details>" for part in self._parts
        )
        return {"text/plain": repr(self), "text/html": shown}, dict(DISPLAY)
