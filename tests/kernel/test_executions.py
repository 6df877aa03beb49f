"""What is known of every execution, however it ended."""

from __future__ import annotations

import datetime
import os
import signal
from pathlib import Path

import pytest

from jupyter_prov.record.digests import of_text
from jupyter_prov.record.model import ERROR, OK, UNFINISHED
from tests.live import LiveKernel, kernel
from tests.record.making import valid


def test_a_cell_is_known_by_number_id_source_start_and_duration(live: LiveKernel) -> None:
    before = datetime.datetime.now(datetime.timezone.utc)
    first = live.ran("x = sum(range(10**6))", "cell-1")
    second = live.ran("x", "cell-1")
    assert (first.cell, second.cell) == ("cell-1", "cell-1")
    assert second.number == first.number + 1
    assert second.count == (first.count or 0) + 1
    assert first.source == of_text("x = sum(range(10**6))")
    started = datetime.datetime.fromisoformat(first.started.replace("Z", "+00:00"))
    assert before <= started <= datetime.datetime.now(datetime.timezone.utc)
    assert first.seconds is not None
    assert first.seconds > 0
    assert first.outcome == OK


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("x = )", "SyntaxError"),
        ("if True:\nx", "IndentationError"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("await undefined_name", "NameError"),
    ],
)
def test_a_cell_that_fails_is_recorded_with_its_error(live: LiveKernel, code: str, error: str) -> None:
    execution = live.ran(code)
    assert (execution.outcome, execution.error) == (ERROR, error)
    assert live.ran("1").outcome == OK


@pytest.mark.parametrize("code", ["", "  \n", "# nothing"])
def test_empty_cells_leave_the_count_right(live: LiveKernel, code: str) -> None:
    before = live.ran("1").number
    live.run(code)
    after = live.ran("2")
    assert after.number == before + bool(code.strip()) + 1
    assert after.outcome == OK


def test_silent_requests_are_no_executions(live: LiveKernel) -> None:
    before = live.ran("1").number
    live.request({"code": "1", "silent": True, "store_history": False, "user_expressions": {}, "allow_stdin": False})
    assert live.ran("1").number == before + 1


@pytest.mark.parametrize(
    "inner",
    ["x = 5", "1 / 0", "", "  ", "y = (", "import random; random.seed(1)"],
)
def test_a_cell_run_from_within_a_cell_is_part_of_it(live: LiveKernel, inner: str) -> None:
    execution = live.ran(f"get_ipython().run_cell({inner!r}); import random; random.random(); outer = 7")
    assert execution.outcome == OK
    assert execution.evidence["random"]["draws"]
    assert live.ran("outer").number == execution.number + 1


INTERRUPTED = {
    "busy": "for i in range(10**12): pass",
    "asleep": "import time; time.sleep(600)",
    "awaiting": "import asyncio\nwhile True: await asyncio.sleep(0.01)",
    "in a child": "import subprocess; subprocess.run(['sleep', '600'])",
    "reading counters": "import time\nwhile True: time.perf_counter()",
    "seeding": "import random\nwhile True: random.seed(1)",
    "opening": "while True: open('x', 'w').close()",
}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("code", INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interrupted_cell_is_recorded_as_such(live: LiveKernel, code: str) -> None:
    before = len(live.entries)
    live.run("print('begun', flush=True)\n" + code, wait=False)
    live.until(lambda: "begun" in live.text, "the cell's first line")
    live.manager.interrupt_kernel()
    live.until(lambda: any(e["kind"] == "ended" for e in live.entries[before:]), "the end of the cell")
    execution = live.execution()
    assert (execution.outcome, execution.error) in [(ERROR, "KeyboardInterrupt"), (ERROR, "CancelledError")]
    assert live.log().blind_spots == []
    assert live.ran("1").outcome == OK


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_kernel_killed_in_the_middle_of_a_cell_loses_nothing(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("open('a.txt', 'w').write('1')", "done")
        live.settle()
        live.run("import time; print('begun', flush=True); time.sleep(600)", "killed", wait=False)
        live.until(lambda: "begun" in live.text, "the cell's first line")
        live.manager.signal_kernel(signal.SIGKILL)
        live.drain(None, 0.2)
        log = live.log_so_far()
        log.close()
    assert [(e.cell, e.outcome) for e in log.executions] == [("done", OK), ("killed", UNFINISHED)]
    assert log.executions[0].evidence["data"]["files"][0]["digest"].startswith("blake3:")


def test_the_record_of_a_live_session_is_valid(live: LiveKernel) -> None:
    live.run("import random, time, uuid\nrandom.seed(1); random.random(); time.time(); uuid.uuid4()", "a")
    live.run("open('out.txt', 'w').write(open(__import__('os').__file__).read()); 1 / 0", "b")
    record = valid(live.record(live.folder))
    assert {"a", "b"} <= {cell.id for cell in record.cells}


def test_order_evidence_tells_what_a_cell_uses_defines_changes_and_imports(live: LiveKernel) -> None:
    noted = live.noted("import math as m\nitems = []\nother = [n for n in range(3)]\nother.append(m.pi)", "order")
    assert noted == {"uses": ["range"], "defines": ["items", "m", "other"], "imports": ["m"]}
    assert live.noted("items.append(other)", "order") == {"uses": ["items", "other"], "changes": ["items"]}
    assert live.noted("%time z = other", "order") == {"uses": ["other"], "defines": ["z"]}
    assert live.noted("%%time\nz = items", "order") == {"uses": ["items"], "defines": ["z"]}


def test_input_transformers_run_once_for_each_cell(live: LiveKernel) -> None:
    live.run("calls = []\ndef count(lines):\n    calls.append(1)\n    return lines\n"
             "get_ipython().input_transformers_post.append(count)")  # fmt: skip
    live.run("calls.clear()")
    live.run("print(len(calls))")
    counted = live.text
    live.run("get_ipython().input_transformers_post.remove(count)")
    live.run("%unload_ext jupyter_prov")
    live.run("get_ipython().input_transformers_post.append(count)")
    live.run("calls.clear()")
    live.run("print(len(calls))")
    without = live.text
    live.run("get_ipython().input_transformers_post.remove(count)")
    live.run("%load_ext jupyter_prov")
    live.handshake()
    assert counted == without
