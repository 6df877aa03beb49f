"""Why a notebook would not reproduce, as far as its live session shows; what depends on the order is in `order`.

Only the latest execution of each cell counts that the notebook still has, and those of deleted cells whose names are
used. Without the notebook's cells at hand, nothing is said of order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from jupyter_prov.analysis.dataflow import flow
from jupyter_prov.diagnosis.order import order_of
from jupyter_prov.diagnosis.reason import CHANGED_INPUT, CLOCK, FIX, LONG, RUN, UNSEEDED, Reason, cut
from jupyter_prov.record.evidence import DrawEvidence, FileEvidence, RandomEvidence
from jupyter_prov.record.match_cells import Cell
from jupyter_prov.record.model import Execution, Session
from jupyter_prov.record.noted_files import files_of, known_digest

SAME, CHANGED, MISSING, UNKNOWN = "same", "changed", "missing", "unknown"
"""How a file on disk stands to what was read or written of it."""


@dataclass(frozen=True)
class Outlook:
    """The reasons in the order of the notebook's cells, and the numbers of the executions that are to be marked."""

    reasons: Sequence[Reason] = ()
    edited: Collection[int] = ()
    """The latest executions of cells whose source is another now."""
    used: Collection[int] = ()
    """Executions of deleted cells that made what a cell of the notebook uses."""


def outlook(
    session: Session,
    document: Sequence[Cell] | None = None,
    texts: Mapping[str, str] | None = None,
    disk: Mapping[str, str | None] | None = None,
) -> Outlook:
    """Why the outputs that this session made would be others in a re-run.

    `document` are the notebook's cells in their order, `texts` the sources that ran by their digest, and `disk` has the
    digest of what is in files now by their paths in the session: None for one that is gone, nothing where that is not
    known.
    """
    latest = {e.cell: e for e in session.executions if e.cell}
    steps = flow(session, {})
    order = order_of(session, steps, latest, document, texts or {}) if document is not None else None
    position = {cell.id: index for index, cell in enumerate(document or ()) if cell.source is not None}
    shown = [e for cell, e in latest.items() if document is None or cell in position]
    gone = [e for e in session.executions if order and e.number in order.used]
    files = Files(session, disk or {})
    found = [
        *(order.reasons if order else ()),
        *chain.from_iterable(_of(execution, files) for execution in shown),
        *(_of_deleted_cell(reason) for execution in gone for reason in _of(execution, files)),
        *_packages(session, position if document is not None else latest.keys()),
    ]
    exempt = {e.cell for e in shown if {"volatile", "skip"} & e.evidence.get("declared", {}).keys()}
    found = [replace(one, weak=True) if one.cell in exempt else one for one in found]
    found.sort(key=lambda reason: position.get(reason.cell or "", len(document or ())))
    return Outlook(list(dict.fromkeys(found)), *((order.edited, order.used) if order else ((), ())))


def _of_deleted_cell(reason: Reason) -> Reason:
    text = f"In a deleted cell: {reason.text[0].lower()}{reason.text[1:]}"
    return replace(reason, cell=None, line=None, text=text, mark=None)


def _of(execution: Execution, files: Files) -> Iterator[Reason]:
    """What one execution depended on, but for the order."""
    noted = execution.evidence
    yield from _random(execution.cell, noted.get("random", {}))
    for call, line in _distinct(noted.get("clock", {}).get("reads", ()), "call"):
        yield Reason("clock", execution.cell, line, f"{call} read the clock.", CLOCK, FIX, weak=True)
    yield from _inputs(execution, files)
    for url, line in _distinct(noted.get("network", {}).get("requests", ()), "url"):
        text = f"{url} was fetched over the network."
        yield Reason("network", execution.cell, line, text, weak=True)


