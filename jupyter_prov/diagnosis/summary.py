"""The record in words: the sections that `%prov`, `jupyter prov show` and the panel all show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jupyter_prov.diagnosis import summary_rows as rows
from jupyter_prov.diagnosis.reason import Reason, cut
from jupyter_prov.diagnosis.session import Files, Outlook
from jupyter_prov.diagnosis.summary_rows import WARNING, Row
from jupyter_prov.record.masking import mask_source
from jupyter_prov.record.model import Execution, Json, Session

_LONGEST = 5000
"""Characters of a row; a note may be as long as that."""
_IN_ORDER = "No cell needs another order than that from top to bottom."


@dataclass(frozen=True)
class Section:
    """One kind of thing, with the sentence that stands there when there is none."""

    name: str
    title: str
    empty: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One execution as a list shows it."""

    number: int
    cell: str | None
    count: int | None
    outcome: str
    started: str
    seconds: float | None
    marks: list[str]
    source: str


def runs(
    session: Session,
    cells: Sequence[str] = (),
    texts: Mapping[str, str] | None = None,
    outlook: Outlook | None = None,
) -> list[Run]:
    """The executions of a session, oldest first, with the marks of an order that is not the document's.

    `cells` are the ids of the notebook's cells in document order; without them nothing is marked but what was
    run again. `texts` gives the source text of a digest; `outlook` knows of cells that were edited since, and of those
    deleted whose names are used.
    """
    position = {cell: index for index, cell in enumerate(cells)}
    furthest, seen, found = -1, set[str](), []
    for execution in session.executions:
        place = position.get(execution.cell or "")
        marks = []
        if execution.cell in seen:
            marks.append("run-again")
        if place is not None and place < furthest:
            marks.append("out-of-order")
        if cells and execution.cell and place is None:
            marks.append("deleted")
        if outlook and execution.number in outlook.used:
            marks.append("used")
        if outlook and execution.number in outlook.edited:
            marks.append("edited")
        seen.add(execution.cell or "")
        furthest = max(furthest, -1 if place is None else place)
        found.append(_run(execution, marks, (texts or {}).get(execution.source, "")))
    return found


def _run(execution: Execution, marks: list[str], text: str) -> Run:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return Run(
        execution.number,
        execution.cell,
        execution.count,
        execution.outcome,
        execution.started,
        execution.seconds,
        marks,
        mask_source(first[:400])[:200],
    )


def sections(
    session: Session, reasons: Iterable[Reason] | None = None, disk: Mapping[str, str | None] | None = None
) -> list[Section]:
    """Everything that the factors noted in a session, section by section.

    The first tells of the order by the notebook's `reasons`; without them, there is no such section. `disk` is what is
    in files now, as `outlook` takes it.
    """
    executions, on_disk = session.executions, Files(session, disk or {})
    order = [Section("order", "Order", _IN_ORDER, list(rows.iter_order(reasons)))] if reasons is not None else []
    found = [
        *order,
        Section("random", "Randomness", "Nothing random was drawn.", list(rows.iter_random(executions))),
        Section("clock", "Clock", "The clock was not read.", list(rows.iter_clock(executions))),
        Section(
            "data", "Data", "No data file was read or written.", list(rows.iter_files(executions, "data", on_disk))
        ),
        Section("network", "Remote data", "Nothing was fetched over the network.", list(rows.iter_network(executions))),
        Section(
            "code", "Code", "No module of the project was imported.", list(rows.iter_files(executions, "code", on_disk))
        ),
        Section("packages", "Packages", "No package was imported.", list(rows.iter_packages(session))),
        Section("environment", "Environment", "Not known.", list(rows.iter_environment(session))),
        Section(
            "declared", "Declared", "No parameter, metric or note was declared.", list(rows.iter_declared(executions))
        ),
        Section(
            "blind-spots",
            "Blind spots",
            "Nothing that is known to have gone unseen.",
            [Row(None, spot, level=WARNING) for spot in session.blind_spots],
        ),
    ]
    for section in found:
        section.rows[:] = map(_fitting, section.rows)
    return found


def _fitting(row: Row) -> Row:
    if max(len(row.text), len(row.detail)) <= _LONGEST:
        return row
    return replace(row, text=cut(row.text, _LONGEST), detail=cut(row.detail, _LONGEST))


def as_json(items: Iterable[Run | Section]) -> list[Json]:
    """Runs or sections as plain JSON; `dataclasses.asdict` takes ten times as long."""
    return [_plain(item) for item in items]


def _plain(item: Run | Section | Row) -> Json:
    told = dict(vars(item))
    if isinstance(item, Section):
        told["rows"] = [_plain(row) for row in item.rows]
    return told
