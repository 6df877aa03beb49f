"""How things are measured: alternating runs, medians, and one line for each result."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One promise: what was measured, beside what, and the limit."""

    name: str
    ours: str
    beside: str
    ratio: str
    promise: str
    holds: bool

    def line(self) -> str:
        mark = "holds " if self.holds else "BROKEN"
        return f"{mark}  {self.name:<44} {self.ours:>12} {self.beside:>24} {self.ratio:>8}   promise {self.promise}"


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paired(one: Callable[[], float], other: Callable[[], float], runs: int) -> tuple[list[float], list[float]]:
    """The two in turn, so that a change of the machine's speed meets both; each gives its own seconds."""
    ones, others = [], []
    for _ in range(runs):
        ones.append(one())
        others.append(other())
    return ones, others


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def shown(value: float) -> str:
    """Seconds in a unit that a person reads."""
    if value < 1e-3:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"
