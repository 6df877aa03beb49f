"""The rows of the record in words: what each factor noted in each execution; `summary` puts them into sections."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyter_prov.diagnosis.reason import Reason
from jupyter_prov.diagnosis.session import CHANGED, MISSING, UNKNOWN, Files, was_drawn
from jupyter_prov.record.evidence import code_files, data_files
from jupyter_prov.record.masked_urls import mask_url
from jupyter_prov.record.model import Execution, Session
from jupyter_prov.record.noted_files import known_digest
from jupyter_prov.record.random_text import MASK

INFO, WARNING = "info", "warning"
_MASKED = (
    f"{MASK} stands for parts of URLs that are not recorded, as they may be secrets: values of parameters, and "
    "text that looks random."
)


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


def iter_order(reasons: Iterable[Reason]) -> Iterator[Row]:
    """Why the order in which cells ran matters."""
    for reason in reasons:
        if reason.kind == "order":
            yield Row(reason.cell, reason.text, _at(reason.line), INFO if reason.weak else WARNING)


def _at(line: int | None) -> str:
    return f"line {line}" if line else ""


def iter_random(executions: Iterable[Execution]) -> Iterator[Row]:
    """Seeds, and draws with and without one."""
    for execution in executions:
        noted = execution.evidence.get("random", {})
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


def iter_clock(executions: Iterable[Execution]) -> Iterator[Row]:
    """Which calls read the clock, and how often."""
    for execution in executions:
        noted = execution.evidence.get("clock", {})
        calls: dict[tuple[str, int | None], int] = {}
        for read in noted.get("reads", ()):
            key = (read["call"], read.get("line"))
            calls[key] = calls.get(key, 0) + 1
        for (call, line), count in calls.items():
            times = f", {count} times" if count > 1 else ""
            yield Row(execution.cell, f"{call} read the clock{times}", _at(line), WARNING)


def iter_files(executions: Iterable[Execution], kind: str, on_disk: Files) -> Iterator[Row]:
    """Files that were read, written, run or imported; `kind` is data or code."""
    verbs = {"input": "read", "output": "wrote", "code": "imported"}
    for execution in executions:
        for file in data_files(execution.evidence) if kind == "data" else code_files(execution.evidence):
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


def iter_network(executions: Iterable[Execution]) -> Iterator[Row]:
    """What was fetched, and from where."""
    is_masked = False
    for execution in executions:
        noted = execution.evidence.get("network", {})
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


def iter_declared(executions: Iterable[Execution]) -> Iterator[Row]:
    """What the notebook said of itself."""
    for execution in executions:
        noted = execution.evidence.get("declared", {})
        for kind, values in (("param", noted.get("params", {})), ("metric", noted.get("metrics", {}))):
            for name, value in values.items():
                shown = json.dumps(value, ensure_ascii=False)
                yield Row(execution.cell, f"{name} = {shown}", _in_part(kind, shown))
        for note in noted.get("notes", ()):
            yield Row(execution.cell, note, _in_part("note", note))
        volatile = ("volatile", "a difference does not count", noted.get("volatile"))
        for kind, told, reason in (volatile, ("skip", "not compared", noted.get("skip"))):
            if reason is not None:
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


def iter_packages(session: Session) -> Iterator[Row]:
    """The packages that were imported, and what was installed in mid-session."""
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


def iter_environment(session: Session) -> Iterator[Row]:
    """The interpreter, the machine, and what of both was asked for."""
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
    for execution in session.executions:
        noted = execution.evidence.get("environment", {})
        for name in noted.get("variables", ()):
            unset = ", which was not set" if name in noted.get("unset", ()) else ""
            yield Row(execution.cell, f"read the variable {name}{unset}", _at(noted.get("lines", {}).get(name)))
        for asked in noted.get("calls", ()):
            yield Row(execution.cell, f"called {asked['call']}", _at(asked.get("line")))
