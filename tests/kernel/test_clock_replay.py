"""The clock played back: what a re-run's kernel reads is what was recorded, and libraries' time is the real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_prov.factors.base import Planned
from jupyter_prov.factors.clock.factor import Clock
from jupyter_prov.record.model import Execution
from jupyter_prov.record.wire import PLAYED
from tests.live import LiveKernel, kernel

IMPORTS = (
    "import time, datetime, os, pathlib, logging, sys, timeit, threading, asyncio\n"
    "from datetime import datetime as DT\nfrom time import time as t, perf_counter as p\n"
    "import warnings; warnings.simplefilter('ignore')"
)
SHOWS = {
    "time": "print(time.time(), time.time_ns(), t())",
    "now": "print(DT.now(), DT.utcnow(), DT.today(), datetime.date.today(), DT.now(datetime.timezone.utc))",
    "structs": "print(time.gmtime(), time.localtime(), time.strftime('%X'), time.ctime(), time.asctime())",
    "counters": "print(time.perf_counter(), time.monotonic(), time.process_time(), time.thread_time(), p())",
    "counters_ns": "print(time.perf_counter_ns(), time.monotonic_ns(), time.process_time_ns(), time.thread_time_ns())",
    "gettime": "print(*[f(c) for f in (time.clock_gettime, time.clock_gettime_ns)\n"
    "       for c in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, time.CLOCK_PROCESS_CPUTIME_ID)])",
    "timer": "begun = timeit.default_timer(); print(timeit.default_timer() - begun)",
    "pandas": "import pandas as pd; print(pd.Timestamp.now(), pd.to_datetime('now'))\n"
    "print(pd.Timestamp.today(), pd.to_datetime(['today']), pd.Timestamp('now'), pd.Timestamp.now('UTC'))",
    "files": "pathlib.Path('f').write_text('x'); print(os.path.getmtime('f'), os.path.getctime('f'),\n"
    "    os.stat('f').st_mtime, pathlib.Path('f').stat().st_mtime_ns, pathlib.Path('f').stat().st_size)",
    "logging": "logging.basicConfig(format='%(asctime)s %(created)f %(message)s', stream=sys.stdout, force=True)\n"
    "logging.warning('a'); logging.getLogger('x').error('b')",
    "elapsed": "begun = time.time(); time.sleep(0.01); print(time.time() - begun)",
    "functions": "def f(): return time.time()\nclass A:\n    at = time.time_ns()\n"
    "print(f(), A.at, [time.time() for _ in 'ab'], (lambda: DT.now())(),\n"
    "      list(map(lambda _: time.monotonic(), 'ab')), next(DT.now() for _ in 'a'))",
    "thread": "def work(): print(time.time())\nthread = threading.Thread(target=work); thread.start(); thread.join()",
    "await": "async def work(n):\n    await asyncio.sleep(0.001 * n); return time.time()\n"
    "print(await asyncio.gather(work(1), work(9)), time.time())",
    "timed": "%time print(time.time())",
    "module": "import clock_module; print(clock_module.AT, clock_module.stamp())",
}


@contextmanager
def replaying(folder: Path, python: str, recorded: list[Execution]) -> Iterator[LiveKernel]:
    """A kernel that plays back what these executions read."""
    plan = SimpleNamespace(planned=[Planned(one.cell or "", one) for one in recorded], variables={})
    Clock().replay(plan)
    path = folder / "played.json"
    played: dict[str, list[Any]] = {}
    for one in plan.planned:
        played.setdefault(one.cell, []).append(one.played)
    path.write_text(json.dumps(played))
    with kernel(folder, python, environ={PLAYED: str(path)}) as live:
        live.run(IMPORTS)
        yield live


def both(project: Path, python: str, cells: dict[str, str], again: dict[str, str] | None = None) -> list[list[str]]:
    """What the cells print in a recorded session, and again when that is played back."""
    texts: list[list[str]] = [[], []]
    with kernel(project, python) as live:
        live.run(IMPORTS)
        for name, code in cells.items():
            live.run(code, name)
            texts[0].append(live.text)
        recorded = [one for one in live.log().executions if one.cell in cells]
    with replaying(project, python, recorded) as live:
        for name, code in (again or cells).items():
            live.run(code, name)
            texts[1].append(live.text)
        noted = {e.cell: e.evidence.get("clock", {}).get("reads") for e in live.log().executions}
        if again is None:
            assert {e.cell: e.evidence["clock"]["reads"] for e in recorded} == {c: noted[c] for c in cells}
        assert live.log().blind_spots == []
    return texts


def test_every_clock_says_again_what_it_said(project: Path, python: str) -> None:
    (project / "clock_module.py").write_text("import time\nAT = time.time()\ndef stamp():\n    return time.time()\n")
    first, second = both(project, python, SHOWS)
    for name, one, other in zip(SHOWS, first, second, strict=True):
        ends = [text.split("CPU times")[0] for text in (one, other)]
        assert ends[0] == ends[1], name
        assert "Traceback" not in one, one


def test_after_the_last_value_time_goes_on_at_its_real_pace(project: Path, python: str) -> None:
    cell = "def reads(): return time.time(), time.perf_counter(), time.monotonic_ns() / 1e9, DT.now().timestamp()\n"
    hours = (-1, 2, 3, -1)
    with kernel(project, python) as live:
        live.run(IMPORTS)
        live.run(f"{cell}print(*reads()); time.time()", "past")
        first = [float(part) for part in live.text.split()[:4]]
        executions = [live.execution()]
    for read in executions[0].evidence["clock"]["reads"]:
        read["value"] += hours[0 if "clock" not in read else 1 if "perf" in read["call"] else 2] * 3600 * 10**9
    sleep = "time.sleep(0.2); print(*reads()); time.sleep(0.1); print(*reads())"
    with replaying(project, python, executions) as live:
        live.run(f"{cell}print(*reads()); time.time(); {sleep}", "past")
        a, b, c = ([float(part) for part in line.split()] for line in live.text.splitlines())
        live.run("print(*reads())", "later")
        d = [float(part) for part in live.text.split()]
    for n, hour in enumerate(hours):
        assert a[n] == pytest.approx(first[n] + 3600 * hour, abs=1e-5)
        assert 0.19 < b[n] - a[n] < 5
        assert 0.09 < c[n] - b[n] < 5
        assert 0 < d[n] - c[n] < 30


def test_more_than_a_thousand_reads_are_played_as_far_as_they_are_known(project: Path, python: str) -> None:
    cells = {"many": "a = [time.time_ns() for _ in range(3000)]; print(a[:1000], a == sorted(a), a[-1] - a[0] < 10**9)"}
    (one,), (other,) = both(project, python, cells)
    assert one == other
    assert one.count("True") == 2


EDITED: dict[str, tuple[str, str, Callable[[str, str], bool]]] = {
    "a counter is no calendar": ("print(time.perf_counter())", "print(time.time())", lambda _, b: float(b) > 1.6e9),
    "a calendar is no counter": ("print(time.time())", "print(time.perf_counter())", lambda _, b: float(b) < 1.6e9),
    "each clock has its own values": (
        "print(time.monotonic(), time.time())",
        "print(time.time(), time.monotonic())",
        lambda a, b: a.split() == b.split()[::-1],
    ),
    "a read more": ("print(time.time())", "print(time.time(), time.time())", lambda a, b: b.startswith(a.strip())),
    "no read": ("print(time.time())", "print('none')", lambda _, b: b == "none\n"),
}


def test_a_cell_that_was_edited_gets_no_value_of_another_clock(project: Path, python: str) -> None:
    cells = {name: code for name, (code, _, _) in EDITED.items()}
    again = {name: code for name, (_, code, _) in EDITED.items()}
    for (name, (_, _, holds)), one, other in zip(EDITED.items(), *both(project, python, cells, again), strict=True):
        assert holds(one, other), (name, one, other)


def test_libraries_keep_the_real_time(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run(IMPORTS)
        live.run("print(time.time(), time.monotonic())", "past")
        executions = [live.execution()]
    for read in executions[0].evidence["clock"]["reads"]:
        read["value"] = 10**9
    with replaying(project, python, executions) as live:
        code = (
            "import email.utils, tempfile, concurrent.futures, queue\n"
            "print(time.time(), time.monotonic())\n"
            "print(email.utils.formatdate()[12:16], asyncio.get_event_loop().time() > 10)\n"
            "with concurrent.futures.ThreadPoolExecutor() as pool:\n"
            "    pool.submit(lambda: 1).result(timeout=9)\n"
            "await asyncio.wait_for(asyncio.sleep(0.01), 5)\n"
            "print(threading.Event().wait(0.01))\n"
            "try: queue.Queue().get(timeout=0.01)\n"
            "except queue.Empty: print('empty')"
        )
        live.run(code, "past")
        assert live.text.splitlines()[0] == "1.0 1.0"
        assert int(live.text.splitlines()[1].split()[0]) > 2000
        assert live.text.split()[-2:] == ["False", "empty"]
        dates = [e["started"] for e in live.entries if e.get("started")]
        assert all(date > "2020" for date in dates)


@pytest.mark.parametrize("value", [10**30, -1, True, 2.5, "x", None, 253402300800 * 10**9])
def test_values_that_no_clock_can_say_are_not_played(value: Any) -> None:
    reads = [{"call": "time.time", "line": 1, "value": value}, {"call": "time.time", "line": 1, "value": 5}]
    recorded = Execution(1, "a", 1, "", "", evidence={"clock": {"reads": reads, "count": 2}})
    plan = SimpleNamespace(planned=[Planned("a", recorded), Planned("b", None)], variables={})
    Clock().replay(plan)
    assert plan.planned[0].played == {"clock": {"calendar": [5]}}
    assert plan.planned[1].played == {}