def _random(cell: str | None, noted: RandomEvidence) -> Iterator[Reason]:
    drawn = [draw for draw in noted.get("draws", ()) if not draw["seeded"] and was_drawn(draw)]
    for generator, line in _distinct(drawn, "generator"):
        yield Reason("random", cell, line, f"Drew from {generator} without a seed.", UNSEEDED, FIX)
    for call, line in _distinct(noted.get("unseeded", ()), "call"):
        yield Reason("random", cell, line, f"{call} without a seed.", UNSEEDED, FIX)
    for call, line in _distinct(noted.get("system", ()), "call"):
        yield Reason("random", cell, line, f"{call} took entropy from the system.", UNSEEDED, weak=True)


def was_drawn(draw: DrawEvidence) -> bool:
    """Whether a generator's state changed; else it was only kept by somebody."""
    return "after" not in draw or draw["after"] != draw.get("before")


def _inputs(execution: Execution, files: Files) -> Iterator[Reason]:
    for file in files_of(execution):
        if file["role"] == "output":
            continue
        kind, state = "code" if file["role"] == "code" else "data", files.state(execution, file)
        name = cut(file["path"], LONG)
        if state == CHANGED:
            fix = None if file["via"] == "import" else RUN  # a module is not imported again
            text = f"{name} has changed on disk since it was read."
            yield Reason(kind, execution.cell, None, text, CHANGED_INPUT, fix)
        elif state == MISSING:
            if files.was_made_before(execution, file):  # a temporary file: it is made again
                continue
            yield Reason(kind, execution.cell, None, f"{name} was read and is gone.", CHANGED_INPUT)
        elif files.was_written_since(execution, file):
            text = f"{name} has been written since it was read."
            yield Reason(kind, execution.cell, None, text, CHANGED_INPUT)


class Files:
    """The files of a session, set against what is on disk."""

    def __init__(self, session: Session, disk: Mapping[str, str | None]) -> None:
        self._disk = disk
        self._written = {
            file["path"]: (execution.number, known_digest(file))
            for execution in session.executions
            for file in files_of(execution)
            if file["role"] == "output"
        }
        """The last execution that wrote each file, by its number, and the digest of what it wrote."""
        first: dict[str, tuple[int, str]] = {}
        for execution in session.executions:
            for file in files_of(execution):
                first.setdefault(file["path"], (execution.number, file["role"]))
        self._made = {path: number for path, (number, role) in first.items() if role == "output"}
        """The execution that wrote a file before any read it, by its number."""

    def state(self, execution: Execution, file: FileEvidence) -> str:
        """How a file is now that an execution read or wrote; what the session itself wrote later is no change."""
        known = known_digest(file)
        if known is None or file["path"] not in self._disk:
            return UNKNOWN
        now = self._disk[file["path"]]
        if now is None:
            return MISSING
        number, digest = self._written.get(file["path"], (0, None))
        return SAME if now == known or (number > execution.number and now == digest) else CHANGED

    def was_made_before(self, execution: Execution, file: FileEvidence) -> bool:
        """Whether an earlier execution of the session made the file."""
        return self._made.get(file["path"], execution.number) < execution.number

    def was_written_since(self, execution: Execution, file: FileEvidence) -> bool:
        """Whether a later execution wrote something else into a file."""
        number, digest = self._written.get(file["path"], (0, None))
        return number > execution.number and digest is not None and digest != (known_digest(file) or digest)


def _packages(session: Session, cells: Collection[str]) -> Iterator[Reason]:
    """Packages that were replaced or removed; one that came new was there for all that imported it."""
    numbered = {execution.number: execution.cell for execution in session.executions}
    for change in session.packages.get("installed", ()):
        if change["before"] is not None:
            cell = numbered.get(change["execution"])
            text = f"{change['name']} {change['before']} → {change['after'] or 'not installed'} in mid-session."
            yield Reason("package", cell if cell in cells else None, None, text)


def _distinct(noted: Iterable[Mapping[str, Any]], subject: str) -> Iterable[tuple[str, int | None]]:
    """Each subject once, cut where it is long, with the first line that is known of it."""
    lines: dict[str, int | None] = {}
    for one in noted:
        name = cut(one[subject], LONG)
        lines[name] = lines.get(name) or one.get("line")
    return lines.items()
