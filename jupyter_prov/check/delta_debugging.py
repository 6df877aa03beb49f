"""Halving: the smallest set of changes that is enough to show a symptom, found with few trials.

The method is QuickXplain (Junker, AAAI 2004): for k guilty ones of n changes about 2 k log2(n / k) + 2 k trials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Changes = frozenset[str]
Shows = Callable[[Changes], bool]
"""Whether a symptom shows where these changes, and no others, are made; raises Inseparable."""


class Inseparable(Exception):
    """These changes cannot be made without others; `named` are some that belong together, as far as it is known."""

    def __init__(self, named: Changes = frozenset()) -> None:
        super().__init__(", ".join(sorted(named)))
        self.named = named


def guilty(changes: Sequence[str], shows: Shows) -> list[Changes]:
    """The sets of changes of which each alone is enough; none where not even all changes together are.

    `changes` are ordered, the most suspect first. `shows` may be asked the same more than once.
    """
    found: list[Changes] = []
    left = list(changes)
    while left and _asked(frozenset(left), [], shows):
        found.append(smallest(left, shows))
        left = [change for change in left if change not in found[-1]]
    return found


def smallest(changes: Sequence[str], shows: Shows) -> Changes:
    """A set of changes that is enough, and of which none can be left out; all of them together must be enough.

    Changes that cannot be made one without the other are tried together.
    """
    groups = [frozenset({change}) for change in changes]
    while True:
        try:
            return _shrunk(_union(_explained(frozenset(), False, groups, groups, shows)), shows)
        except Inseparable as conflict:
            groups = _merged(groups, conflict.named)


def _explained(base: Changes, grown: bool, groups: list[Changes], every: list[Changes], shows: Shows) -> list[Changes]:
    """Which of these groups must come to the base for the symptom to show; all of them together are enough."""
    if grown and _asked(base, every, shows):
        return []
    if len(groups) == 1:
        return groups
    first, second = groups[: len(groups) // 2], groups[len(groups) // 2 :]
    of_second = _explained(base | _union(first), True, second, every, shows)
    of_first = _explained(base | _union(of_second), bool(of_second), first, every, shows)
    return of_first + of_second


def _asked(changes: Changes, groups: list[Changes], shows: Shows) -> bool:
    """The answer of a trial; a trial that cannot be made shows nothing, unless larger groups can mend that."""
    try:
        return shows(changes)
    except Inseparable as conflict:
        if sum(bool(group & conflict.named) for group in groups) > 1:
            raise
        return False


def _shrunk(found: Changes, shows: Shows) -> Changes:
    """The set without what a last look at each of its members shows to be of no matter."""
    for change in sorted(found):
        if len(found) > 1 and _asked(found - {change}, [], shows):
            found -= {change}
    return found


def _merged(groups: list[Changes], named: Changes) -> list[Changes]:
    """The groups with those that are named made one, in the place of the first of them."""
    whole = _union([group for group in groups if group & named])
    merged: list[Changes] = []
    for group in groups:
        if not group & named:
            merged.append(group)
        elif whole not in merged:
            merged.append(whole)
    return merged


def _union(groups: Sequence[Changes]) -> Changes:
    return frozenset().union(*groups)
