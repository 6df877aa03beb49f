"""What the clocks said to the notebook in one cell: noted, or in a re-run played back. What libraries read is not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from jupyter_prov.record.evidence import ClockRead
from jupyter_prov.watch.frames import Frames, module_of
from jupyter_prov.watch.guard import Guard

LIMIT = 1000
"""Reads noted in one cell."""
CALENDAR, FILE, LOGGING, TIMEIT = "calendar", "file", "logging", "timeit"
"""Clocks: three that tell the time of day, and durations; all others count from a point of their own."""

_TELLING = frozenset("pandas arrow pendulum dateutil dateparser astropy humanize loguru structlog rich timeit".split())
"""Packages that read the clock for who calls them, to tell or to show the time."""
_CALLS = frozenset(
    "time time_ns now utcnow today localtime gmtime strftime clock_gettime clock_gettime_ns Timestamp to_datetime "
    "getmtime getctime getatime stat date_range timeit repeat default_timer".split()
)
_LIMIT_OF_LIBRARIES = 20_000
"""Reads of libraries in one cell that are looked at."""


class Playback:
    """Recorded values of each clock in their order; after the last one time goes on from there at its real pace."""

    def __init__(self) -> None:
        self._left: dict[str, deque[int]] = {}
        self._shifts: dict[str, int] = {}

    def begin(self, played: Mapping[str, Sequence[int]]) -> None:
        """These are the values of the cell that is about to run."""
        self._left = {clock: deque(values) for clock, values in played.items()}

    def __bool__(self) -> bool:
        return bool(self._left or self._shifts)

    def given(self, clock: str, real: int) -> int:
        """What this clock is to say while it really says `real`."""
        try:
            value = self._left[clock].popleft()
        except (KeyError, IndexError):
            calendar = self._shifts.get(CALENDAR, 0) if clock in (FILE, LOGGING) else 0
            return real + self._shifts.get(clock, calendar)
        self._shifts[clock] = value - real
        return value


class Readings:
    """The reads of one cell after the other; `let_go` is called when they get too many."""

    def __init__(self, guard: Guard, frames: Frames, let_go: Callable[[], None]) -> None:
        self.guard, self._frames, self._let_go = guard, frames, let_go
        self._telling: dict[str, bool] = {}
        self._playback = Playback()
        self.begin({})

    def begin(self, played: Mapping[str, Sequence[int]]) -> None:
        """A cell is about to run, with these values to be played back."""
        self.reads: list[ClockRead] = []
        self.more = False
        self._foreign = 0
        self._playback.begin(played)

    def of_calendar(self, frame: FrameType, real: int) -> int:
        """What a calendar clock says to this frame."""
        return self.given(CALENDAR, frame, real)

    def given(self, clock: str, frame: FrameType, real: int, call: str = "") -> int:
        """What a clock says to this frame: to a library's the truth."""
        reader = self._reader(frame)
        if reader is None:
            self._foreign += 1
            if self._foreign > _LIMIT_OF_LIBRARIES:
                self._stop()
            return real
        return self.of_notebook(clock, reader, real, call)

    def of_notebook(self, clock: str, reader: FrameType, real: int, call: str = "") -> int:
        """What a clock says to the notebook, or to a library that reads it for the notebook to see."""
        value = self.guard.within_cell("the clock", self._noted, clock, reader, real, call)
        return real if value is None else value

    def is_own(self, frame: FrameType) -> bool:
        """Whether this frame is the notebook's."""
        return self._frames.is_own(frame)

    def source(self, frame: FrameType) -> str:
        """The line at which a frame stands."""
        return self._frames.source(frame, frame.f_lineno)

    def _noted(self, clock: str, reader: FrameType, real: int, call: str) -> int:
        value = self._playback.given(clock, real)
        if len(self.reads) < LIMIT:
            line = self._frames.cell_line(reader)
            written = self._frames.call_at(reader, _CALLS)
            if not call or written.rpartition(".")[2] == "default_timer":  # timeit's name for a clock of time's
                call = written or "the clock"
            read: ClockRead = {"call": call, "line": line, "value": value}
            if clock != CALENDAR:
                read["clock"] = clock
            self.reads.append(read)
        else:
            self._stop()
        return value

    def _reader(self, frame: FrameType) -> FrameType | None:
        """The notebook's frame that wants to know, if it is one."""
        if self._frames.is_own(frame):
            return frame
        if not self._tells(frame):
            return None
        outer: FrameType | None = frame
        while outer is not None and self._tells(outer):
            outer = outer.f_back
        return outer if outer is not None and self._frames.is_own(outer) else None

    def _tells(self, frame: FrameType) -> bool:
        filename = frame.f_code.co_filename
        tells = self._telling.get(filename)
        if tells is None:
            package = module_of(frame).partition(".")[0]
            tells = self._telling[filename] = package in _TELLING
        return tells

    def _stop(self) -> None:
        self.more = True
        if not self._playback:
            self._let_go()
