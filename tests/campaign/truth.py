"""A record held against what people really ran: everything in it that is not as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_prov.check.read_notebook import was_run
from jupyter_prov.record import record_file
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.match_cells import aligned, is_of_another, with_ids
from jupyter_prov.record.model import Record
from tests.campaign.people import Ran, Window, source_digest


def wrong_of(window: Window) -> list[str]:
    """Everything in the record of a notebook that is not as it was."""
    path = window.file
    beside = path.with_name(record_file.record_path(path.name))
    if not beside.exists():
        return [f"{path.name} has no record"]
    notebook = with_ids(json.loads(path.read_text()))
    try:
        record = aligned(record_file.read(beside), notebook)
    except UnreadableRecord as error:
        return [str(error)]
    if is_of_another(record, notebook):
        return [f"{path.name} has the record of another notebook"]
    ran = _truth(window)
    return [*_wrong_cells(notebook, record, ran), *_wrong_executions(path, record, ran)]


def _truth(window: Window) -> list[Ran]:
    lives = {ran.life for ran in window.at.ran if ran.window and _is(ran.window, window)}
    return [ran for ran in window.at.ran if ran.life in lives]


def _is(one: Window, other: Window) -> bool:
    return one is other or (one.path == other.path and one.at is other.at)


def _wrong_cells(notebook: Any, record: Record, ran: list[Ran]) -> list[str]:
    wrong = []
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    stripped = not any(was_run(cell) for cell in cells)
    for cell in cells if stripped else filter(was_run, cells):
        said, count = f"the cell {''.join(cell['source'])!r}", cell["execution_count"]
        origin = record.origin(cell["id"])
        if origin is None:
            wrong.append(f"{said} has no origin")
        elif not stripped and origin[1].count != count:
            wrong.append(f"{said} shows {count} and is put down to {origin[1].count}")
        elif not any(r.count == origin[1].count and source_digest(r.source) == origin[1].source for r in ran):
            wrong.append(f"{said} is put down to an execution that was none")
    return wrong


def _wrong_executions(path: Path, record: Record, ran: list[Ran]) -> list[str]:
    wrong = []
    for session in record.sessions:
        life = _life(session.executions, ran)
        if life is None:
            wrong.append(f"session {session.number} of {path.name} was none")
            continue
        true = [one for one in ran if one.life == life]
        for execution, one in zip(session.executions, true, strict=False):
            mine = one.window is not None and one.window.file == path
            if mine != (execution.cell is not None):
                whose = "its own" if mine else "another's"
                told = f"{whose} execution {execution.number} ({one.source!r}) is of {execution.cell}"
                wrong.append(f"{path.name}: {told}")
    return wrong


def _life(executions: list[Any], ran: list[Ran]) -> str | None:
    """The life of a kernel that a session of a record is."""
    told = [(execution.count, execution.source) for execution in executions]
    for life in dict.fromkeys(one.life for one in ran):
        true = [(one.count, source_digest(one.source)) for one in ran if one.life == life]
        if true[: len(told)] == told:
            return life
    return None
