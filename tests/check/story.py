"""Stories told by hand: a notebook, the order in which its cells were run, and what its re-run noted."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat

from jupyter_prov.analysis.names import names, statements
from jupyter_prov.check.explain import Explanation
from jupyter_prov.factors.registry import factors
from jupyter_prov.record import digests
from jupyter_prov.record.cause import Cause
from jupyter_prov.record.model import CellState, Execution, Record, Session

Evidence = Mapping[str, Any]
_TIMES = itertools.count(1)
Ran = tuple[str, str, Evidence]


def drew(state: str = "a", generator: str = "random") -> Evidence:
    return {"random": {"draws": [{"generator": generator, "seeded": False, "before": state, "after": state + "'"}]}}


def drew_seeded(generator: str = "random") -> Evidence:
    return {"random": {"draws": [{"generator": generator, "seeded": True, "before": "s", "after": "t"}]}}


def seeded(generator: str = "random") -> Evidence:
    return {"random": {"seeds": [{"call": "random.seed", "value": "0", "line": 1, "generator": generator}]}}


def made_generator(line: int) -> Evidence:
    return {"random": {"unseeded": [{"call": "a numpy generator", "line": line}]}}


def read_clock(line: int, call: str = "time.time", value: int | None = None, **more: Any) -> Evidence:
    """A read of the clock, by default at another time than any other."""
    value = next(_TIMES) if value is None else value
    return {"clock": {"reads": [{"call": call, "line": line, "value": value, **more}], "count": 1}}


def file(path: str, content: str = "", role: str = "input", **more: Any) -> Evidence:
    known = {"digest": digests.of_text(content)} if content else {}
    return {"data": {"files": [{"path": path, "role": role, **known, **more}]}}


def code(content: str, path: str = "helper.py", module: str = "helper") -> Evidence:
    known = {"digest": digests.of_text(content)} if content else {}
    return {"code": {"files": [{"path": path, "role": "code", "module": module, **known}]}}


def imported(*modules: str) -> Evidence:
    return {"package": {"modules": list(modules)}}


def failed(error: str = "FileNotFoundError") -> Evidence:
    return {"error": {"name": error}}


def installed(**versions: str) -> dict[str, Any]:
    distributions = {name: {"version": version} for name, version in versions.items()}
    return {"packages": {"distributions": distributions, "imports": {name: [name] for name in versions}}}


def execution(number: int, cell: str, source: str, evidence: Evidence) -> Execution:
    noted = {kind: dict(what) for kind, what in evidence.items() if kind != "error"}
    total = names([] if source.startswith("%%") else statements(source))
    noted["order"] = {field.name: sorted(getattr(total, field.name)) for field in dataclasses.fields(total)}
    error = evidence["error"]["name"] if "error" in evidence else None
    return Execution(number, cell, number, digests.of_text(source), "", 0.1, "error" if error else "ok", error, noted)


def session(number: int, ran: Sequence[Ran], **more: Any) -> Session:
    return Session(number, f"t{number}", executions=[execution(i, *one) for i, one in enumerate(ran, 1)], **more)


class Story:
    """A notebook, the order in which its cells were run, and its re-run from top to bottom."""

    def __init__(self, **cells: str) -> None:
        self.cells = cells
        self.recorded: list[list[Ran]] = [[]]
        self.again: dict[str, Evidence] = {}
        self.more: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    def run(self, cell: str, *evidence: Evidence, source: str | None = None) -> Story:
        """A cell was run, by default with the source that it has now."""
        noted = {kind: what for one in evidence for kind, what in one.items()}
        self.recorded[-1].append((cell, self.cells.get(cell, "") if source is None else source, noted))
        return self

    def restart(self) -> Story:
        self.recorded.append([])
        return self

    def rerun(self, cell: str, *evidence: Evidence) -> Story:
        """What the re-run noted of a cell; of the others, nothing."""
        self.again[cell] = {kind: what for one in evidence for kind, what in one.items()}
        return self

    def explanation(self) -> Explanation:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, id=cell) for cell, source in self.cells.items()]
        )
        sessions = [session(n, ran, **self.more[0]) for n, ran in enumerate(self.recorded, 1) if ran]
        latest = {e.cell: CellState(str(e.cell), s.number, e.number) for s in sessions for e in s.executions}
        record = Record("a.ipynb", [state for cell, state in latest.items() if cell in self.cells], sessions)
        again = session(1, [(c, text, self.again.get(c, {})) for c, text in self.cells.items()], **self.more[1])
        return Explanation(notebook, record, again, factors())

    def causes(self, cell: str) -> list[Cause]:
        return self.explanation().causes(cell)

    def told(self, cell: str) -> list[tuple[str, int | None]]:
        """The causes of a cell as pairs of the kind and the cell that it came in with."""
        return sorted({(cause.kind, cause.cell) for cause in self.causes(cell)})
