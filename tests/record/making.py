"""Entries of a session and notebooks that fit them, for tests that need no kernel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_prov.record import atomic_write, record_file
from jupyter_prov.record.model import Json, Record, to_json
from jupyter_prov.record.sessionlog import SessionLog

FOLDER = "/project"


def session_entry(started: str = "t1", **more: Any) -> Json:
    return {"kind": "session", "session": started, "started": started, "cwd": FOLDER,
            "python": {"version": "3.11.7"}, "platform": {}, "environment": {}, **more}  # fmt: skip


def started_entry(number: int, cell: str | None = "a", text: str = "x = 1") -> Json:
    return {"kind": "started", "number": number, "cell": cell, "text": text, "started": f"at {number}"}


def ended_entry(number: int, count: int | None = None, evidence: Mapping[str, Any] | None = None, **more: Any) -> Json:
    return {"kind": "ended", "number": number, "count": number if count is None else count, "seconds": 0.25,
            "outcome": "ok", "error": None, "evidence": dict(evidence or {}), **more}  # fmt: skip


def packages_entry(number: int = 0, **versions: str) -> Json:
    distributions = {name: {"version": version} for name, version in versions.items()}
    provides = {name: [name] for name in versions}
    return {"kind": "packages", "number": number, "distributions": distributions, "provides": provides}


def ran(number: int, cell: str | None = "a", text: str = "x = 1", evidence: Mapping[str, Any] | None = None,
        count: int | None = None) -> list[Json]:  # fmt: skip
    """The two entries of one execution."""
    return [started_entry(number, cell, text), ended_entry(number, count, evidence)]


def file(path: str, role: str = "input", version: str = "1", **more: Any) -> Json:
    return {"path": path, "role": role, "via": "audit", "version": version, **more}


def data(*noted: Json) -> Json:
    return {"data": {"files": list(noted)}}


def log_of(*entries: Json | Sequence[Json], started: str = "t1") -> SessionLog:
    """The log of a session with these entries, the list of packages come and all."""
    log = SessionLog(started)
    log.apply(session_entry(started))
    log.apply(packages_entry())
    for entry in entries:
        for one in [entry] if isinstance(entry, dict) else entry:
            log.apply(one)
    return log


def printed(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}


def code(cell: str, count: int | None, *outputs: Json, source: str = "x = 1") -> Json:
    return {"cell_type": "code", "id": cell, "execution_count": count, "outputs": list(outputs), "source": source,
            "metadata": {}}  # fmt: skip


def notebook_of(*cells: Json) -> Json:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def valid(record: Record) -> Record:
    """The record, once it has passed the shipped schema and come back from its text as it was."""
    text = record_file.dumps(to_json(record))
    assert record_file.dumps(to_json(record_file.loads(text, "a.prov.json"))) == text
    return record


def left_behind(folder: Path) -> Path:
    """The temporary file of a process that was killed while it wrote into a folder."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = folder / f".prov-{atomic_write._HOST}-{ended.pid}-{0:016x}"
    left.touch()
    return left


def is_pending(log: SessionLog) -> bool:
    """Whether anything that a session was told of (the end of a cell, a digest, the packages) is still to come."""
    return not log.ended and (log.running is not None or log.is_awaiting)
