"""Fixed dates: what a notebook reads from the calendar becomes what was recorded, given once as a parameter."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.elapsed_times import elapsed_reads
from jupyter_prov.fix.import_names import callable_at, dotted, everywhere, fresh
from jupyter_prov.fix.source_edits import Source, first_line

_LOCALTIME = "<localtime>"
"""Stands for the function of that name, whatever the notebook calls it."""
_LAST = 253_402_214_400 * 10**9
"""The end of the year 9999 in nanoseconds, after which there is no datetime."""


def fix_dates(scene: Scene) -> bool:
    """Edit the calendar reads that are no part of a duration; whether there was any."""
    names, done = everywhere(scene.draft), False
    roots = {scene.id_of(cause) for cause in scene.causes("clock")}
    for cell, _ in list(scene.draft.cells()):
        if cell.id in roots or scene.draft.made_of.get(cell.id) in roots or _defines_reader(scene, cell, roots):
            done |= _fix_cell(scene, cell, names)
    return done


def _defines_reader(scene: Scene, cell: Any, roots: set[str]) -> bool:
    """Whether a cell defines functions or classes, in which another one may read the clock."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    trees = [source.tree for other, source in scene.draft.cells() if other is cell] if roots else []
    return any(isinstance(node, kinds) for tree in trees for node in ast.walk(tree))


def _fix_cell(scene: Scene, cell: Any, names: Mapping[str, str]) -> bool:
    """Fix the reads of one cell; calls that stand in expressions and say the same get one date, as a parameter."""
    done, parameters = False, dict[str, str]()
    while found := _next(scene, cell, names):
        source, statement, call, text = found
        local = callable_at(scene.draft, cell, first_line(statement), "time.localtime")
        above = [source.above(statement, local.imported)] if _LOCALTIME in text and local.imported else []
        text = text.replace(_LOCALTIME, local.name)
        edits, told = [*above, source.instead(call, text)], "the date is fixed to the recorded one"
        if not _is_whole(statement, call) and not _is_argument(call):
            written, given = source.segment(call), []
            if written not in parameters:
                parameters[written] = _name(scene.draft, dotted(call.func, names))
                given = [source.above(statement, f"{parameters[written]} = {text}")]
            name = parameters[written]
            edits = [source.instead(call, name), *given]
            told = f"the date is a parameter, {name}, with the recorded value"
        if not scene.draft.edit(cell, edits, "clock", told):
            break
        done = True
    return done


def _name(draft: Draft, path: str) -> str:
    """A name for the parameter that stands for what the function with a dotted path told."""
    return fresh(draft, "TODAY" if "date" in path.split(".") else "NOW")


def _next(scene: Scene, cell: Any, names: Mapping[str, str]) -> tuple[Source, ast.stmt, ast.Call, str] | None:
    """The first read of a cell that can be fixed, and is no part of a duration."""
    elapsed = elapsed_reads(scene.draft)
    source = next((source for other, source in scene.draft.cells() if other is cell), None)
    for statement in source.tree.body if source else ():
        for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
            fixed = _FIXED.get(dotted(call.func, names))
            if fixed is None or (cell.id, call.lineno, call.col_offset) in elapsed:
                continue
            assert source is not None
            if source.holds(call) and (text := fixed(source, call, _value(scene, cell, call.lineno))):
                return source, statement, call, text
    return None


def _is_whole(statement: ast.stmt, call: ast.Call) -> bool:
    """Whether a statement does nothing but give the result of a call a name, which then is the parameter."""
    return isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is call


def _is_argument(call: ast.Call) -> bool:
    """Whether a call keeps arguments of its own, so that it cannot stand elsewhere."""
    return bool(call.args or call.keywords)


def _value(scene: Scene, cell: Any, line: int) -> int:
    """What the clock said there, in nanoseconds since the epoch; else what it said anywhere, else now."""
    reads = scene.clock_reads(cell)
    reads += [one for _, run in scene.record.executions() for one in run.evidence.get("clock", {}).get("reads", ())]
    there = [read for read in reads if read.get("line") == line] + reads
    values = [value for read in there if type(value := read.get("value")) is int and 10**17 < value < _LAST]
    return values[0] if values else time.time_ns()


