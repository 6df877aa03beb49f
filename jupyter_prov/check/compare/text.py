"""Text of any kind: streams, plain representations, LaTeX, Markdown, code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context, changed
from jupyter_prov.check.compare.noise import TEXT, Mask


def compare(recorded: str, rerun: str, context: Context, masks: Sequence[tuple[str, Mask]] = TEXT) -> Comparison:
    """Compare two texts; each mask is put on only if the texts still differ."""
    if recorded == rerun:
        return SAME
    old, new = recorded, rerun
    put_on: list[tuple[str, Mask]] = []
    for name, mask in masks:
        there, here = mask(old, context), mask(new, context)
        if (there, here) != (old, new):
            put_on.append((name, mask))
        old, new = there, here
        if old == new:
            return Comparison(EQUIVALENT, _needed(recorded, rerun, context, put_on))
    return Comparison(DIFFERS, (), summary(old, new))


def _needed(recorded: str, rerun: str, context: Context, masks: Sequence[tuple[str, Mask]]) -> tuple[str, ...]:
    """The names of the masks without which the texts would differ; of all, where each alone could be spared."""
    names = tuple(name for name, _ in masks)
    if len(names) == 1:
        return names
    found = []
    for name in names:
        others = [mask for other, mask in masks if other != name]
        if _masked(recorded, others, context) != _masked(rerun, others, context):
            found.append(name)
    return tuple(found) or names


def _masked(text: str, masks: Iterable[Mask], context: Context) -> str:
    for mask in masks:
        text = mask(text, context)
    return text


def summary(recorded: str, rerun: str) -> str:
    """The first line that differs, and how many lines there are if not the same."""
    old, new = recorded.rstrip("\n").split("\n"), rerun.rstrip("\n").split("\n")
    if len(old) == len(new) == 1:
        return changed(_around(old[0], new[0]), _around(new[0], old[0]))
    for number, (one, other) in enumerate(zip(old, new, strict=False), 1):
        if one != other:
            more = "" if len(old) == len(new) else f" ({len(old):,} → {len(new):,} lines)"
            return f"line {number:,}: {changed(_around(one, other), _around(other, one))}{more}"
    return f"{len(old):,} → {len(new):,} lines"


def _around(line: str, other: str, width: int = 56) -> str:
    """A long line from shortly before the place where it differs."""
    if len(line) <= width:
        return line
    start = max(0, _first_difference(line, other) - 20)
    return ("…" if start else "") + line[start : start + width]


def _first_difference(one: str, other: str) -> int:
    """How many characters two texts begin alike with, found by halves."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
