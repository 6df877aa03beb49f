"""Threads and processes: who starts them is noted, and where they are held fast they take turns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_prov.factors.base import Planned
from jupyter_prov.factors.concurrency.factor import Concurrency
from jupyter_prov.record import wire
from tests.kernel.replaying import Plan, needs
from tests.live import LiveKernel, kernel

STARTS = [
    ("threading.Thread(target=print).start()", "threading.Thread.start"),
    ("class Own(threading.Thread):\n    def run(self): pass\nOwn().start()", "threading.Thread.start"),
    ("def go():\n    threading.Thread(target=print).start()\ngo()", "threading.Thread.start"),
    ("with concurrent.futures.ThreadPoolExecutor(2) as pool: pool.submit(len, '')", "threading.Thread.start"),
    ("with multiprocessing.pool.ThreadPool(2) as pool: pool.map(len, [''])", "threading.Thread.start"),
    (
        "p = multiprocessing.get_context('fork').Process(target=len); p.start(); p.join()",
        "multiprocessing.Process.start",
    ),
]
RACE = """\
import threading, time
out = []
def work(n):
    for _ in range(30):
        time.sleep(0.0003)
        out.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
[t.start() for t in threads]; [t.join() for t in threads]
print(out == sorted(out))"""


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    folder = tmp_path_factory.mktemp("concurrency") / "project"
    folder.mkdir()
    with kernel(folder, python) as started:
        started.run("import threading, concurrent.futures, multiprocessing, multiprocessing.pool")
        yield started


@pytest.mark.parametrize(("code", "call"), STARTS)
def test_what_a_cell_starts_is_noted_with_its_line(live: LiveKernel, code: str, call: str) -> None:
    started = live.noted(code, "concurrency")["started"]
    line = code.count("\n") + 1
    assert {one["call"] for one in started} >= {call}
    assert {one["line"] for one in started} == {line}


def test_what_libraries_start_when_they_are_imported_is_not_noted(live: LiveKernel) -> None:
    (Path(live.folder) / "quiet.py").write_text("import threading\n")
    assert live.noted("import quiet\nx = 1", "concurrency") == {}


def test_threads_take_turns_where_they_are_held_fast(python: str, tmp_path: Path) -> None:
    plan = Plan([Planned("race", None)])
    Concurrency().pin(plan)
    assert plan.variables["OMP_NUM_THREADS"] == "1"
    (tmp_path / "played.json").write_text(json.dumps({"race": [plan.planned[0].played]}))
    with kernel(tmp_path, python, {wire.PLAYED: str(tmp_path / "played.json")}) as held:
        held.run(RACE, "race")
        assert held.text.strip() == "True"
        held.run(RACE, "loose")
        assert held.text.strip() == "False"


@pytest.mark.parametrize(
    ("module", "pool"),
    [
        ("concurrent.futures.thread", "ThreadPoolExecutor(8)"),
        ("concurrent.futures.process", "ProcessPoolExecutor(max_workers=8)"),
        ("multiprocessing.pool", "ThreadPool(8)"),
        ("multiprocessing.pool", "Pool(processes=8)"),
    ],
)
def test_pools_have_one_worker_where_they_are_held_fast(python: str, tmp_path: Path, module: str, pool: str) -> None:
    workers = "_max_workers" if "futures" in module else "_processes"
    code = f"import {module} as m\nwith m.{pool} as pool: print(pool.{workers})"
    (tmp_path / "played.json").write_text(json.dumps({"pool": [{"concurrency": {"turns": True}}]}))
    with kernel(tmp_path, python, {wire.PLAYED: str(tmp_path / "played.json")}) as held:
        held.run(f"import {module}")
        held.run(code, "pool")
        assert held.text.strip() == "1"
        held.run(code, "other")
        assert held.text.strip() == "8"


@pytest.mark.slow
def test_pytorch_computes_the_same_way_each_time_where_threads_are_held_fast(python: str, tmp_path: Path) -> None:
    plan = Plan([Planned("flags", None)])
    Concurrency().pin(plan)
    (tmp_path / "played.json").write_text(json.dumps({"flags": [plan.planned[0].played]}))
    variables = {name: value for name, value in plan.variables.items() if value is not None}
    with kernel(tmp_path, python, {wire.PLAYED: str(tmp_path / "played.json"), **variables}) as held:
        needs(held, "torch")
        held.run("import torch; print(torch.are_deterministic_algorithms_enabled(), torch.get_num_threads())", "flags")
        assert held.text.split() == ["True", "1"]


def test_a_thread_that_waits_for_another_goes_on(python: str, tmp_path: Path) -> None:
    code = (
        "import threading\nready = threading.Event()\n"
        "first = threading.Thread(target=ready.wait); second = threading.Thread(target=ready.set)\n"
        "first.start(); second.start(); first.join(); second.join(); print('done')"
    )
    (tmp_path / "played.json").write_text(json.dumps({"wait": [{"concurrency": {"turns": True}}]}))
    with kernel(tmp_path, python, {wire.PLAYED: str(tmp_path / "played.json")}) as held:
        held.run(code, "wait")
        assert held.text.strip() == "done"
