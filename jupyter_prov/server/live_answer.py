"""What a panel is told of a notebook's live session: its recording, its executions, and why it would not reproduce."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jupyter_prov.diagnosis import summary
from jupyter_prov.diagnosis.session import outlook
from jupyter_prov.record.assemble import live
from jupyter_prov.record.match_cells import Cell
from jupyter_prov.record.model import Session
from jupyter_prov.record.sessionlog import SessionLog

Open = Callable[[str], str]
"""Gives the path in the contents API of a file that a session names; '' where it has none."""
NOTHING: Mapping[str, Any] = {"session": None, "executions": [], "reasons": [], "sections": []}


def cells_of(told: Any) -> list[Cell] | None:
    """The cells of which a client tells; None where it does not."""
    if not isinstance(told, list):
        return None
    pairs = [(one.get("id"), one.get("source")) for one in told if isinstance(one, dict)]
    return [Cell(id_, crc) for id_, crc in pairs if isinstance(id_, str) and isinstance(crc, int | None)]


def session_of(path: str, log: SessionLog) -> Session:
    """A live session as the record would keep it; of a long one this takes a while, so it is for a thread."""
    return live(path, log).sessions[0]


def answer(
    session: Session,
    number: int,
    texts: Mapping[str, str],
    cells: Sequence[Cell] | None,
    opens: Open,
    disk: Mapping[str, str | None],
) -> dict[str, Any]:
    """What is told of a session; of a long one this takes a while, so it is for a thread.

    `texts` are the sources that ran, by their digest, and `disk` what is in the session's files now.
    """
    look = outlook(session, cells, texts, disk)
    code = [cell.id for cell in cells or () if cell.source is not None]
    sections = summary.as_json(summary.sections(session, None if cells is None else look.reasons, disk))
    opened: dict[str, str] = {}
    for row in (row for section in sections for row in section["rows"]):
        path, state = row.pop("path"), row.pop("state")
        if path:
            if path not in opened:
                opened[path] = opens(path)
            row["file"] = {"open": opened[path], "state": state}
    return {
        "session": {"number": number, "started": session.started, "python": session.python.get("version", "")},
        "executions": summary.as_json(summary.runs(session, code, texts, look)),
        "reasons": [asdict(reason) for reason in look.reasons],
        "sections": sections,
    }
