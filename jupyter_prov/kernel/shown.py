"""How a notebook shows the record of its live session, as text in a terminal and as tables in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_prov.kernel.saving import live_of, notebook_of, outline
from jupyter_prov.record import summary
from jupyter_prov.record.digest import DISPLAY
from jupyter_prov.record.model import Record

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

ORDER = "order"


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


def parts(record: Record, cells: Sequence[str] = ()) -> Iterator[Part]:
    """The sections of a live session's record; `cells` are the ids of the notebook's cells in their order."""
    session = record.sessions[0]
    runs = summary.runs(session, cells)
    counts = {run.cell: run.count for run in runs if run.cell}
    executions = [
        (f"[{run.count or ' '}]", ", ".join([run.outcome, *run.marks]), f"{run.seconds or 0:.3f} s") for run in runs
    ]
    yield Part(ORDER, "Executions", executions, "Nothing was run before this cell.")
    for section in summary.sections(session):
        rows = [
            (
                f"[{counts.get(row.cell) or ' '}]" if row.cell else "",
                ("! " if row.level == summary.WARNING else "") + row.text,
                row.detail,
            )
            for row in section.rows
        ]
        yield Part(section.name, section.title, rows, section.empty)


def parts_of(shell: Any, recording: Recording) -> list[Part]:
    """The sections of a session as far as it is known by now."""
    path = notebook_of(shell, recording)
    notebook = outline(path)
    ids = [str(cell["id"]) for cell in notebook["cells"]] if notebook else []
    return list(parts(live_of(recording, path), ids))


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
