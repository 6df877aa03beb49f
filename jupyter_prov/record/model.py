"""The record: what is known of how the present outputs of a notebook came to be.

Plain value objects, one for each level of `NAME.prov.json`; docs/record.md explains each field, and json_layout.py
where in the file it stands.
Keys that this version does not know are kept in `extra` and written back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from jupyter_prov.record.evidence import Evidence
from jupyter_prov.record.json_layout import joined, parted

SCHEMA = "jupyter-prov/record/1"

Json = dict[str, Any]

OK, ERROR, RUNNING, UNFINISHED = "ok", "error", "running", "unfinished"


@dataclass
class Execution:
    """One run of one cell in a session, numbered from 1 in the order in which they happened."""

    number: int
    cell: str | None
    count: int | None
    source: str
    started: str
    seconds: float | None = None
    outcome: str = RUNNING
    error: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    extra: Json = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether it came to an end, good or bad."""
        return self.outcome in (OK, ERROR)


@dataclass
class Session:
    """One life of one kernel, from start to shutdown or death."""

    number: int
    started: str
    python: Json = field(default_factory=dict)
    platform: Json = field(default_factory=dict)
    environment: Json = field(default_factory=dict)
    packages: Json = field(default_factory=dict)
    watchers: dict[str, str] = field(default_factory=dict)
    """What watched the session: `active`, or why it could not."""
    blind_spots: list[str] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    extra: Json = field(default_factory=dict)

    def execution(self, number: int | None) -> Execution | None:
        """The execution of this number, if it is known; mostly they stand in the order of their numbers."""
        if number and number <= len(self.executions) and self.executions[number - 1].number == number:
            return self.executions[number - 1]
        return next((e for e in self.executions if e.number == number), None)


@dataclass
class CellState:
    """A code cell of the saved notebook and the execution that made its outputs."""

    id: str
    session: int
    execution: int
    outputs: list[str] = field(default_factory=list)
    accepted: str | None = None
    """When a person made these outputs the recorded ones, if a re-run showed them and not the session of that time."""
    extra: Json = field(default_factory=dict)


@dataclass
class Record:
    """Everything that `NAME.prov.json` says."""

    notebook: str
    cells: list[CellState] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    """Texts that ran and are in the saved notebook no more, by their digest, where the project keeps them."""
    extra: Json = field(default_factory=dict)

    def cell(self, cell_id: str) -> CellState | None:
        """The state of this cell, if its outputs have a known origin."""
        return next((c for c in self.cells if c.id == cell_id), None)

    def session(self, number: int) -> Session | None:
        """The session of this number."""
        return next((s for s in self.sessions if s.number == number), None)

    def origin(self, cell_id: str) -> tuple[Session, Execution] | None:
        """The session and execution that made this cell's outputs."""
        state = self.cell(cell_id)
        session = self.session(state.session) if state else None
        execution = session.execution(state.execution) if session and state else None
        return (session, execution) if session and execution else None

    def executions(self) -> Iterator[tuple[Session, Execution]]:
        """Every execution with its session, oldest first."""
        for session in self.sessions:
            for execution in session.executions:
                yield session, execution


_Level = TypeVar("_Level", Execution, Session, CellState, Record)


_NAMES = {
    kind: tuple(f.name for f in fields(kind) if f.name != "extra") for kind in (Execution, Session, CellState, Record)
}


def _level(kind: type[_Level], data: Mapping[str, Any], **nested: Any) -> _Level:
    known = _NAMES[kind]
    values = {key: data[key] for key in known if key in data and key not in nested}
    extra = {k: v for k, v in data.items() if k not in known and k != "schema"} if len(data) > len(values) else {}
    return kind(**values, **nested, extra=extra)


def from_json(data: Mapping[str, Any]) -> Record:
    """A record from its parsed JSON, which must already be valid against the schema."""
    data = joined(data)
    sessions = [
        _level(Session, s, executions=[_level(Execution, e) for e in s["executions"]]) for s in data["sessions"]
    ]
    cells = [_level(CellState, c) for c in data.get("cells", [])]
    return _level(Record, data, cells=cells, sessions=sessions)


def to_json(record: Record) -> Json:
    """The JSON of a record; what is unknown or empty is left out where the schema allows it."""
    return parted(
        {
            "schema": SCHEMA,
            "notebook": record.notebook,
            "cells": [_flat(cell) for cell in record.cells],
            "sessions": [{**_flat(s), "executions": [_flat(e) for e in s.executions]} for s in record.sessions],
            **({"sources": record.sources} if record.sources else {}),
            **record.extra,
        }
    )


def _flat(level: Execution | Session | CellState) -> Json:
    values = {name: getattr(level, name) for name in _NAMES[type(level)] if name != "executions"}
    for key in ("error", "accepted"):
        if values.get(key, "") is None:
            del values[key]
    if not values.get("watchers", True):  # earlier records have none
        del values["watchers"]
    return {**level.extra, **values}
