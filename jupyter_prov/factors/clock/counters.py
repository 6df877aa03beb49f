"""The clocks that time-machine leaves out: counters, ctime, times of files, stamps of log lines, timeit's durations."""

from __future__ import annotations

import logging
import os
import pathlib
import re
import sys
import time
import timeit
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any, cast

from jupyter_prov.factors.clock.clock_reads import CALENDAR, FILE, LOGGING, TIMEIT, Readings
from jupyter_prov.watch.hooks import Given, Patches

COUNTERS = ("perf_counter", "monotonic", "process_time", "thread_time")
_SECOND = 10**9
_TIME_FIELD = re.compile(r"\bst_(?:a|c|m|birth)time")
_OTHER_FIELD = re.compile(r"\bst_\w+")
_STAMPED = re.compile("asctime|created|msecs").search


def hook_clocks(patches: Patches, readings: Readings, real: Callable[[], int], since: int) -> None:
    """Hook what any cell may ask; `since` is the start of the session, before which no file is its own."""
    for name in COUNTERS:
        aliases = ((timeit, "default_timer"),) if name == "perf_counter" else ()
        patches.answer(time, name, _counter(readings, name, f"time.{name}"), aliases)
        patches.answer(time, f"{name}_ns", _counter(readings, name, f"time.{name}_ns"))
    clocks: list[tuple[Any, str, Given]] = [
        (timeit.Timer, "timeit", _timed(readings)),
        (time, "clock_gettime", _gettime(readings)),
        (time, "clock_gettime_ns", _gettime(readings)),
        (time, "ctime", _shown(readings, real, "time.ctime", time.ctime)),
        (time, "asctime", _shown(readings, real, "time.asctime", _asctime(time.asctime))),
        (pathlib.Path, "stat", _stat(readings, since)),
    ]
    clocks += [(os.path, name, _file_time(readings, since)) for name in ("getmtime", "getctime", "getatime")]
    for owner, name, given in clocks:
        patches.answer(owner, name, given)
    patches.around(logging.Formatter, "format", _stamping(readings))


def hook_stat(patches: Patches, readings: Readings, since: int) -> None:
    """Hook `os.stat`, through which so much goes that it is hooked only once a cell asks for a file's times."""
    patches.answer(os, "stat", _stat(readings, since))


def asks_for_file_times(source: str) -> bool:
    """Whether a time of a file's status is asked for here, as far as the source tells."""
    return _TIME_FIELD.search(source) is not None


def in_ns(value: float) -> int:
    """Seconds in whole nanoseconds; an integer is nanoseconds already."""
    if isinstance(value, int):
        return value
    whole = int(value)
    return whole * _SECOND + round((value - whole) * _SECOND)


def _like(value: float, real: int, given: int, parts: bool = False) -> float:
    """What a clock is to give instead of `value`, made as CPython makes it: of some clocks out of two parts."""
    if given == real:
        return value
    if isinstance(value, int):
        return given
    return given // _SECOND + given % _SECOND * 1e-9 if parts else given / _SECOND


def _counter(readings: Readings, clock: str, call: str = "") -> Given:
    def given(frame: FrameType, value: Any, _: Any) -> Any:
        real = in_ns(value)
        return _like(value, real, readings.given(clock, frame, real, call))

    return given


def _timed(readings: Readings) -> Given:
    """For a difference of two reads, which is known and not played back."""

    def given(frame: FrameType, value: float, _: Any) -> None:
        readings.given(TIMEIT, frame, in_ns(value))

    return given


def _gettime(readings: Readings) -> Given:
    def given(frame: FrameType, value: Any, args: tuple[Any, ...]) -> Any:
        if type(args[0]) is not int:  # which may have code of its own
            return None
        real = in_ns(value)
        clock = CALENDAR if args[0] == time.CLOCK_REALTIME else f"clock_gettime({args[0]})"
        return _like(value, real, readings.given(clock, frame, real), parts=clock != CALENDAR)

    return given


def _shown(readings: Readings, real: Callable[[], int], call: str, show: Callable[[int], str]) -> Given:
    """For a function that shows the present if it gets no time."""

    def given(frame: FrameType, _: Any, args: tuple[Any, ...]) -> Any:
        return show(readings.given(CALENDAR, frame, real(), call) // _SECOND) if not args or args[0] is None else None

    return given


def _asctime(original: Callable[..., str]) -> Callable[[int], str]:
    localtime = time.localtime
    return lambda seconds: original(localtime(seconds))


def _file_time(readings: Readings, since: int) -> Given:
    def given(frame: FrameType, value: Any, _: Any) -> Any:
        if type(value) is not float:  # of an answer of `os.stat` that the notebook made
            return None
        real = in_ns(value)
        return _like(value, real, readings.given(FILE, frame, real), parts=True) if real >= since else None

    return given


def _stat(readings: Readings, since: int) -> Given:
    def given(frame: FrameType, value: Any, _: Any) -> Any:
        if type(value) is not os.stat_result:
            return None
        real = value.st_mtime_ns
        if real < since or not readings.is_own(frame) or _wants_another_field(readings.source(frame)):
            return None
        given = readings.given(FILE, frame, real)
        return None if given == real else _moved(value, given - real)

    return given


def _wants_another_field(source: str) -> bool:
    return not asks_for_file_times(source) and _OTHER_FIELD.search(source) is not None


def _moved(result: os.stat_result, by: int) -> os.stat_result:
    """What `stat` tells of a file, all its times so many nanoseconds later."""
    reduced: Any = result.__reduce__()
    numbers, named = reduced[1]
    times = {name: getattr(result, f"{name}_ns") + by for name in ("st_atime", "st_mtime", "st_ctime")}
    for name, ns in times.items():
        named |= {f"{name}_ns": ns, name: _like(0.0, 0, ns, parts=True)}
    return os.stat_result((*numbers[:7], *(ns // _SECOND for ns in times.values())), named)


def _stamping(readings: Readings) -> Callable[[Callable[..., Any]], FunctionType]:
    """Has log lines that are shown with their time show the time that is given.

    It is read when a line is shown, not when it is made: so it counts whoever logged it, and only if it is seen.
    """

    def make(original: Callable[..., Any]) -> FunctionType:
        def format(*args: Any, **kwargs: Any) -> Any:
            readings.guard.within_cell("logging", _stamp, readings, sys._getframe(1), *args, **kwargs)
            return original(*args, **kwargs)  # which need not be a text

        return cast(FunctionType, format)

    return make


def _stamp(readings: Readings, frame: FrameType, formatter: logging.Formatter, record: logging.LogRecord) -> None:
    shown, created = _attribute(formatter, logging.Formatter, "_fmt"), _attribute(record, logging.LogRecord, "created")
    if type(shown) is str and type(created) is float and _STAMPED(shown):
        real = in_ns(created)
        given = readings.of_notebook(LOGGING, frame, real, "logging")
        if given != real:
            record.created, record.msecs = given / _SECOND, float(given // 10**6 % 1000)


def _attribute(owner: Any, kind: type, name: str) -> Any:
    """An attribute, without running code of a class of the notebook's own."""
    return object.__getattribute__(owner, "__dict__").get(name) if issubclass(type(owner), kind) else None
