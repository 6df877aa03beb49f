"""A session and its re-run: the same cells in two kernels, the second of which is given what the first recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.factors.base import Planned
from jupyter_prov.factors.random.factor import Random
from jupyter_prov.record import wire
from jupyter_prov.record.model import OK, Session
from tests.live import LiveKernel, kernel


@dataclass
class Plan:
    """As much of the plan of a re-run as a factor sees."""

    planned: list[Planned]
    variables: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Ran:
    """What cells showed, by their ids, and the session as it was recorded."""

    shown: dict[str, str]
    session: Session

    def noted(self, cell: str) -> dict[str, Any]:
        """What the factor noted of the last execution of a cell."""
        found: dict[str, Any] = [e for e in self.session.executions if e.cell == cell][-1].evidence.get("random", {})
        return found


def run(live: LiveKernel, cells: Mapping[str, str], order: Sequence[str] = ()) -> Ran:
    """Run cells, by default each once; all must run to their end."""
    shown = {}
    for cell in order or cells:
        live.run(cells[cell], cell)
        shown[cell] = live.text
    (session,) = live.record(live.folder).sessions
    failed = {e.cell: shown[str(e.cell)] for e in session.executions if e.cell in cells and e.outcome != OK}
    assert not failed, failed
    return Ran(shown, session)


def planned(ran: Ran, replay: bool = True, pin: str | None = None) -> list[Planned]:
    """A plan that repeats the last execution of each cell."""
    latest = {e.cell: e for e in ran.session.executions}
    plan = Plan([Planned(str(cell), e, session=ran.session) for cell, e in latest.items()])
    if replay:
        Random().replay(plan)
    if pin is not None:
        Random().pin(plan, pin)
    return plan.planned


@contextmanager
def rerunning(folder: Path, python: str, plan: Sequence[Planned]) -> Iterator[LiveKernel]:
    """A kernel that plays back what is planned."""
    folder.mkdir(exist_ok=True)
    played: dict[str, list[Any]] = {}
    for one in plan:
        played.setdefault(one.cell, []).append(one.played)
    path = folder / "played.json"
    path.write_text(json.dumps(played))
    with kernel(folder, python, {wire.PLAYED: str(path)}) as live:
        yield live


def needs(live: LiveKernel, module: str) -> None:
    """Skip a test of a library that the kernel's Python lacks."""
    live.run(f"import importlib.util; print(importlib.util.find_spec({module!r}) is not None)")
    if live.text.strip() != "True":
        pytest.skip(f"no {module} in this kernel's Python")
