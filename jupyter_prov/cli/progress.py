"""Progress of a check or a run: a bar on a terminal, JSON lines for a program, or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jupyter_prov.cli import complain

Tell = Callable[[str, int, int], None]
_PHASES = {
    "environment": "building the environment",
    "stage": "copying the project",
    "rerun": "running cells",
    "compare": "comparing outputs",
    "explain": "looking for causes",
}


@contextmanager
def progress(kind: str, name: str) -> Iterator[Tell]:
    """Something to tell of each step: the phase, and how many of how many cells are done."""
    if kind == "json":
        yield _json
    elif kind == "auto" and sys.stderr.isatty():
        with _bar(name) as tell:
            yield tell
    else:
        yield lambda phase, done, total: None


def announcer(kind: str, name: str) -> Callable[[str], None]:
    """Something that says a sentence about a notebook on standard error, in the form in which progress is shown."""

    def as_event(sentence: str) -> None:
        _say({"phase": "environment", "done": 0, "total": 0, "message": sentence})

    return as_event if kind == "json" else lambda sentence: complain(f"{name}: {sentence}")


def _json(phase: str, done: int, total: int) -> None:
    message = _PHASES.get(phase, phase)
    _say({"phase": phase, "done": done, "total": total, "message": f"{message[0].upper()}{message[1:]}."})


def _say(event: dict[str, str | int]) -> None:
    print(json.dumps(event), file=sys.stderr, flush=True)


@contextmanager
def _bar(name: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name)

        def tell(phase: str, done: int, total: int) -> None:
            bars.update(task, description=f"{name}: {_PHASES.get(phase, phase)}", completed=done, total=total)

        yield tell
