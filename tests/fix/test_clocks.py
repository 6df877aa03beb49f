"""Dates become parameters, and what tells a duration is told from what tells the time."""

from __future__ import annotations

import pytest

from jupyter_prov.fix.clock_edits import TAG, fix_clocks
from tests.fix.drafts import NOW, cause, draft, scene, sources


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def fixed(*cells: str, line: int = 1, root: int = -1) -> list[str]:
    made = draft(*cells)
    index = range(len(cells))[root]
    reads = {"clock": {"reads": [{"call": "now", "line": line, "value": NOW, "clock": "calendar"}]}}
    fix_clocks(scene(made, cause("clock", "calendar", index, line), evidence={index: reads}))
    return sources(made)


IMPORTS = """\
import time, datetime as dt, pandas as pd, numpy as np
from datetime import datetime as D, date
from time import strftime as clock"""
CASES = [
    ("t = D.now()", "t = D(2025, 11, 21, 17, 6, 51, 123456)"),
    ("t = dt.datetime.utcnow()", "t = dt.datetime(2025, 11, 21, 17, 6, 51, 123456)"),
    ("t = D.now(dt.timezone.utc)", "t = D.fromtimestamp(1763744811.123456, dt.timezone.utc)"),
    ("t = date.today()", "t = date(2025, 11, 21)"),
    ("t = time.time()", "t = 1763744811.123456"),
    ("t = time.time_ns()", "t = 1763744811123456000"),
    ("t = pd.Timestamp.now()", 't = pd.Timestamp("2025-11-21T17:06:51.123456")'),
    ("t = pd.Timestamp.now('UTC')", "t = pd.Timestamp(1763744811123456000, unit=\"ns\", tz='UTC')"),
    ("t = pd.Timestamp('now')", 't = pd.Timestamp("2025-11-21T17:06:51")'),
    ("print(np.datetime64('today'))", 'print(np.datetime64("2025-11-21"))'),
    ("print(time.ctime())", "NOW = time.ctime(1763744811.123456)\nprint(NOW)"),
    ("print(time.strftime('%Y'))", "print(time.strftime('%Y', time.localtime(1763744811.123456)))"),
    ("print(f'on {date.today():%d.%m.%Y}')", "TODAY = date(2025, 11, 21)\nprint(f'on {TODAY:%d.%m.%Y}')"),
    ("print(clock('%Y'))", "print(clock('%Y', time.localtime(1763744811.123456)))"),
    ("print(D.now().isoformat())", "NOW = D(2025, 11, 21, 17, 6, 51, 123456)\nprint(NOW.isoformat())"),
    ("print(date.today())", "TODAY = date(2025, 11, 21)\nprint(TODAY)"),
    ("(D.now() - D(1990, 1, 1)).days", "NOW = D(2025, 11, 21, 17, 6, 51, 123456)\n(NOW - D(1990, 1, 1)).days"),
    ("random.seed(time.time())", "NOW = 1763744811.123456\nrandom.seed(NOW)"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_date_is_fixed_to_the_recorded_one(before: str, after: str) -> None:
    assert fixed(IMPORTS, before) == [IMPORTS, after]


def test_a_read_in_a_function_is_fixed_where_it_is_defined() -> None:
    function = "from datetime import datetime\ndef stamp():\n    return f'at {datetime.now()}'"
    after = fixed(function, "stamp()")
    assert after[0].splitlines()[1:] == [
        "NOW = datetime(2025, 11, 21, 17, 6, 51, 123456)",
        "def stamp():",
        "    return f'at {NOW}'",
    ]


def test_dates_that_say_the_same_share_one_parameter_in_a_cell() -> None:
    [_, after] = fixed(IMPORTS, "print(D.now())\nprint(f'{D.now():%T} {date.today()} {dt.date.today()}')")
    assert after.splitlines() == [
        "NOW = D(2025, 11, 21, 17, 6, 51, 123456)",
        "print(NOW)",
        "TODAY = date(2025, 11, 21)",
        "TODAY_2 = dt.date(2025, 11, 21)",
        "print(f'{NOW:%T} {TODAY} {TODAY_2}')",
    ]


def test_a_duration_in_the_cell_of_a_date_stays_one() -> None:
    lines = ["print(D.now())", "start = time.time()", "print(time.time() - start)"]
    assert fixed(IMPORTS, "\n".join(lines))[1].splitlines()[3:] == lines[2:]
    assert fixed(IMPORTS, "\n".join(lines))[1].splitlines()[2] == lines[1]


@pytest.mark.parametrize(
    "wait",
    ["end = time.time() + 1\nwhile time.time() < end: pass", "while D.now().microsecond % 9: pass",
     "end = time.time() + 1\nwhile True:\n    if time.time() > end: break"],
)  # fmt: skip
def test_a_clock_that_is_waited_for_is_not_stopped(wait: str) -> None:
    assert fixed(IMPORTS, wait) == [IMPORTS, wait]


@pytest.mark.parametrize("read", ["time.time()", "D.now()", "pd.Timestamp.now()"])
def test_a_duration_is_not_fixed_and_its_cell_tagged(read: str) -> None:
    cells = (IMPORTS, f"start = {read}", f"print({read} - start)")
    made = draft(*cells)
    fix_clocks(scene(made, cause("clock", "calendar", 1), cause("clock", "calendar", 2)))
    assert sources(made) == list(cells)
    assert made.notebook.cells[2].metadata == {"tags": [TAG]}
    assert "duration" not in made.notebook.cells[1].metadata


def test_a_counter_is_that_of_a_duration() -> None:
    made = draft("import time", "print(time.perf_counter())")
    fix_clocks(scene(made, cause("clock", "perf_counter", 1)))
    assert made.notebook.cells[1].metadata == {"tags": [TAG]}


@pytest.mark.parametrize("stamp", ["%(asctime)s ", "[%(asctime)s] ", "%(asctime)s - "])
def test_log_lines_are_shown_without_their_time(stamp: str) -> None:
    cell = "logging.basicConfig(format='STAMP%(message)s %(levelname)s')"
    made = draft("import logging", cell.replace("STAMP", stamp), "log()")
    fix_clocks(scene(made, cause("clock", "logging", 1)))
    assert sources(made)[1] == cell.replace("STAMP", "")


def test_the_time_of_a_file_is_left() -> None:
    made = draft("import os", "print(os.path.getmtime('a'))")
    fix_clocks(scene(made, cause("clock", "file", 1)))
    assert not made.changes
