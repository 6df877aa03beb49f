"""How a notebook shows the record of its live session."""

from __future__ import annotations

import html
from collections.abc import Iterator

from jupyter_prov.record import summary
from jupyter_prov.record.model import Record


class Shown:
    """A session's summary, as text in a terminal and as a table in a notebook."""

    def __init__(self, record: Record) -> None:
        self._session = record.sessions[0]

    def _parts(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        counts = {run.cell: run.count for run in summary.runs(self._session) if run.cell}
        executions = [
            (
                f"[{run.count or ' '}]",
                run.outcome + "".join(f", {mark}" for mark in run.marks),
                f"{run.seconds or 0:.3f} s",
            )
            for run in summary.runs(self._session)
        ]
        yield "Executions", executions or [("", "Nothing was run before this cell.", "")]
        for section in summary.sections(self._session):
            rows = [
                (
                    f"[{counts.get(row.cell) or ' '}]" if row.cell else "",
                    ("! " if row.level == summary.WARNING else "") + row.text,
                    row.detail,
                )
                for row in section.rows
            ]
            yield section.title, rows or [("", section.empty, "")]

    def __repr__(self) -> str:
        lines = []
        for title, rows in self._parts():
            lines.append(title)
            lines += ["  " + "  ".join(part for part in row if part) for row in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for title, rows in self._parts():
            cells = (
                "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(part)}</td>" for part in row) + "</tr>"
                for row in rows
            )
            parts.append(
                f"<details open><summary>{html.escape(title)}</summary><table>{''.join(cells)}</table></details>"
            )
        return "".join(parts)
