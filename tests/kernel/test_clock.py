"""The clock: reads of it by the notebook's own code and its project's modules, and no others."""

from __future__ import annotations

import itertools
import subprocess
import time
from typing import Any

import pytest

from tests.live import LiveKernel
from tests.record.making import valid

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
    assert read["clock"] == code.removeprefix("time.").removesuffix("()").removesuffix("_ns")
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
                                  "pd.Timestamp.utcnow()", "pd.Timestamp('now')", "pd.Timestamp('today')",
                                  "pd.to_datetime('now')", "pd.to_datetime('today')",
                                  "pd.to_datetime(['now'])"])  # fmt: skip
def test_reads_through_pandas(live: LiveKernel, code: str) -> None:
    live.run("import pandas as pd")
    assert calls(live, f"warnings.simplefilter('ignore')\n{code}") == [(code.partition("(")[0], 2)]


OTHERS = {
    "import timeit; timeit.default_timer()": ("timeit.default_timer", "perf_counter"),
    "import timeit; timeit.timeit('pass', number=3)": ("timeit.timeit", "timeit"),
    "time.clock_gettime(time.CLOCK_MONOTONIC)": ("time.clock_gettime", f"clock_gettime({time.CLOCK_MONOTONIC})"),
    "import os; os.path.getmtime('new')": ("os.path.getmtime", "file"),
    "from os.path import getctime; getctime('new')": ("getctime", "file"),
    "import os; os.stat('new').st_mtime": ("os.stat", "file"),
    "import pathlib; pathlib.Path('new').stat().st_mtime": ("pathlib.Path(…).stat", "file"),
    "import pathlib; status = pathlib.Path('new').stat()": ("pathlib.Path(…).stat", "file"),
}


@pytest.mark.parametrize("code", OTHERS)
def test_reads_of_other_clocks(live: LiveKernel, python: str, code: str) -> None:
    live.run("open('new', 'w').write('x')")
    [read] = noted(live, code)["reads"]
    assert (read["clock"], read["line"]) == (OTHERS[code][1], 1)
    if with_columns(python):
        assert read["call"] == OTHERS[code][0]


@pytest.mark.parametrize("code", ["os.path.getmtime('old')", "os.stat('old').st_mtime", "os.stat('new').st_size",
                                  "pathlib.Path('old').stat()", "pathlib.Path('new').stat().st_size",
                                  "shutil.copy2('new', 'copy'), os.path.exists('new'), os.path.getsize('new')",
                                  "'.st_mtime'\nos.stat('new').st_size, shutil.copystat('new', 'copy')",
                                  ])  # fmt: skip
def test_times_of_files_that_were_there_before_and_other_facts_about_files_are_no_reads(
    live: LiveKernel, code: str
) -> None:
    live.run("import os, pathlib, shutil\nfor name in ('old', 'new', 'copy'): open(name, 'w').write('x')")
    live.run("os.utime('old', (1, 1))")
    assert noted(live, code) == {}


def test_what_numpy_reads_in_c_is_known_as_it_is_written(live: LiveKernel) -> None:
    found = noted(
        live, "import numpy as np\n# np.datetime64('now')\nnp.datetime64('now'), np.datetime64(\"today\", 's')"
    )
    assert found["reads"] == [
        {"call": "np.datetime64('now')", "line": 3},
        {"call": "np.datetime64('today')", "line": 3},
    ]
    assert noted(live, "np.datetime64('2020-01-01')") == {}
    live.settle()
    valid(live.record(live.folder))


LOGGING = "import logging, sys\nlogging.basicConfig(stream=sys.stdout, force=True, format={!r})"


@pytest.mark.parametrize("form", ["%(asctime)s %(message)s", "%(created)f", "{asctime} {message}", "$asctime"])
def test_log_lines_with_their_time_are_reads_whoever_logs_them(live: LiveKernel, form: str) -> None:
    style = form[0] if form[0] in "{$" else "%"
    live.run(LOGGING.format(form)[:-1] + f", style={style!r})")
    before = time.time_ns()
    code = "\nlogging.warning('a')\nimport asyncio\nasyncio.log.logger.error('b')\nlogging.info('not shown')"
    reads = noted(live, code)["reads"]
    assert [(read["call"], read["clock"], read["line"]) for read in reads] == [
        ("logging", "logging", 2),
        ("logging", "logging", 4),
    ]
    assert before - 10**9 < reads[0]["value"] <= reads[1]["value"] <= time.time_ns()


def test_log_lines_of_libraries_are_reads_where_they_are_shown_with_their_time(live: LiveKernel) -> None:
    live.run(LOGGING.format("%(asctime)s %(message)s"))
    library = "import types, sys\nlibrary = types.ModuleType('library')\n" \
              "text = 'import logging, time\\ndef work(): logging.error(time.time())'\n" \
              "exec(compile(text, '/usr/lib/library.py', 'exec'), vars(library))"  # fmt: skip
    live.run(library)
    assert calls(live, "\nlibrary.work()") == [("logging", 2)]
    live.run(LOGGING.format("%(levelname)s %(message)s"))
    assert calls(live, "\nlibrary.work()\nlogging.error('x')") == []


