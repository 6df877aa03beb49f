"""Acts a planted notebook: somebody works in it, something changes, and it is checked."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from benchmarks.causes.planted import Planted, Truth
from jupyter_prov.check.checker import Options, check
from jupyter_prov.record.journal import Journal
from tests.check.worked import Worked


@dataclasses.dataclass
class Told:
    """What a check told."""

    causes: Truth
    proven: int
    named: int
    runs: int
    seconds: float


def act(planted: Planted, folder: Path, explain: str) -> Told:
    """Work in a notebook in this folder, change what changes, and check it."""
    project = folder / "project"
    project.mkdir(parents=True)
    os.environ["JUPYTER_DATA_DIR"] = str(folder / "data")
    _write(project, planted.files)
    os.environ.update(planted.environ)
    path = Worked(project, **planted.cells).work(*(planted.order or planted.cells), **planted.typed)
    for name in planted.environ:
        del os.environ[name]
    _journal(folder / "data", planted.typed)
    _write(project, planted.changed)
    report = check(path, Options(env="current", timeout=60, explain=explain))
    causes = [(cell.id, cause) for cell in report.cells for cause in cell.causes]
    told: dict[str, Any] = {}
    for cell, cause in causes:
        told.setdefault(cell, set()).add((cause.kind, cause.cell))
    proven = sum(cause.confidence == "proven" for _, cause in causes)
    return Told(told, proven, len(causes), report.runs, report.seconds)


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def _journal(folder: Path, texts: dict[str, str]) -> None:
    """What the server's journal would hold of sources that are gone."""
    journal = Journal(folder / "jupyter-prov" / "journals" / "kernel.jsonl")
    for number, text in enumerate(texts.values(), 1):
        journal.append({"kind": "started", "session": "s", "number": number, "cell": "c", "text": text, "started": ""})
    journal.close()
