"""Reads of the clock that measure how long something took: one is subtracted from another, or compared to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.import_names import dotted, everywhere
from jupyter_prov.report.model import CellReport

READS = frozenset(
    (
        "time.time time.time_ns datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow "
        "datetime.date.today pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow"
    ).split()
)
"""Functions that tell the time of day, by their dotted paths."""
_CALENDAR = ("", "calendar", "logging", "file")
"""Subjects of causes that tell the time of day; the others count from a point of their own."""
Place = tuple[str, int, int]
"""The id of a cell, and line and column in it."""


def elapsed_reads(draft: Draft) -> set[Place]:
    """Where the clock is read to subtract one time from another, or to wait for one, by cell, line and column."""
    names = everywhere(draft)
    kept = dict(_kept(draft, names))
    found: set[Place] = set()
    for cell, source in draft.cells():
        for node in ast.walk(source.tree):
            sides = _sides(node)
            times = [_time(side, cell.id, names, kept) for side in sides]
            if len(sides) == 2 and all(times):
                found |= {place for place in times if place}
            if isinstance(node, ast.While):  # which would not end if the clock stood still
                reads = (inner for inner in ast.walk(node.test) if isinstance(inner, ast.Call))
                found |= {_place(inner, cell.id) for inner in reads if is_read(inner, names)}
    return found


def _sides(node: ast.AST) -> list[ast.expr]:
    """Both sides of a subtraction or of a comparison."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    return [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else []


def _kept(draft: Draft, names: Mapping[str, str]) -> Iterator[tuple[str, Place]]:
    """The variables that hold a time that was read, and where it was."""
    for cell, source in draft.cells():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Assign) and (place := _time(node.value, cell.id, names, {})):
                yield from ((ast.unparse(target), place) for target in node.targets)


def _time(node: ast.expr, cell: str, names: Mapping[str, str], kept: Mapping[str, Place]) -> Place | None:
    if is_read(node, names):
        return _place(node, cell)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):  # a time that is waited for
        return _time(node.left, cell, names, kept) or _time(node.right, cell, names, kept)
    return kept.get(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else None


def _place(node: ast.expr, cell: str) -> Place:
    return cell, node.lineno, node.col_offset


def is_read(node: ast.AST, names: Mapping[str, str]) -> bool:
    """Whether an expression is a call that tells the time of day."""
    return isinstance(node, ast.Call) and dotted(node.func, names) in READS


def measures(scene: Scene, report: CellReport, elapsed: set[Place]) -> bool:
    """Whether all the clocks that make a cell differ are those of a duration."""
    lines = {(cell, line) for cell, line, _ in elapsed}
    causes = [cause for cause in report.causes if cause.kind == "clock"]
    calendar = [cause for cause in causes if cause.subject in _CALENDAR]
    left = [cause for cause in calendar if (scene.id_of(cause), scene.line(cause)) not in lines]
    return all(_measured(scene, cause.cell, lines) for cause in left)


def _measured(scene: Scene, cell: int | None, lines: set[tuple[str, int]]) -> bool:
    """Whether every time that was read in a cell belongs to a duration."""
    if cell is None:
        return False
    known = scene.draft.cell(scene.notebook.cells[cell].id)
    reads = [read for read in scene.clock_reads(known) if read.get("line")] if known is not None else []
    return bool(reads) and all((known.id, read["line"]) in lines for read in reads)
