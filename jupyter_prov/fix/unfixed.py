"""What no edit can fix, each in one sentence with what a person can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_prov.record.cause import Cause
from jupyter_prov.record.model import Record
from jupyter_prov.record.noted_files import files_of, known_digest
from jupyter_prov.report.model import CellReport

OUTSIDE = frozenset("data code package environment network concurrency unknown".split())
"""Kinds of causes that no edit of the notebook removes."""


def sentences(cell: CellReport, number: int, record: Record | None, commands: Mapping[str, str]) -> Iterator[str]:
    """What is left in a cell, by its number in the notebook; `commands` restore files, by their paths in the record."""
    for cause in cell.causes:
        restoring = commands.get(cause.subject, "") if cause.kind == "data" else ""
        yield f"cell {number}: {_describe_cause(cause, record)}" + (f": {restoring}" if restoring else "")
    if not cell.causes:
        yield f"cell {number}: {cell.failure or 'it does not show the same twice'}; no edit for that is known"


def _describe_cause(cause: Cause, record: Record | None) -> str:
    if cause.kind == "package":
        return f"{cause.explanation}; require the recorded versions in your requirements: {cause.subject}"
    if cause.kind in ("data", "code"):
        known = _digest(record, cause)
        return f"{cause.explanation}; restore {cause.subject}" + (f", whose content was {known}" if known else "")
    advice = cause.advice.sentence
    return f"{cause.explanation}, which cannot be fixed automatically: {advice[0].lower()}{advice[1:].rstrip('.')}"


def _digest(record: Record | None, cause: Cause) -> str:
    """The digest that a file had when it was read."""
    for _, execution in record.executions() if record else ():
        for file in files_of(execution):
            if file["path"] == cause.subject and file["role"] != "output" and known_digest(file):
                return str(known_digest(file))
    return ""
