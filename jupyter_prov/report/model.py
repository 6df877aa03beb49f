"""The report: value objects whose JSON is the contract `jupyter-prov/check/1`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from jupyter_prov.record.cause import Cause

SCHEMA = "jupyter-prov/check/1"
IDENTICAL, EQUIVALENT, DIFFERS = "identical", "equivalent", "differs"
FAILED, UNRECORDED, SKIPPED = "failed", "unrecorded", "skipped"
VERDICTS = (IDENTICAL, EQUIVALENT, DIFFERS, FAILED, UNRECORDED, SKIPPED)
BAD = (DIFFERS, FAILED)
REPRODUCED, NOT_REPRODUCED = "reproduced", "not-reproduced"


@dataclass(frozen=True)
class Hidden:
    """An example of what a noise hid."""

    noise: str
    recorded: str
    rerun: str


@dataclass
class OutputComparison:
    """One output of a cell, as the report tells it."""

    index: int
    mime: str
    verdict: str
    noise: list[str] = field(default_factory=list)
    summary: str = ""
    hidden: list[Hidden] = field(default_factory=list)
    """For each noise an example of what it hid, where the comparer tells one."""


@dataclass
class CellReport:
    """One code cell; `index` counts all cells of the notebook from 0."""

    index: int
    id: str
    verdict: str
    outputs: list[OutputComparison] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    volatile: bool = False
    """Whether a difference here is told but never fails the check."""
    reason: str = ""
    """Why it is so, as the notebook says."""
    failure: str = ""
    """Why the cell did not end by itself, if it did not."""
    accepted: bool = False
    """Whether what the re-run showed has become the stored output."""

    @property
    def is_bad(self) -> bool:
        """Whether this cell keeps the notebook from having reproduced."""
        return self.verdict in BAD and not self.volatile

    @property
    def causes_wanted(self) -> bool:
        """Whether there is a difference to explain."""
        return self.verdict in BAD

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "index": self.index,
            "id": self.id,
            "verdict": self.verdict,
            "outputs": [_output(output) for output in self.outputs],
            "causes": [cause.to_json() for cause in self.causes],
        }
        if self.volatile:
            told["volatile"] = True
        if self.reason:
            told["reason"] = self.reason
        if self.failure:
            told["failure"] = self.failure
        if self.accepted:
            told["accepted"] = True
        return told


@dataclass
class NotebookReport:
    """One notebook."""

    notebook: str
    environment: dict[str, Any]
    inputs: list[dict[str, str]]
    outputs: list[dict[str, str]]
    """Files that the notebook writes: told, and never counted in the verdict."""
    cells: list[CellReport]
    blind_spots: list[str]
    runs: int
    seconds: float
    order: list[int | None] = field(default_factory=list)
    """Where order is a cause: the cells in the order in which they were run, None for one that is gone."""

    @property
    def verdict(self) -> str:
        """`reproduced`, or `not-reproduced` if any cell that counts differs or failed."""
        return NOT_REPRODUCED if any(cell.is_bad for cell in self.cells) else REPRODUCED

    @property
    def counts(self) -> dict[str, int]:
        """How many cells have each verdict."""
        found = Counter(cell.verdict for cell in self.cells)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def to_json(self) -> dict[str, Any]:
        return {
            "notebook": self.notebook,
            "verdict": self.verdict,
            "environment": self.environment,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "counts": self.counts,
            "blind_spots": self.blind_spots,
            "runs": self.runs,
            "seconds": round(self.seconds, 3),
            "cells": [cell.to_json() for cell in self.cells],
            **({"order": self.order} if self.order else {}),
        }


def to_json(reports: Sequence[NotebookReport]) -> dict[str, Any]:
    """The JSON report of a check, also of a single notebook."""
    return {"schema": SCHEMA, "notebooks": [report.to_json() for report in reports]}


def _output(output: OutputComparison) -> dict[str, Any]:
    told = asdict(output)
    if not output.hidden:
        del told["hidden"]
    return told
