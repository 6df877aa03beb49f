"""The guard: what fails on our side is a blind spot, and the cell does what it does without us."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_prov.record import wire
from jupyter_prov.watch.guard import Guard
from tests.live import LiveKernel, kernel
from tests.record.making import valid

PLUGINS = ["Load", "Before", "After", "Interrupted", "Listener", "Patch", "NoJson", "Missing", "NotThere"]
SPOTS = {
    "loading the factor fails-at-load failed: RuntimeError: at load",
    "the factor fails-before failed: RuntimeError: before",
    "the factor fails-after failed: RuntimeError: after",
    "the factor interrupted failed: it was interrupted",
    "audit hook (os.listdir) failed: RuntimeError: listening",
    "randint failed: RuntimeError: patched",
}


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    folder = tmp_path_factory.mktemp("shared") / "project"
    folder.mkdir()
    with kernel(folder, python, shake=False) as started:
        plugins = [f"tests.kernel.failing:{name}" for name in PLUGINS] + ["nowhere.at_all:Factor", "", ":::"]
        assert wire.answer(started.request(wire.handshake(plugins))) == wire.RECORDING
        started.run("import random, os, time; x = random.randint(1, 2), os.listdir('.')")
        yield started


def test_each_failure_is_said_once(live: LiveKernel) -> None:
    for _ in range(3):
        live.run("random.randint(1, 2); os.listdir('.')")
    spots = live.log().blind_spots
    assert set(spots) >= SPOTS
    assert len(spots) == len(set(spots))
    assert [s for s in spots if "no-json" in s]
    assert [s for s in spots if "Missing" in s]
    assert [s for s in spots if "NotThere" in s]
    assert [s for s in spots if "nowhere.at_all" in s]


def test_the_cell_shows_what_it_shows_without_us(live: LiveKernel) -> None:
    live.run("random.seed(1); print(random.randint(1, 9), len(os.listdir('.')))")
    assert re.fullmatch(r"\d \d+\n", live.text)
    live.run("1 / 0")
    assert "ZeroDivisionError" in live.text
    assert "jupyter_prov" not in live.text
    assert "failing" not in live.text


def test_the_other_factors_see_what_they_saw(live: LiveKernel) -> None:
    evidence = live.ran("random.seed(2); time.time(); open('made', 'w').write('x')").evidence
    assert {"random", "clock", "data", "order"} <= set(evidence)


def test_the_record_is_valid_and_json_nevertheless(live: LiveKernel) -> None:
    live.settle()
    json.dumps(live.entries)
    valid(live.record(live.folder))


def test_the_wall_gives_values_and_notes_failures_once() -> None:
    guard = Guard()
    assert guard.call("adding", lambda a, b: a + b, 1, 2) == 3
    for _ in range(3):
        assert guard.call("dividing", lambda: 1 / 0) is None
    assert guard.take() == ["dividing failed: ZeroDivisionError: division by zero"]
    assert guard.take() == []
    guard.call("dividing", lambda: 1 / 0)
    assert guard.take() == []


def test_an_interrupt_in_the_midst_of_a_cell_is_the_cells() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    guard = Guard()
    assert guard.call("a hook", interrupted) is None
    with pytest.raises(KeyboardInterrupt):
        guard.within_cell("a wrapper", interrupted)
    assert guard.take() == ["a hook failed: it was interrupted"]


def test_what_an_exception_says_is_masked() -> None:
    guard = Guard()
    secret = "https://ada:hunter2@a.org/x?token=hunter2"
    assert guard.call("a request", int, secret) is None
    assert guard.blind_spots == [
        "a request failed: ValueError: invalid literal for int() with base 10: 'https://a.org/x?token=…'"
    ]


def test_an_exception_without_words_is_no_trouble() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    def raise_it() -> None:
        raise Mute

    guard = Guard()
    assert guard.attempt("something", raise_it) is None
    assert guard.take() == ["something failed: Mute"]


def test_tracebacks_are_whole_again_after_unloading(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("%unload_ext jupyter_prov")
        live.run("print('showtraceback' in vars(get_ipython()))")
        assert live.text.strip() == "False"
        live.run("1 / 0")
        assert "ZeroDivisionError" in live.text


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_dead_helper_process_is_a_blind_spot_and_nothing_waits_for_it(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.settle()
        live.helper().kill()
        for n in range(3):
            live.run(f"open('f', 'w').write('{n}'); open('f').read(); print({n})")
            assert live.text.strip() == str(n)
        live.settle()
        log = live.log()
    assert [s for s in log.blind_spots if s.startswith("helper process")]
    assert log.watchers["helper process"].startswith("it ended")
    assert [e.outcome for e in log.executions[-3:]] == ["ok"] * 3
