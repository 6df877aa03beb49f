"""What a session shows of itself: why the notebook would not reproduce, its executions, and all that was noted.

The words are those of the panel in JupyterLab. The kernel knows of the notebook only what was saved, so that nothing is
said of the order where that is older than what ran.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_prov.diagnosis import summary
from jupyter_prov.diagnosis.input_state import Disk
from jupyter_prov.diagnosis.reason import Reason
from jupyter_prov.diagnosis.session import Outlook, outlook
from jupyter_prov.diagnosis.summary_rows import WARNING
from jupyter_prov.kernel.entries import iso
from jupyter_prov.kernel.magics import session_verdict
from jupyter_prov.kernel.magics.display import Part, Shown
from jupyter_prov.kernel.magics.words import NOT_RECORDED, SECTIONS, say
from jupyter_prov.kernel.save_record import SETTLE_SECONDS, log_of, notebook_of, outline, place_of
from jupyter_prov.kernel.shell import recording_of
from jupyter_prov.record.assemble import live
from jupyter_prov.record.match_cells import Cell, crc, source_of
from jupyter_prov.record.model import Session

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

ORDER, REASONS = "order", "reasons"


def show(shell: Any, command: str) -> Any:
    """The session's summary, or a section of it."""
    recording = recording_of(shell)
    if recording is None:
        return say(shell, NOT_RECORDED)
    recording.settle(SETTLE_SECONDS)
    return Shown([p for p in parts_of(shell, recording) if not command or p.name == SECTIONS[command]])


def parts_of(shell: Any, recording: Recording) -> list[Part]:
    """The sections of a session as far as it is known by now."""
    path = notebook_of(shell, recording)
    notebook = outline(path)
    log, place = log_of(recording, notebook), place_of(recording, path)
    session = live("", log, place).sessions[0]
    saved = iso(os.stat(path).st_mtime) if notebook and path else ""
    document = _document(notebook, saved, session, log.texts) if notebook else None
    disk = session_verdict.look(recording, log)
    on_disk = {place.portable(file): digest for file, digest in disk.items()}
    found = outlook(session, document, log.texts, on_disk)
    head = session_verdict.standing(recording, session_verdict.basis(log, notebook, disk), found.reasons)
    return list(_parts(session, document, log.texts, found, on_disk, head))


def _parts(
    session: Session,
    document: Sequence[Cell] | None,
    texts: Mapping[str, str],
    look: Outlook,
    disk: Disk,
    head: tuple[str, str],
) -> Iterator[Part]:
    code = [cell.id for cell in document or () if cell.source is not None]
    runs = summary.runs(session, code, texts, look)
    places: dict[str | None, str] = {run.cell: f"[{run.count or ' '}]" for run in runs if run.cell}
    yield _reasons(look, places, head)
    executions = [
        (f"[{run.count or ' '}]", ", ".join([run.outcome, *run.marks]), f"{run.seconds or 0:.3f} s") for run in runs
    ]
    yield Part(ORDER, "Executions", executions, "Nothing was run before this cell.")
    for section in summary.sections(session, None if document is None else look.reasons, disk):
        rows = [
            (
                places.get(row.cell, "[ ]") if row.cell else "",
                ("! " if row.level == WARNING else "") + row.text,
                row.detail,
            )
            for row in section.rows
        ]
        yield Part(section.name, section.title, rows, section.empty)


def _reasons(look: Outlook, places: Mapping[str | None, str], head: tuple[str, str]) -> Part:
    """Why the notebook would not reproduce, what may well come out the same last."""
    rows = [
        (places.get(reason.cell, ""), ("" if reason.weak else "! ") + reason.text, _line(reason))
        for reason in sorted(look.reasons, key=lambda reason: reason.weak)
    ]
    title, empty = head
    return Part(REASONS, title, rows, empty)


def _line(reason: Reason) -> str:
    return f"line {reason.line}" if reason.line else ""


def _document(notebook: Mapping[str, Any], saved: str, session: Session, texts: Mapping[str, str]) -> list[Cell] | None:
    """The notebook's cells; None if cells have been run since it was saved that it does not have yet.

    A cell that has been run since was saved as it ran, for all that is known.
    """
    cells = {str(cell["id"]): _source(cell) for cell in notebook["cells"]}
    for execution in session.executions:
        if execution.cell is not None and execution.started > saved:
            if execution.cell not in cells and execution.finished:
                return None
            cells[execution.cell] = texts.get(execution.source, "")  # the one that asks stands last, if it is new
    return [Cell(cell, None if text is None else crc(text)) for cell, text in cells.items()]


def _source(cell: Mapping[str, Any]) -> str | None:
    return source_of(cell) if cell.get("cell_type") == "code" else None
