"""What nobody waits for is done when there is time: by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_prov.watch import idle_time
from jupyter_prov.watch.idle_time import LONGEST, PATIENCE, PAUSE, Leisure


class Clock:
    """A clock that moves on while somebody waits; what happens meanwhile can be planned."""

    def __init__(self) -> None:
        self.now = 100.0
        self.plan: list[tuple[float, Callable[[], None]]] = []

    def wait(self, seconds: float) -> bool:
        """Stands in for the waiting; whether somebody hurries."""
        end = self.now + seconds
        while self.plan and self.plan[0][0] < end:
            self.now, act = self.plan.pop(0)
            act()
        self.now = end
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(idle_time, "monotonic", lambda: found.now)
    return found


@pytest.fixture
def free(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Leisure:
    found = Leisure()
    monkeypatch.setattr(found._hurried, "wait", clock.wait)
    return found


def test_there_is_time_once_no_cell_has_run_for_a_while(clock: Clock, free: Leisure) -> None:
    free.begin()
    free.end()
    free.come(clock.now)
    assert clock.now == 100.0 + PAUSE
    free.come(clock.now)
    assert clock.now == 100.0 + PAUSE


def test_there_is_time_beside_a_cell_that_takes_long(clock: Clock, free: Leisure) -> None:
    free.begin()
    free.come(clock.now)
    assert clock.now == 100.0 + PATIENCE


def test_there_is_none_between_cells_that_follow_each_other(clock: Clock, free: Leisure) -> None:
    acts = [free.end, free.begin] * 10
    clock.plan = [(100.0 + PAUSE * 0.9 * (n + 1), act) for n, act in enumerate(acts)]
    free.begin()
    free.come(clock.now)
    assert clock.plan == []
    assert clock.now == pytest.approx(100.0 + PAUSE * 0.9 * len(acts) + PATIENCE)


def test_nothing_waits_for_ever(clock: Clock, free: Leisure) -> None:
    clock.plan = [(100.0 + PAUSE * 0.9 * (n + 1), act) for n, act in enumerate([free.begin, free.end] * 500)]
    free.come(clock.now)
    assert clock.now == pytest.approx(100.0 + LONGEST, abs=PATIENCE)


def test_who_is_waited_for_waits_for_nothing() -> None:
    free = Leisure()
    free.begin()
    free.hurry()
    free.hurry()
    free.relax()
    assert free._hurried.is_set()
    free.come(idle_time.monotonic() + 3600)  # would end an hour later
    free.relax()
    assert not free._hurried.is_set()
