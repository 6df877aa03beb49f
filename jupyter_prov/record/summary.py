"""The record in words: the sections that `%prov`, `jupyter prov show` and the panel all show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_prov.record.masked_urls import mask_url
from jupyter_prov.record.masking import mask_source
from jupyter_prov.record.model import Execution, Json, Session
from jupyter_prov.record.noted_files import known_digest
from jupyter_prov.record.outlook import CHANGED, MISSING, UNKNOWN, Files, Outlook, was_drawn
from jupyter_prov.record.random_text import MASK
from jupyter_prov.record.reason import Reason, cut

INFO, WARNING = "info", "warning"
_LONGEST = 5000
"""Characters of a row; a note may be as long as that."""
_MASKED = (
    f"{MASK} stands for parts of URLs that are not recorded, as they may be secrets: values of parameters, and "
    "text that looks random."
)
_IN_ORDER = "No cell needs another order than that from top to bottom."


@dataclass(frozen=True)
class Row:
    """One thing to tell: where, what, and whether it endangers a re-run."""

    cell: str | None
    text: str
    detail: str = ""
    level: str = INFO
    path: str = ""
    """The file that it tells of, as the session names it."""
    state: str = UNKNOWN
    """How the file is on disk now."""


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
    order = [Section("order", "Order", _IN_ORDER, list(_order(reasons)))] if reasons is not None else []
    found = [
        *order,
        Section("random", "Randomness", "Nothing random was drawn.", list(_random(executions))),
        Section("clock", "Clock", "The clock was not read.", list(_clock(executions))),
        Section("data", "Data", "No data file was read or written.", list(_files(executions, "data", on_disk))),
        Section("network", "Remote data", "Nothing was fetched over the network.", list(_network(executions))),
        Section("code", "Code", "No module of the project was imported.", list(_files(executions, "code", on_disk))),
        Section("packages", "Packages", "No package was imported.", list(_packages(session))),
        Section("environment", "Environment", "Not known.", list(_environment(session))),
        Section("declared", "Declared", "No parameter, metric or note was declared.", list(_declared(executions))),
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


def _noted(executions: Iterable[Execution], kind: str) -> Iterator[tuple[Execution, dict[str, Any]]]:
    for execution in executions:
        if noted := execution.evidence.get(kind):
            yield execution, noted


def _order(reasons: Iterable[Reason]) -> Iterator[Row]:
    for reason in reasons:
        if reason.kind == "order":
            yield Row(reason.cell, reason.text, _at(reason.line), INFO if reason.weak else WARNING)


def _at(line: int | None) -> str:
    return f"line {line}" if line else ""


def _random(executions: Iterable[Execution]) -> Iterator[Row]:
    for execution, noted in _noted(executions, "random"):
        for seed in noted.get("seeds", ()):
            yield Row(execution.cell, f"{seed['call']} set the seed {seed['value']}", _at(seed.get("line")))
        for made in noted.get("unseeded", ()):
            yield Row(execution.cell, f"{made['call']} without a seed", _at(made.get("line")), WARNING)
        for taken in noted.get("system", ()):
            yield Row(execution.cell, f"{taken['call']} took entropy from the system", _at(taken.get("line")), WARNING)
        for draw in noted.get("draws", ()):
            at = _at(draw.get("line"))
            if draw["seeded"]:
                yield Row(execution.cell, f"drew from {draw['generator']}, which was seeded", at)
            elif was_drawn(draw):
                yield Row(execution.cell, f"drew from {draw['generator']} without a seed", at, WARNING)


def _clock(executions: Iterable[Execution]) -> Iterator[Row]:
    for execution, noted in _noted(executions, "clock"):
        calls: dict[tuple[str, int | None], int] = {}
        for read in noted.get("reads", ()):
            key = (read["call"], read.get("line"))
            calls[key] = calls.get(key, 0) + 1
        for (call, line), count in calls.items():
            times = f", {count} times" if count > 1 else ""
            yield Row(execution.cell, f"{call} read the clock{times}", _at(line), WARNING)


def _files(executions: Iterable[Execution], kind: str, on_disk: Files) -> Iterator[Row]:
    verbs = {"input": "read", "output": "wrote", "code": "imported"}
    for execution, noted in _noted(executions, kind):
        for file in noted.get("files", ()):
            changed = file.get("changed_while_running", False)
            digest = (known_digest(file) or "").removeprefix("blake3:")[:12]
            digest = digest or ("content not known" if changed else "not read yet")
            size = f", {_size(file['size'])}" if "size" in file else ""
            size += f" in {file['files']:,} files" if "files" in file else ""
            size += ", sampled" if file.get("sampled") else ""
            verb = "ran" if file["role"] == "code" and kind == "data" else verbs[file["role"]]
            by = ", in a child process" if file.get("by") == "child" else ""
            text = f"{verb} {file['path']}{by}" + (" (changed while the cell ran)" if changed else "")
            state = on_disk.state(execution, file)
            level = WARNING if changed or state in (CHANGED, MISSING) else INFO
            yield Row(execution.cell, text, f"{digest}{size}", level, file["path"], state)


def _network(executions: Iterable[Execution]) -> Iterator[Row]:
    is_masked = False
    for execution, noted in _noted(executions, "network"):
        for request in noted.get("requests", ()):
            digest = request.get("digest", "").removeprefix("blake3:")[:12]
            found = f"{digest}, {_size(request['size'])}" if digest else request.get("error", "content not known")
            verb = {"source": "names", "socket": "connected to"}.get(request["via"], "fetched")
            yield Row(execution.cell, f"{verb} {_url(request['url'])}", found, WARNING)
            is_masked |= MASK in _url(request["url"])
    if is_masked:
        yield Row(None, _MASKED)


def _url(url: str) -> str:
    """A URL or the peer of a connection as it may be shown; older records have some that are masked in part."""
    return mask_url(url) if "://" in url else url


def _declared(executions: Iterable[Execution]) -> Iterator[Row]:
    for execution, noted in _noted(executions, "declared"):
        for kind in ("params", "metrics"):
            for name, value in noted.get(kind, {}).items():
                shown = json.dumps(value, ensure_ascii=False)
                yield Row(execution.cell, f"{name} = {shown}", _in_part(kind[:-1], shown))
        for note in noted.get("notes", ()):
            yield Row(execution.cell, note, _in_part("note", note))
        for kind, told in (("volatile", "a difference does not count"), ("skip", "not compared")):
            if (reason := noted.get(kind)) is not None:
                yield Row(execution.cell, f"{told}: {reason}" if reason else told, kind)


def _in_part(kind: str, text: str) -> str:
    return f"{kind}, not recorded in full" if MASK in text else kind


def _size(size: int) -> str:
    number, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"


def _packages(session: Session) -> Iterator[Row]:
    distributions = session.packages.get("distributions", {})
    used = {name for names in session.packages.get("imports", {}).values() for name in names}
    for name in sorted(used & distributions.keys(), key=str.lower):
        origin = _url(distributions[name].get("direct_url", {}).get("url", ""))
        if copy := distributions[name].get("working_copy"):
            changed = ", with changes" if copy.get("dirty") else ""
            origin = f"{origin} at {copy['commit_id'][:12]}{changed}".strip()
        yield Row(None, f"{name} {distributions[name]['version']}", origin)
    numbered = {execution.number: execution.cell for execution in session.executions}
    for change in session.packages.get("installed", ()):
        text = f"{change['name']} {change['before'] or 'not installed'} → {change['after'] or 'not installed'}"
        yield Row(numbered.get(change["execution"]), text, "in mid-session", WARNING)
    if others := len(distributions) - len(used):
        yield Row(None, f"{others} more are installed and were not imported")


def _environment(session: Session) -> Iterator[Row]:
    python, platform = session.python, session.platform
    if python:
        yield Row(None, f"{python.get('implementation')} {python.get('version')}", python.get("compiler", ""))
    if platform:
        yield Row(None, " ".join(str(platform[k]) for k in ("system", "machine", "libc") if platform.get(k)))
    known = session.environment
    if cpu := known.get("cpu"):
        memory = f", {_size(known['memory'])} of memory" if known.get("memory") else ""
        where = f"in a container ({known['container']})" if known.get("container") else ""
        yield Row(None, f"{cpu.get('count')} × {cpu.get('model') or 'unknown processor'}{memory}", where)
    if gpu := known.get("gpu"):
        yield Row(None, ", ".join(gpu.get("models", ())), f"driver {gpu['driver']}" if gpu.get("driver") else "")
    if blas := known.get("blas"):
        threads = ", ".join(f"{pool}: {count} threads" for pool, count in known.get("threads", {}).items())
        yield Row(None, ", ".join(blas), threads)
    place = ", ".join(str(known[key]) for key in ("time_zone", "locale") if known.get(key))
    if place:
        yield Row(None, place)
    for name, value in sorted(known.get("variables", {}).items()):
        yield Row(None, f"{name}={value}")
    for execution, noted in _noted(session.executions, "environment"):
        for name in noted.get("variables", ()):
            unset = ", which was not set" if name in noted.get("unset", ()) else ""
            yield Row(execution.cell, f"read the variable {name}{unset}", _at(noted.get("lines", {}).get(name)))
        for asked in noted.get("calls", ()):
            yield Row(execution.cell, f"called {asked['call']}", _at(asked.get("line")))
