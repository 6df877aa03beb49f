"""The clock: reads of it by the notebook's own code and its project's modules.

Evidence: {"reads": [{call, line, value, clock}], "more": true, "count": n}; `value` is in nanoseconds: since the epoch
for the clocks that tell the time of day, since a point of their own for others, named by `clock`: the counters
(`perf_counter` …), durations of `timeit`, times of files that the session wrote (`file`), stamps of log lines
(`logging`). Log lines count when they are shown with their time, whoever logged them: optuna's as well as the
notebook's own. What other libraries read does not count, unless telling the time is their business (pandas, arrow,
loguru …). `numpy.datetime64('now')` is read in C where nobody sees it: such a call is noted as it is written in the
cell, without a value.

After 1,000 reads in one cell the clock is let go, so that a busy loop costs nothing more, and so it is where a library
reads it so often that the cell would take much longer: `more` says that there may have been others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor, Plan, evidence_of
from jupyter_prov.factors.clock.clock_reads import CALENDAR, FILE, LOGGING, TIMEIT
from jupyter_prov.factors.clock.counters import COUNTERS
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.evidence import ClockEvidence, ClockRead

_CALENDARS = frozenset({CALENDAR, FILE, LOGGING})
_LAST = 253_402_214_400 * 10**9
"""The end of the year 9999, after which there is no datetime."""


class Clock(Factor):
    """Explains and replays what clocks said."""

    kind = "clock"
    replays = True

    def replay(self, plan: Plan) -> None:
        for planned in plan.planned:
            noted = planned.recorded.evidence.get("clock", {}) if planned.recorded else {}
            played: dict[str, list[int]] = {}
            for read in noted.get("reads", ()):
                clock, value = _clock(read), read.get("value")
                if type(value) is int and abs(value) < _LAST and (value >= 0 or clock not in _CALENDARS):
                    played.setdefault(clock, []).append(value)
            played.pop(TIMEIT, None)  # differences, of which the last digits are lost
            if played:
                planned.played[self.kind] = played

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there, here = evidence_of(recorded).get("clock", {}), evidence_of(rerun).get("clock", {})
        changed = bool(recorded and rerun) and _values(there) != _values(here)
        seen = set()
        for read in there.get("reads") or here.get("reads", ()):
            where = (read["call"], read.get("line"))
            if where not in seen:
                seen.add(where)
                yield Suspicion(
                    self.kind, _describe_read(read), line=read.get("line"), changed=changed, subject=_clock(read)
                )
        if not seen and (there.get("more") or here.get("more")):
            told = "the clock may have been read, but a library read it too often for it to be watched"
            yield Suspicion(self.kind, told, changed=False)

    def advice(self, suspicion: Suspicion) -> Advice:
        if suspicion.subject == LOGGING:
            return Advice("Log without the time: leave %(asctime)s out of the format.")
        if suspicion.subject == FILE:
            return Advice("Keep the times of files out of the output.")
        if suspicion.subject not in ("", CALENDAR):
            return Advice("Keep durations out of the output, or tag the cell prov-volatile.")
        return Advice("Use a fixed date, given once as a parameter of the notebook.")


def _clock(read: ClockRead) -> str:
    """The clock of a read; in records of version 0.1.0 the call alone tells."""
    last = str(read.get("call", "")).removeprefix("time.").removesuffix("_ns")
    return str(read.get("clock") or (last if last in COUNTERS else CALENDAR))


def _values(noted: ClockEvidence) -> Any:
    """What the clock said; something that is equal to nothing where that is not known in full."""
    values = [read.get("value") for read in noted.get("reads", ())]
    return object() if noted.get("more") or None in values else values


def _describe_read(read: ClockRead) -> str:
    if _clock(read) == LOGGING:
        return "a log line was shown with its time"
    if _clock(read) == FILE:
        return f"{read['call']} told the time of a file that the notebook wrote"
    return f"{read['call']} read the clock"
