"""The clock: reads of it by the notebook's own code and its project's modules, and no others."""

from __future__ import annotations

import itertools
import subprocess
import time
from typing import Any

import pytest

from tests.live import LiveKernel

IMPORTS = "import time, datetime, datetime as dt\nfrom datetime import datetime as DT, date, timezone\n"
NUMBERS = itertools.count()


def noted(live: LiveKernel, code: str) -> dict[str, Any]:
    return live.noted(code, "clock")


def calls(live: LiveKernel, code: str) -> list[tuple[str, int | None]]:
    return [(read["call"], read["line"]) for read in noted(live, code).get("reads", ())]


CALENDAR = """
time.time() time.time_ns() time.strftime("%Y") time.localtime() time.gmtime() time.ctime() time.asctime()
datetime.datetime.now() datetime.datetime.now(timezone.utc) datetime.datetime.utcnow() datetime.datetime.today()
datetime.date.today() DT.now() dt.datetime.now() date.today() time.clock_gettime(time.CLOCK_REALTIME)
""".split()
COUNTERS = [f"time.{name}{ns}()" for name in "perf_counter monotonic process_time thread_time".split()
            for ns in ("", "_ns")]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _imported(live: LiveKernel) -> None:
    live.run(IMPORTS + "import warnings; warnings.simplefilter('ignore', DeprecationWarning)")


@pytest.mark.parametrize("code", CALENDAR)
def test_a_read_of_the_calendar_is_noted_with_its_value(live: LiveKernel, code: str) -> None:
    before = time.time_ns()
    found = noted(live, f"\n{code}\n")
    assert found["count"] == 1
    [read] = found["reads"]
    assert (read["call"], read["line"]) == (code.partition("(")[0], 2)
    assert before - 10**9 <= read["value"] <= time.time_ns()


@pytest.mark.parametrize("code", COUNTERS)
def test_a_read_of_a_counter_is_noted_with_its_value(live: LiveKernel, code: str) -> None:
    [read] = noted(live, f"value = {code}")["reads"]
    assert (read["call"], read["line"]) == (code.partition("(")[0], 1)
    live.run("print(value if isinstance(value, int) else int(value * 1e9))")
    assert abs(int(live.text) - read["value"]) <= 1