def test_a_library_that_reads_the_clock_all_the_time_is_left_to_itself(live: LiveKernel) -> None:
    live.run("import types; library = types.ModuleType('library')\n"
             "text = 'import time\\ndef poll(n):\\n for _ in range(n): time.time()\\n'\\\n"
             "    'def count(n):\\n for _ in range(n): time.perf_counter()'\n"
             "exec(compile(text, '/usr/lib/library.py', 'exec'), vars(library))")  # fmt: skip
    for code in ("library.poll(300_000)", "library.count(300_000)"):
        assert noted(live, code) == {"reads": [], "count": 0, "more": True}
        [read] = noted(live, f"time.time(); {code}; time.time()")["reads"]
        assert read["call"] == "time.time"
    assert noted(live, "library.poll(500); library.count(500)") == {}


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
        "%timeit -n2 -r1 time.time()",
        "%prun -q pass",
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
    assert calls(live, "%time time.time()")[0][1] == 1
    assert calls(live, "%%prun -q\n\ntime.time()")[0][1] == 3
    assert calls(live, "def read(): return time.time()\n%timeit -n2 -r1 read()") == [("time.time", 2)] * 2


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


def test_the_limit_is_met_only_where_there_is_more(live: LiveKernel) -> None:
    found = noted(live, "for _ in range(1000): time.time()")
    assert (found["count"], found.get("more")) == (1000, None)


def test_after_the_limit_the_plain_functions_are_back(live: LiveKernel) -> None:
    live.run("from time import perf_counter as kept; reach = lambda: type(kept).__call__.__name__")
    live.run("inside = reach()\nfor _ in range(1002): kept()\n"
             "print(inside, reach(), kept is time.perf_counter, kept() > 0)")  # fmt: skip
    assert live.text.split() == ["answering", "perf_counter", "True", "True"]
    assert calls(live, "kept()") == [("time.perf_counter", 1)]


def test_a_function_of_the_clock_that_was_taken_in_a_cell_can_be_pickled_ever_after(live: LiveKernel) -> None:
    live.run("import pickle, copy, os; from time import perf_counter as kept\nfor _ in range(1002): kept()\n"
             "print(pickle.loads(pickle.dumps(kept)) is time.perf_counter, copy.deepcopy(kept) is time.perf_counter,\n"
             "      kept == time.perf_counter, time.perf_counter == kept, len({kept, time.perf_counter}))")  # fmt: skip
    assert live.text.split() == ["True", "True", "True", "True", "1"]


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
    code = "with time_machine.travel(0, tick=False):\n    time.time()\ntime.time()"
    assert calls(live, code) == [("time.time", 3)]


def test_travels_of_the_notebook_are_what_they_are_without_us(live: LiveKernel) -> None:
    code = "import time_machine, uuid, _time_machine\nprint(time_machine.escape_hatch.is_travelling())\n" \
           "with time_machine.travel(0, tick=False) as traveller:\n" \
           "    print(time_machine.escape_hatch.is_travelling(), uuid._generate_time_safe, uuid.uuid1().time)\n" \
           "    with time_machine.travel(5, tick=False): print(time.time())\n" \
           "    traveller.shift(7); print(time.time(), DT.now().second)\n" \
           "print(time_machine.escape_hatch.is_travelling(), uuid._generate_time_safe, time.time() > 1e9)"  # fmt: skip
    live.run(code)
    gregorian = 0x01B21DD213814000
    assert live.text.splitlines()[:4] == ["False", f"True None {gregorian}", "5.0", "7.0 7"]
    last = live.text.splitlines()[4].split()
    assert (last[0], last[1] == "None", last[-1]) == ("False", False, "True")


def test_a_notebook_may_freeze_time(live: LiveKernel) -> None:
    live.run("import freezegun")
    if "ModuleNotFoundError" in live.text:
        pytest.skip("not installed")
    frozen = "print(time.time(), datetime.datetime.now(), time.perf_counter() == time.perf_counter(), date.today())"
    live.run(f"with freezegun.freeze_time('2020-01-02'):\n    {frozen}")
    assert live.text.strip() == "1577923200.0 2020-01-02 00:00:00 True 2020-01-02"
    live.run(f"freezer = freezegun.freeze_time('2020-01-02'); freezer.start(); {frozen}")
    live.run(frozen)
    assert live.text.strip() == "1577923200.0 2020-01-02 00:00:00 True 2020-01-02"
    live.run(f"freezer.stop(); {frozen}")
    assert live.text.split()[-2] == "False"
    for call in ("time.time", "datetime.datetime.now", "time.perf_counter"):
        assert calls(live, f"{call}()") == [(call, 1)]
    live.run("print(type(time.time).__name__, time.perf_counter)")
    assert live.text.strip() == "builtin_function_or_method <built-in function perf_counter>"


def test_reads_in_threads_of_the_cell_count(live: LiveKernel) -> None:
    live.run("import threading")
    code = "t = threading.Thread(target=lambda: time.time())\nt.start(); t.join()"
    assert [call for call, _ in calls(live, code)] == ["time.time"]


def test_a_class_that_makes_dates_its_own_way_is_asked_by_no_one(live: LiveKernel) -> None:
    live.run("class D(datetime.datetime):\n"
             "    @classmethod\n"
             "    def fromtimestamp(cls, t): raise LookupError\n"
             "print(type(D.now()).__name__, type(D.now(timezone.utc)).__name__)")  # fmt: skip
    assert live.text.split() == ["D", "D"]
    assert calls(live, "D.now()\ntime.time()") == [("time.time", 2)]
    assert any("fromtimestamp" in spot for spot in live.log().blind_spots)
    live.run("import gc; del D; gc.collect()")
    assert calls(live, "datetime.datetime.now()") == [("datetime.datetime.now", 1)]


def test_today_is_asked_of_the_clock_that_the_notebook_put_there(live: LiveKernel) -> None:
    live.run("from unittest import mock\n"
             "with mock.patch('time.time', lambda: 86400.0 * 3): print(date.today(), DT.today().day)")  # fmt: skip
    assert live.text.split() == ["1970-01-04", "4"]
