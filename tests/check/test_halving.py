"""Halving: whatever is guilty among however many changes is found, with few trials."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.check.delta_debugging import Changes, Inseparable, guilty, smallest

NAMES = [f"p{number}" for number in range(64)]
counts = st.integers(1, len(NAMES))


class Oracle:
    """Knows which sets are enough, and which changes cannot be made without others; counts what it is asked."""

    def __init__(self, *enough: Changes, tied: Changes = frozenset(), named: bool = True) -> None:
        self.enough, self.tied, self.named = enough, tied, named
        self.asked: list[Changes] = []

    def __call__(self, changes: Changes) -> bool:
        if changes not in self.asked:
            self.asked.append(changes)
        if 0 < len(changes & self.tied) < len(self.tied):
            made, missing = min(changes & self.tied), min(self.tied - changes)
            raise Inseparable(frozenset({made, missing} if self.named else ()))
        return any(one <= changes for one in self.enough)


def subset(names: list[str], most: int) -> st.SearchStrategy[Changes]:
    return st.frozensets(st.sampled_from(names), min_size=1, max_size=most)


@given(counts, st.data())
def test_a_single_guilty_one_is_found_by_halving(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    one = frozenset({data.draw(st.sampled_from(names))})
    oracle = Oracle(one)
    assert smallest(names, oracle) == one
    assert len(oracle.asked) <= 2 * math.ceil(math.log2(count))


@given(counts, st.data())
def test_several_that_are_guilty_together_are_found_and_nothing_else(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    some = data.draw(subset(names, 4))
    oracle = Oracle(some)
    assert guilty(names, oracle) == [some]
    k = len(some)
    assert len(oracle.asked) <= 2 + 3 * k + 2 * k * math.ceil(math.log2(count))


@given(counts, st.data())
def test_each_of_several_that_are_guilty_alone_is_found(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    some = data.draw(subset(names, 4))
    oracle = Oracle(*(frozenset({one}) for one in some))
    assert set(guilty(names, oracle)) == {frozenset({one}) for one in some}


def test_without_a_guilty_one_a_single_trial_is_enough() -> None:
    oracle = Oracle()
    assert guilty(NAMES, oracle) == []
    assert len(oracle.asked) == 1
    assert guilty([], Oracle(frozenset())) == []


@given(st.integers(4, len(NAMES)), st.data())
def test_what_cannot_be_separated_is_tried_together(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    tied = data.draw(st.frozensets(st.sampled_from(names), min_size=2, max_size=4))
    one = data.draw(st.sampled_from(names))
    oracle = Oracle(frozenset({one}), tied=tied)
    assert guilty(names, oracle) == [tied if one in tied else frozenset({one})]


@given(st.integers(4, 12), st.data())
def test_a_conflict_that_names_nobody_never_keeps_from_an_answer(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    tied = data.draw(st.frozensets(st.sampled_from(names), min_size=2, max_size=3))
    one = data.draw(st.sampled_from(names))
    oracle = Oracle(frozenset({one}), tied=tied, named=False)
    (found,) = guilty(names, oracle)
    assert one in found
    assert oracle(found)


def one_way(newer: str, needed: str, enough: str) -> Callable[[Changes], bool]:
    """One change that cannot be made without another, which can be made alone."""

    def shows(changes: Changes) -> bool:
        if newer in changes and needed not in changes:
            raise Inseparable(frozenset({newer, needed}))
        return enough in changes

    return shows


def test_of_two_that_conflict_one_way_the_guilty_one_is_told_apart_if_it_can_be() -> None:
    names = NAMES[:8]
    assert guilty(names, one_way("p1", "p6", "p6")) == [frozenset({"p6"})]
    assert guilty(names, one_way("p1", "p6", "p1")) == [frozenset({"p1", "p6"})]
    assert guilty(names, one_way("p1", "p6", "p3")) == [frozenset({"p3"})]