def _seconds(value: int) -> str:
    return repr(value // 1000 / 10**6)


def _receiver(source: Source, call: ast.Call) -> str:
    """The text in front of the last dot of what is called."""
    return source.segment(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _given(source: Source, call: ast.Call) -> str:
    """A call's arguments as they are written."""
    return ", ".join(source.segment(one) for one in call.args) + "".join(
        f", {one.arg}={source.segment(one.value)}" if one.arg else f", **{source.segment(one.value)}"
        for one in call.keywords
    )


def _datetime(source: Source, call: ast.Call, value: int) -> str:
    maker, given = _receiver(source, call), _given(source, call).lstrip(", ")
    if given:
        return f"{maker}.fromtimestamp({_seconds(value)}, {given})"
    at = datetime.fromtimestamp(value // 1000 / 10**6)
    return f"{maker}({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}, {at.microsecond})"


def _utc(source: Source, call: ast.Call, value: int) -> str:
    at = datetime.fromtimestamp(value // 1000 / 10**6, timezone.utc)
    told = f"{at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}, {at.microsecond}"
    return f"{_receiver(source, call)}({told})"


def _date(source: Source, call: ast.Call, value: int) -> str:
    at = datetime.fromtimestamp(value // 10**9)
    return f"{_receiver(source, call)}({at.year}, {at.month}, {at.day})"


def _timestamp(source: Source, call: ast.Call, value: int) -> str:
    maker, given = _receiver(source, call), _given(source, call).lstrip(", ")
    if given:
        zone = given if given.startswith("tz=") else f"tz={given}"
        return f'{maker}({value}, unit="ns", {zone})'
    return f'{maker}("{datetime.fromtimestamp(value // 1000 / 10**6).isoformat()}")'


def _timestamp_utc(source: Source, call: ast.Call, value: int) -> str:
    return f'{_receiver(source, call)}({value}, unit="ns", tz="UTC")'


def _named(source: Source, call: ast.Call, value: int) -> str:
    """A call with the text "now" or "today", such as `pd.Timestamp("now")`, with a date in its place."""
    for one in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(one, ast.Constant) and one.value in ("now", "today"):
            at = datetime.fromtimestamp(value // 10**9)
            told = at.date().isoformat() if one.value == "today" else at.isoformat()
            start, end = source.span(call)
            first, last = source.span(one)
            return f'{source.text[start:first]}"{told}"{source.text[last:end]}'
    return ""


def _broken_down(source: Source, call: ast.Call, value: int) -> str:
    """`localtime()`, `gmtime()`, `ctime()`: with the seconds."""
    return "" if call.args else f"{source.segment(call.func)}({_seconds(value)})"


def _formatted(source: Source, call: ast.Call, value: int, given: int) -> str:
    """`time.strftime(format)`, `time.asctime()`: with the time that they tell of."""
    if len(call.args) != given:
        return ""
    before = "".join(f"{source.segment(one)}, " for one in call.args)
    return f"{source.segment(call.func)}({before}{_LOCALTIME}({_seconds(value)}))"


_FIXED: dict[str, Callable[[Source, ast.Call, int], str]] = {
    "time.time": lambda source, call, value: _seconds(value),
    "time.time_ns": lambda source, call, value: str(value),
    "datetime.datetime.now": _datetime,
    "datetime.datetime.today": _datetime,
    "datetime.datetime.utcnow": _utc,
    "datetime.date.today": _date,
    "pandas.Timestamp.now": _timestamp,
    "pandas.Timestamp.today": _timestamp,
    "pandas.Timestamp.utcnow": _timestamp_utc,
    "pandas.Timestamp": _named,
    "pandas.to_datetime": _named,
    "numpy.datetime64": _named,
    "time.localtime": _broken_down,
    "time.gmtime": _broken_down,
    "time.ctime": _broken_down,
    "time.strftime": lambda source, call, value: _formatted(source, call, value, 1),
    "time.asctime": lambda source, call, value: _formatted(source, call, value, 0),
}
"""How each function that reads the calendar is written with a fixed time; '' where it reads none."""
