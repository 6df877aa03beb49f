"""Text of any kind: streams, plain representations, LaTeX, Markdown, code."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context, changed
from jupyter_prov.check.compare.noise import TEXT, Mask


def compare(recorded: str, rerun: str, context: Context, masks: Sequence[tuple[str, Mask]] = TEXT) -> Comparison:
    """Compare two texts; each mask is put on only if the texts still differ."""
    if recorded == rerun:
        return SAME
    noise = []
    for name, mask in masks:
        old, new = mask(recorded, context), mask(rerun, context)
        if (old, new) != (recorded, rerun):
            noise.append(name)
        recorded, rerun = old, new
        if recorded == rerun:
            return Comparison(EQUIVALENT, tuple(noise))
    return Comparison(DIFFERS, (), summary(recorded, rerun))


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
    at = next((i for i, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), min(len(line), len(other)))
    start = max(0, at - 20)
    return ("…" if start else "") + line[start : start + width]
