"""What is left of two texts once all masks are on: numbers, sets in another order, lines in another order.

These need both texts at once. Each gives examples of what it hid, or None where the texts do not mean the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.number import compare_numbers_in_text
from jupyter_prov.check.compare.set_order import COLUMN, same_sets
from jupyter_prov.check.compare.thread_use import starts_threads
from jupyter_prov.report.model import Hidden

Settle = Callable[[str, str, Context], tuple[Hidden, ...] | None]


def marked_up(one: str, other: str, context: Context) -> tuple[Hidden, ...] | None:
    """Numbers alone."""
    return _line_by_line(one, other, context, braces=False)


def shown(one: str, other: str, context: Context) -> tuple[Hidden, ...] | None:
    """Numbers and sets; a set may be wrapped over lines."""
    found = _line_by_line(one, other, context, braces=True)
    if found is None and same_sets(one, other):
        return (_hidden("order-of-set", one, other),)
    return found


def printed(one: str, other: str, context: Context) -> tuple[Hidden, ...] | None:
    """Numbers, sets, and the order in which threads printed their lines."""
    found = shown(one, other, context)
    if found is None and in_any_order(context):
        return _another_order(one.split("\n"), other.split("\n"))
    return found


def in_any_order(context: Context) -> bool:
    """Whether threads or processes may have printed their lines in any order."""
    return context.threads or starts_threads(context.source)


def _line_by_line(one: str, other: str, context: Context, braces: bool) -> tuple[Hidden, ...] | None:
    old, new = one.split("\n"), other.split("\n")
    if len(old) != len(new):
        return None
    found: dict[str, Hidden] = {}
    for a, b in zip(old, new, strict=True):
        if a != b:
            hidden = of_line(a, b, context, braces)
            if hidden is None:
                return None
            found.setdefault(hidden.noise, hidden)
    return tuple(found.values())


def of_line(one: str, other: str, context: Context, braces: bool) -> Hidden | None:
    """What makes two lines that differ mean the same, numbers or, where braces are sets, their order."""
    if numbers := compare_numbers_in_text(one, other, context.rtol):
        return Hidden("number", *numbers)
    return _hidden("order-of-set", one, other) if braces and same_sets(one, other) else None


def cell_of_table(one: str, other: str) -> Hidden | None:
    """What makes two texts of one cell of a table mean the same: the order of a set, which pandas writes bare."""
    return _hidden("order-of-set", one, other) if same_sets(COLUMN + one, COLUMN + other) else None


def _another_order(old: list[str], new: list[str]) -> tuple[Hidden, ...] | None:
    if len(old) != len(new) or Counter(old) != Counter(new):
        return None
    a, b = next((a, b) for a, b in zip(old, new, strict=True) if a != b)
    return (_hidden("line-order", a, b),)


def _hidden(noise: str, one: str, other: str) -> Hidden:
    """An example that is short enough to be shown."""
    return Hidden(noise, one[:200], other[:200])