def test_the_value_noted_is_the_value_given(live: LiveKernel) -> None:
    [read] = noted(live, "given = time.time_ns()")["reads"]
    live.run("print(given)")
    assert int(live.text) == read["value"]
    [read] = noted(live, "given = datetime.datetime.now(timezone.utc)")["reads"]
    live.run("print(int(given.timestamp() * 1_000_000))")
    assert abs(int(live.text) - read["value"] // 1000) <= 1


@pytest.mark.parametrize("code", ["pd.Timestamp.now()", "pd.Timestamp.now('UTC')", "pd.Timestamp.today()",
                                  "pd.Timestamp.utcnow()"])  # fmt: skip
def test_reads_through_pandas(live: LiveKernel, code: str) -> None:
    live.run("import pandas as pd")
    assert calls(live, f"warnings.simplefilter('ignore')\n{code}") == [(code.partition("(")[0], 2)]


@pytest.mark.parametrize(
    "code",
    [
        "time.gmtime(0)",
        "time.localtime(5)",
        "time.strftime('%Y', time.gmtime(0))",
        "time.ctime(0)",
        "time.asctime(time.gmtime(0))",
        "datetime.datetime.fromtimestamp(0)",
        "datetime.date(2020, 1, 1)",
        "import pandas as pd; pd.Timestamp('2020-01-01')",
        "1 + 1",
    ],
)
def test_conversions_of_given_times_are_no_reads(live: LiveKernel, code: str) -> None:
    assert noted(live, code) == {}


def test_reads_in_functions_and_classes_count_for_the_line_of_the_cell_that_led_there(live: LiveKernel) -> None:
    code = (
        "def stamp():\n    return time.time()\nclass A:\n    def m(self):\n        return stamp()\n\nstamp()\nA().m()"
    )
    assert calls(live, code) == [("time.time", 7), ("time.time", 8)]
    assert calls(live, "\nA().m()") == [("time.time", 2)]


def with_columns(python: str) -> bool:
    """Whether the code of this Python knows in which columns a call stands."""
    asked = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(asked, check=False).returncode == 0


def test_reads_through_names_that_were_bound_before(live: LiveKernel, python: str) -> None:
    live.run("from time import time as t, perf_counter as p\nfrom datetime import datetime as D")
    aliased = "t" if with_columns(python) else "the clock"
    assert calls(live, "t()\np()\nD.now()") == [(aliased, 1), ("time.perf_counter", 2), ("D.now", 3)]


def test_several_reads_on_one_line_are_told_apart(live: LiveKernel, python: str) -> None:
    if not with_columns(python):
        pytest.skip("code of this Python knows no columns")
    live.run("f = lambda: datetime.datetime")
    found = calls(live, "a, b, c = time.time(), datetime.datetime.now(), time.time_ns()")
    assert [call for call, _ in found] == ["time.time", "datetime.datetime.now", "time.time_ns"]
    assert [call for call, _ in calls(live, "x = ('é', f().now(), time.time(\n))")] == ["f().now", "time.time"]


def test_a_module_of_the_project_reads_for_the_cell(live: LiveKernel) -> None:
    name = f"stamping_{next(NUMBERS)}"
    (live.folder / f"{name}.py").write_text("import time\nAT = time.time()\ndef stamp():\n    return time.time()\n")
    assert calls(live, f"\nimport {name}") == [("time.time", 2)]
    assert calls(live, f"x = 1\n\n{name}.stamp()") == [("time.time", 3)]


@pytest.mark.parametrize(
    "code",
    [
        "import logging; logging.warning('x')",
        "import uuid; uuid.uuid1()",
        "import tempfile; tempfile.mkdtemp()",
        "import email.utils; email.utils.formatdate()",
        "import http.cookiejar; http.cookiejar.time2isoz()",
        "import queue\ntry: queue.Queue().get(timeout=0.001)\nexcept queue.Empty: pass",
        "import threading; threading.Event().wait(0.001)",
        "import asyncio; await asyncio.sleep(0.001)",
        "import subprocess; subprocess.run(['true'], timeout=9)",
        "%timeit -n1 -r1 pass",
        "%%timeit -n1 -r1\npass",
        "%time pass",
        "%%time\npass",
        "import matplotlib.pyplot as plt; plt.figure(); plt.close()",
        "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass",
    ],
)
def test_what_libraries_read_for_their_own_use_does_not_count(live: LiveKernel, code: str) -> None:
    if any(name in code for name in ("matplotlib", "tqdm")):
        live.run(code)
        if "ModuleNotFoundError" in live.text:
            pytest.skip("not installed")
        live.run("import sys\nfor n in [n for n in sys.modules if n.startswith('tqdm')]: del sys.modules[n]")
    assert noted(live, code) == {}


def test_what_is_timed_once_reads_for_the_cell(live: LiveKernel) -> None:
    assert calls(live, "%%time\n\ntime.time()") == [("time.time", 3)]


@pytest.mark.parametrize("call", ["time.time()", "time.perf_counter()", "time.ctime()", "datetime.datetime.now()"])
def test_after_a_thousand_reads_only_that_there_are_more_is_known(live: LiveKernel, call: str) -> None:
    found = noted(live, f"for _ in range(5000): {call}")
    assert len(found["reads"]) == found["count"] == 1000
    assert found["more"]
    assert "more" not in noted(live, f"for _ in range(10): {call}")


def test_a_thousand_reads_of_several_kinds_are_a_thousand_reads(live: LiveKernel) -> None:
    found = noted(live, "for _ in range(5000): time.time(); time.perf_counter(); time.ctime()")
    assert len(found["reads"]) == 1000


def test_between_cells_the_clock_is_not_touched(live: LiveKernel) -> None:
    live.run("inside = repr(time.time)")
    live.request({"code": "outside = time_machine_loaded = __import__('time_machine').traveller_stack[:]",
                  "silent": True, "store_history": False, "user_expressions": {}, "allow_stdin": False})  # fmt: skip
    live.run("print(outside)")
    assert live.text.strip() == "[]"


def test_time_does_not_run_backwards_nor_stand_still(live: LiveKernel) -> None:
    execution = live.ran("a = [time.time_ns() for _ in range(3000)]; b = [time.time() for _ in range(1000)]\n"
                         "assert a == sorted(a) and len(set(a)) > 100, a[:9]\n"
                         "assert b == sorted(b) and b[0] * 1e9 >= a[-1] - 1000")  # fmt: skip
    assert execution.outcome == "ok", live.text


def test_a_notebook_may_travel_by_itself(live: LiveKernel) -> None:
    code = "import time_machine\nwith time_machine.travel(0, tick=False):\n    x = time.time()\nprint(x)"
    live.run(code)
    assert live.text.strip() == "0.0"
    live.run("traveller = time_machine.travel(0, tick=False); traveller.start(); print(time.time())")
    assert live.text.strip() == "0.0"
    live.run("print(time.time())")
    assert live.text.strip() == "0.0"
    assert any("time-machine" in spot for spot in live.log().blind_spots)
    live.run("traveller.stop(); print(time.time())")
    assert float(live.text) > 1e9
    assert calls(live, "time.time()") == [("time.time", 1)]


def test_reads_in_threads_of_the_cell_count(live: LiveKernel) -> None:
    live.run("import threading")
    code = "t = threading.Thread(target=lambda: time.time())\nt.start(); t.join()"
    assert [call for call, _ in calls(live, code)] == ["time.time"]
