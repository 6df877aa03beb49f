"""What is called in a loop is let go after a number of calls, which the evidence says, until the next cell begins."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import pytest

from jupyter_prov.factors.base import Planned
from jupyter_prov.factors.random.factor import Random
from jupyter_prov.record.model import Execution
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import ALL, MOST, Patches
from tests.live import LiveKernel

IMPORTS = """
import os, platform, random, secrets, socket, sys, time, uuid, numpy as np
from os import getpid, urandom
from random import seed
from time import perf_counter
from numpy.random import seed as np_seed
entered = 0
def watched(work, times):
    global entered
    entered = 0
    def profile(frame, event, _):
        global entered
        entered += event == "call" and frame.f_code.co_name in ("wrapped", "answering")
    sys.setprofile(profile)
    try:
        for i in range(times): work(i)
    finally: sys.setprofile(None)
"""


@pytest.fixture
def module() -> ModuleType:
    found = ModuleType("a_module")
    found.root = math.sqrt  # type: ignore[attr-defined]
    exec("def add(a, b=1): return a + b", vars(found))
    return found


@pytest.mark.parametrize(("name", "arguments"), [("add", (1,)), ("root", (4,))])
@pytest.mark.parametrize(("of_interest", "most"), [(True, MOST), (False, ALL)])
def test_a_function_is_let_go_after_a_number_of_calls(
    module: Any, name: str, arguments: tuple[Any, ...], of_interest: bool, most: int
) -> None:
    told, let_go = [], []
    patches = Patches(Guard(), lambda call: bool(let_go.append(call)))

    def note(*_: Any) -> bool:
        told.append(1)
        return of_interest

    patches.wrap(module, name, note, call="its name")
    kept = getattr(module, name)
    try:
        for expected in (1, 2):
            for _ in range(10 * most):
                kept(*arguments)
            assert len(told) <= expected * (most + 1)
            assert let_go == ["its name"] * expected
            patches.begin()
        kept(*arguments)
        assert len(told) > 2 * most
    finally:
        patches.restore()


def test_what_is_played_back_is_not_let_go(module: Any) -> None:
    told: list[Any] = []
    patches = Patches(Guard(), lambda _: True)
    patches.wrap(module, "add", lambda *_: told.append(1))
    for _ in range(3 * ALL):
        module.add(1)
    patches.restore()
    assert len(told) == 3 * ALL


@pytest.fixture(scope="module", autouse=True)
def _imported(live: LiveKernel) -> None:
    live.run(IMPORTS)


LOOPS = {
    "np.random.seed(i)": ("random", "numpy.random.seed"),
    "np_seed(i)": ("random", "numpy.random.seed"),
    "random.seed(i)": ("random", "random.seed"),
    "seed(i)": ("random", "random.seed"),
    "os.urandom(8)": ("random", "os.urandom"),
    "urandom(8)": ("random", "os.urandom"),
    "secrets.token_hex()": ("random", "os.urandom"),
    "np.random.default_rng(i)": ("random", "numpy.random.default_rng"),
    "os.getpid()": ("environment", "os.getpid"),
    "getpid()": ("environment", "os.getpid"),
    "os.environ['PATH']": ("environment", "os.environ"),
    "os.getenv('NOT_SET')": ("environment", "os.environ"),
    "platform.node()": ("environment", "platform.node"),
    "socket.gethostname()": ("environment", "socket.gethostname"),
}


@pytest.mark.parametrize("call", LOOPS)
def test_a_call_in_a_loop_is_let_go_and_the_evidence_says_so(live: LiveKernel, call: str) -> None:
    kind, name = LOOPS[call]
    found = live.noted(f"watched(lambda i: {call}, 12_000)", kind)
    assert name in found["more"]
    live.run("print(entered)")
    assert 0 < int(live.text) <= 2 * ALL + 2
    again = live.noted(f"i = 7\n{call}", kind)
    assert again
    assert "more" not in again
    live.record(live.folder)


@pytest.mark.parametrize("call", ["time.perf_counter()", "perf_counter()", "time.ctime()"])
def test_a_clock_in_a_loop_is_let_go(live: LiveKernel, call: str) -> None:
    assert live.noted(f"watched(lambda i: {call}, 12_000)", "clock")["more"]
    live.run("print(entered)")
    assert 1000 <= int(live.text) <= 1002


def test_ids_are_recorded_to_the_end(live: LiveKernel) -> None:
    found = live.noted("for _ in range(5_000): uuid.uuid4()", "random")
    assert found["unseeded"] == [{"call": "uuid.uuid4()", "line": 1, "count": 5_000}]
    assert len(found["entropy"]["uuid.uuid4"]) == 5_000
    assert "more" not in found


def test_the_randomness_of_a_cell_that_let_go_of_something_is_not_played_back() -> None:
    noted = {"entropy": {"uuid.uuid4": ["1"]}, "unseeded": [{"call": "uuid.uuid4()", "line": 1}]}
    played = []
    for more in ({}, {"more": ["random.seed"]}):
        execution = Execution(1, "a", 1, "blake3:0", "", 0.0, "ok", evidence={"random": noted | more})
        planned = Planned("a", execution)
        Random().replay(_Plan([planned]))  # type: ignore[arg-type]
        played.append(bool(planned.played))
    assert played == [True, False]


class _Plan:
    def __init__(self, planned: list[Planned]) -> None:
        self.planned = planned
        self.variables: dict[str, str | None] = {}
