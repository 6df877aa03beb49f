"""Sets, dicts and threads: when another order means the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.set_order import sets
from jupyter_prov.check.compare.thread_use import reaches_threads
from jupyter_prov.report.model import DIFFERS, EQUIVALENT
from tests.check.outputs import compared, shown, stream


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("{'a', 'b'}", "{'b', 'a'}"),
        ("frozenset({1, 2})", "frozenset({2, 1})"),
        ("[{'a', 'b'}, {1}]", "[{'b', 'a'}, {1}]"),
        ("x = {('a', 1), ('b', 2)} ok", "x = {('b', 2), ('a', 1)} ok"),
        ("{frozenset({'a', 'b'}), frozenset()}", "{frozenset(), frozenset({'b', 'a'})}"),
        ("{'a': 1, 'b': {2, 3}}", "{'b': {3, 2}, 'a': 1}"),
        ("{'a, b', \"it's\"}", "{\"it's\", 'a, b'}"),
        ("{'aa',\n 'bbbb',\n 'c'}", "{'bbbb',\n 'aa', 'c'}"),
        ("({1.5, 'x'})", "({'x', 1.5})"),
    ],
)
def test_the_order_of_a_set_is_noise(recorded: str, rerun: str) -> None:
    for one, other in ((recorded, rerun), (rerun, recorded)):
        found = compared(shown(text_plain=one), shown(text_plain=other))
        assert (found.verdict, found.noise) == (EQUIVALENT, ["order-of-set"])


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("['a', 'b']", "['b', 'a']"),
        ("('a', 'b')", "('b', 'a')"),
        ("{'a': [1, 2]}", "{'a': [2, 1]}"),
        ("{('a', 'b')}", "{('b', 'a')}"),
        ("{'a': 'b', 'c': 'd'}", "{'c': 'b', 'a': 'd'}"),
        ("{'a', 'b'} ['a', 'b']", "{'b', 'a'} ['b', 'a']"),
        ("{a, b}", "{b, a}"),
        ("x_{1, 2}", "x_{2, 1}"),
        ("0  {a, b}", "0  {a, c}"),
        ("{a, b}  0", "{b, a}  0"),
        ("{1, 1, 2}", "{1, 2, 1}"),
        ("OrderedDict({'a': 1, 'b': 2})", "OrderedDict({'b': 2, 'a': 1})"),
        ("OrderedDict({'a': [1], 'b': 2})", "OrderedDict({'b': 2, 'a': [1]})"),
        ("{'a', 'b'", "{'b', 'a'"),
    ],
)
def test_any_other_order_means_something(recorded: str, rerun: str) -> None:
    assert compared(shown(text_plain=recorded), shown(text_plain=rerun)).verdict == DIFFERS


def test_braces_in_latex_are_no_sets() -> None:
    assert compared(shown(text_latex="\\{ {1, 2}"), shown(text_latex="\\{ {2, 1}")).verdict == DIFFERS


LITERALS = st.recursive(
    st.integers() | st.text(max_size=5) | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(LITERALS, min_size=1, max_size=6, unique_by=repr), st.randoms())
def test_every_order_of_a_set_has_one_text(items: list[object], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = ("{" + ", ".join(map(repr, order)) + "}" for order in (items, shuffled))
    assert sets(one) == sets(other)


@given(st.text("{}()[]'\",: 1ab\\\nfrozenset", max_size=60))
def test_nothing_is_lost_in_what_is_put_in_order(text: str) -> None:
    assert sorted("".join(sets(text).split())) == sorted("".join(text.split()))


THREADS = Context("with ThreadPoolExecutor() as pool: pool.map(print, range(3))")


def test_lines_of_threads_come_in_any_order() -> None:
    found = compared("0\n1\n2\n", "1\n0\n2\n", THREADS)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["line-order"])
    assert compared("0\n1\n2\n", "1\n0\n2\n").verdict == DIFFERS
    assert compared("0\n1\n2\n", "1\n0\n3\n", THREADS).verdict == DIFFERS
    assert compared("0\n1\n1\n", "0\n0\n1\n", THREADS).verdict == DIFFERS
    assert compared(shown(text_plain="0\n1"), shown(text_plain="1\n0"), THREADS).verdict == DIFFERS


def test_chunks_of_threads_are_lines_once_they_are_merged() -> None:
    chunks = [stream("a"), stream("b\n"), stream("c\n")]
    (found,) = compare_cell(chunks, [stream("c\nab\n")], THREADS)
    assert found.noise == ["line-order"]


def test_a_cell_reaches_threads_through_what_an_earlier_cell_defined() -> None:
    earlier = ["from threading import Thread\ndef race(n):\n    Thread(target=print).start()", "pool = Pool(4)"]
    assert reaches_threads("race(3)", earlier)
    assert reaches_threads("pool.map(f, x)", earlier)
    assert not reaches_threads("for name in names: print(name)", earlier)
    assert not reaches_threads("x = 1  # no threading here", [])


def test_sets_in_a_column_of_pandas_have_no_quotes() -> None:
    text = "              s\n0  {ccc, bb, a}\n1  {d e, f}"
    found = compared(shown(text_plain=text), shown(text_plain=text.replace("ccc, bb, a", "a, bb, ccc")))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["order-of-set"])
    cell = "<table><tr><td>{}</td></tr></table>"
    there, here = cell.format("{ccc, bb, a}"), cell.format("{a, ccc, bb}")
    assert compared(shown(text_html=there), shown(text_html=here)).verdict == EQUIVALENT
    assert compared(shown(text_html=there), shown(text_html=cell.format("{a, cc, bb}"))).verdict == DIFFERS
