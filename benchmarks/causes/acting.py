"""Acts a planted notebook: somebody works in it, something changes, and it is checked."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.causes.planted import Planted, Truth
from jupyter_prov.check.checker import Options, check
from jupyter_prov.record.journal import Journal
from tests.check.elsewhere import folder_of, holding, recorded_in
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
    with _served(planted.served) as (url, change):
        cells = {name: text.replace("URL", url) for name, text in planted.cells.items()}
        name, old, new = planted.versions
        if name:
            path = recorded_in(holding(**{name: old}), project, **cells)
        else:
            path = Worked(project, **cells).work(*(planted.order or cells), **planted.typed)
        for variable in planted.environ:
            del os.environ[variable]
        _journal(folder / "data", planted.typed)
        _write(project, planted.changed)
        change()
        env = folder_of(holding(**{name: new})) if name else "current"
        report = check(path, Options(env=env, timeout=60, explain=explain))
    causes = [(cell.id, cause) for cell in report.cells for cause in cell.causes]
    told: dict[str, Any] = {}
    for cell, cause in causes:
        told.setdefault(cell, set()).add((cause.kind, cause.cell))
    proven = sum(cause.confidence == "proven" for _, cause in causes)
    return Told(told, proven, len(causes), report.runs, report.seconds)


@contextmanager
def _served(answers: tuple[str, str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server on this machine with its address, and what makes it give the second answer from then on."""
    given = [answers[0]]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(given[-1].encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/d.csv", lambda: given.append(answers[1])
        server.shutdown()


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def _journal(folder: Path, texts: dict[str, str]) -> None:
    """What the server's journal would hold of sources that are gone."""
    journal = Journal(folder / "jupyter-prov" / "journals" / "kernel.jsonl")
    for number, text in enumerate(texts.values(), 1):
        journal.append({"kind": "started", "session": "s", "number": number, "cell": "c", "text": text, "started": ""})
    journal.close()
