"""The clock: reads of it by the notebook's own code and its project's modules.

Evidence: {"reads": [{call, line, value}], "count": n}; `value` is in nanoseconds, since the epoch for calendar
clocks and since an arbitrary point for counters. After 1,000 reads in one cell the clock is let go, so that a busy
loop costs nothing more, and `more` says that there may have been others. Calendar clocks are seen by time-machine's
C-level patch, with a traveller that never leaves the present; counters and ctime, which it does not cover, by
wrappers.
"""

from __future__ import annotations

import sys
import time
import timeit  # noqa: F401  (it keeps time.perf_counter, and is to keep the one that is not wrapped)
from collections.abc import Iterable
from types import FrameType, ModuleType
from typing import Any

from jupyter_prov.factors.base import Cell, Factor, Watch, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.hiding import hidden
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch.patches import Patches

LIMIT = 1000
_COUNTERS = ("perf_counter", "monotonic", "process_time", "thread_time")
_CALENDAR = frozenset(
    (
        "time time_ns now utcnow today localtime gmtime strftime clock_gettime clock_gettime_ns Timestamp to_datetime"
    ).split()
)


def _time_machine() -> tuple[ModuleType, ModuleType]:
    with hidden("pytest", "dateutil", "dateutil.parser"):
        import _time_machine
        import time_machine
    return time_machine, _time_machine


class Clock(Factor):
    """Notes which clock was read where, and what it said."""

    kind = "clock"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._travel, self._patch = _time_machine()
        self._real_ns = time.time_ns
        self._reads: list[Evidence] = []
        self._count = 0
        self._patched = False
        self._traveller = _present(self)
        self._patches = Patches(watch.wall)
        for counter in _COUNTERS:
            self._patches.wrap(time, counter, self._counter_read(f"time.{counter}", 1e9))
            self._patches.wrap(time, f"{counter}_ns", self._counter_read(f"time.{counter}_ns", 1))
        for shown in ("ctime", "asctime"):
            self._patches.wrap(time, shown, self._shown_read(f"time.{shown}"))

    def unload(self) -> None:
        self._leave()
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._reads, self._count = [], 0
        stack = self._travel.traveller_stack
        if not stack:
            self._patch.patch()
            self._real_ns = self._patch.original_time_ns
            stack.append(self._traveller)
            self._patched = True
        elif stack != [self._traveller]:
            self._watch.wall.note("The clock was replaced by time-machine in the notebook: its reads were not seen.")

    def after(self, cell: Cell) -> Evidence | None:
        self._leave()
        if not self._count:
            return None
        more = {"more": True} if self._count >= LIMIT else {}
        return {"reads": self._reads, "count": self._count, **more}

    def _leave(self) -> None:
        """Give the C functions back, unless somebody else travels by now."""
        stack = self._travel.traveller_stack
        if self._patched and stack == [self._traveller]:
            stack.clear()
            self._patch.unpatch()
            self._real_ns = time.time_ns
        self._patched = False

    def read_by(self, frame: FrameType) -> int:
        """The present in nanoseconds, noted if this frame is the notebook's own; called by time-machine."""
        now: int = self._real_ns()
        if self._count >= LIMIT:
            self._leave()
        elif self._watch.frames.is_own(frame):
            self._watch.wall.within_cell("clock", self._note, frame, "", now)
        return now

    def _note(self, frame: FrameType, call: str, value: int) -> None:
        self._count += 1
        line = self._watch.frames.cell_line(frame)
        call = call or self._watch.frames.call_at(frame, _CALENDAR) or "the clock"
        self._reads.append({"call": call, "line": line, "value": value})

    def _counter_read(self, call: str, scale: float) -> Any:
        def note(frame: FrameType, _: Any, __: Any, value: float) -> None:
            if self._count < LIMIT and self._watch.frames.is_own(frame):
                self._note(frame, call, int(value * scale))

        return note

    def _shown_read(self, call: str) -> Any:
        def note(frame: FrameType, args: tuple[Any, ...], _: Any, __: str) -> None:
            if not args and self._count < LIMIT and self._watch.frames.is_own(frame):
                self._note(frame, call, self._real_ns())

        return note

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there, here = evidence_of(recorded, self.kind), evidence_of(rerun, self.kind)
        seen = set()
        for read in there.get("reads") or here.get("reads", ()):
            where = (read["call"], read.get("line"))
            if where not in seen:
                seen.add(where)
                yield Suspicion(
                    self.kind,
                    f"{read['call']} read the clock",
                    line=read.get("line"),
                    changed=bool(recorded and rerun),
                    subject=read["call"],
                )

    def advice(self, suspicion: Suspicion) -> Advice:
        if any(counter in suspicion.subject for counter in _COUNTERS):
            return Advice("Keep durations out of the output, or tag the cell prov-volatile.")
        return Advice("Use a fixed date, given once as a parameter of the notebook.")


def _present(clock: Clock) -> Any:
    """A traveller that stays in the present and tells the clock factor who asked."""

    class Present(clock._travel.Traveller):  # type: ignore[name-defined, misc]
        def time_ns(self) -> int:
            return clock.read_by(sys._getframe(1))

    return Present(0, None, True)
