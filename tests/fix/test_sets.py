"""Sets are sorted where their order is seen, and nowhere else."""

from __future__ import annotations

import pytest

from jupyter_prov.fix.sort_sets import sort_sets
from tests.fix.drafts import cause, draft, scene, sources

CASES = [
    ("print(list(s))", "print(sorted(s))"),
    ("print(s)", "print(sorted(s))"),
    ("s", "sorted(s)"),
    ("for x in s:\n    print(x)", "for x in sorted(s):\n    print(x)"),
    ("', '.join(s)", "', '.join(sorted(s))"),
    ("', '.join(x.upper() for x in s)", "', '.join(x.upper() for x in sorted(s))"),
    ("f'{s} {len(s)}'", "f'{sorted(s)} {len(s)}'"),
    ("print('{s}' f'{len(s)}, {s}')", "print('{s}' f'{len(s)}, {sorted(s)}')"),
    ("print(*s | {'a'})", "print(*sorted(s | {'a'}))"),
    ("a, b = s", "a, b = sorted(s)"),
    ("list(enumerate(s.union('ab')))", "list(enumerate(sorted(s.union('ab'))))"),
    ("print([y for y in s if y in s])", "print([y for y in sorted(s) if y in s])"),
]
ALONE = ["len(s)", "print(sorted(s))", "'a' in s", "max(s)", "t = s | {'x'}", "x = {y for y in s}"]


def fixed(*cells: str) -> list[str]:
    made = draft(*cells)
    sort_sets(scene(made, cause("hash-seed", "PYTHONHASHSEED")))
    return sources(made)


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_set_is_sorted_where_its_order_is_seen(before: str, after: str) -> None:
    assert fixed("s = set('abc')", before) == ["s = set('abc')", after]


@pytest.mark.parametrize("cell", ALONE)
def test_a_set_stays_where_its_order_does_not_matter(cell: str) -> None:
    assert fixed("s = set('abc')", cell) == ["s = set('abc')", cell]


def test_what_cannot_be_compared_is_sorted_by_its_text() -> None:
    made = draft("s = {1, 'a'}", "print(list(s), *s)", "print(s)")
    made.by_text.add("c1")
    sort_sets(scene(made, cause("hash-seed", "PYTHONHASHSEED"), bad=1))
    assert sources(made)[1] == "print(sorted(s, key=repr), *sorted(s, key=repr))"


def test_what_may_be_something_else_is_not_sorted() -> None:
    cells = ["s = set('abc')\ns = [*'abc']", "print(s)"]
    assert fixed(*cells) == cells


def test_attributes_and_parameters_that_are_always_sets_are_known() -> None:
    made = "class C:\n    def __init__(self):\n        self.seen = set('abc')\ndef show(s, n):\n    print(*s)"
    shown = "show(C().seen, 1)\nprint(C().seen)"
    [first, second] = fixed(made, shown)
    assert first == made.replace("*s", "*sorted(s)")
    assert second == "show(C().seen, 1)\nprint(sorted(C().seen))"
    for other in ("show([1], 1)", "show(s={1}, n=1)", "map(show, [1])", "C().seen = [1]\nshow([], 1)"):
        assert fixed(made, f"{shown}\n{other}")[0] == made


def test_what_a_function_gives_is_known() -> None:
    made = "def words(text):\n    return {word for word in text}"
    assert fixed(made, "list(words('ab'))") == [made, "sorted(words('ab'))"]
