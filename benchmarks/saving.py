"""Saving after 1,000 executions: making the record, holding it against the old one, and its text."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.record import record_file
from jupyter_prov.record.assemble import assemble, same_but_times
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog

EXECUTIONS, CELLS = 1000, 200


def _session() -> SessionLog:
    """A session as an ordinary notebook makes one: names in every cell, files and draws in some."""
    log = SessionLog("benchmark")
    log.apply({"kind": "session", "session": "benchmark", "started": "2026-01-01T00:00:00.000000Z", "cwd": "/project"})
    packages = {f"package-{i}": {"version": "1.0"} for i in range(150)}
    log.apply({"kind": "packages", "distributions": packages, "provides": {"numpy": ["package-1"]}})
    for number in range(1, EXECUTIONS + 1):
        cell = f"cell{number % CELLS:04}"
        log.apply({"kind": "started", "number": number, "cell": cell, "text": f"x{number} = 1",
                   "started": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.123456Z"})  # fmt: skip
        log.apply({"kind": "ended", "number": number, "count": number, "seconds": 0.1, "outcome": "ok",
                   "evidence": _evidence(number)})  # fmt: skip
    return log


def _evidence(number: int) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "order": {"uses": ["df", "np", "plt"], "defines": [f"x{number}", "y"], "changes": ["df"]}
    }
    if number % 5 == 0:
        path, version = f"/project/data/{number}.csv", "1"
        file = {
            "path": path,
            "role": "input",
            "via": "audit",
            "version": version,
            "size": 1,
            "digest": "blake3:" + "0" * 64,
        }
        evidence["data"] = {"files": [file]}
        evidence["random"] = {"draws": [{"generator": "random", "seeded": True, "before": "0" * 16, "after": "1" * 16}]}
    return evidence


def saving() -> Iterator[Result]:
    """What the recorder does with the server's time at a save."""
    log = _session()
    cells = [
        {"cell_type": "code", "id": f"cell{i:04}", "execution_count": _count(i), "source": "x", "outputs": []}
        for i in range(CELLS)
    ]
    notebook = {"cells": cells}
    place = Place("/project", "/project")
    before = record_file.text_of(assemble("a.ipynb", notebook, [log], None, place))

    def save() -> None:
        old = record_file.loads(before, "a.prov.json")
        new = assemble("a.ipynb", copy.copy(notebook), [log], old, place)
        same_but_times(old, new)
        record_file.text_of(new)

    ours, theirs = paired(lambda: seconds(save), lambda: seconds(lambda: json.dumps(json.loads(before), indent=2)), 15)
    ratio = median(ours) / median(theirs)
    yield Result("saving after 1,000 executions", shown(median(ours)), f"json in and out {shown(median(theirs))}",
                 f"{ratio:.2f}", "≤ 1.0 ×", ratio <= 1.0)  # fmt: skip


def _count(cell: int) -> int:
    """The number of the last execution of a cell."""
    return max(n for n in range(1, EXECUTIONS + 1) if n % CELLS == cell)
