"""What two long texts begin and end with alike, whole lines of it, need not be looked at."""

from __future__ import annotations

_LONG = 100_000
"""Shorter texts are compared whole."""


def trimmed(one: str, other: str) -> tuple[str, str, int]:
    """The lines from the first to the last that differ, and how many lines of the beginning were left out.

    The end of the line before stays, and the next line that is not blank: masks look at them. Where codes move the
    cursor nothing is left out.
    """
    if min(len(one), len(other)) < _LONG or "\x1b" in one or "\x1b" in other:
        return one, other, 0
    first = max(0, one.rfind("\n", 0, first_difference(one, other)))
    end = min(_common_end(one, other), len(one) - first, len(other) - first)
    kept = one.find("\n", len(one) - end) + 1 or len(one)
    while kept < len(one):  # up to a line that is not blank: blank lines at the end of a text mean nothing
        after = one.find("\n", kept) + 1 or len(one)
        blank = not one[kept:after].strip()
        kept = after
        if not blank:
            break
    left_out = len(one) - kept
    return one[first:kept], other[first : len(other) - left_out], one.count("\n", 0, first)


def first_difference(one: str, other: str) -> int:
    """How many characters two texts begin alike with, found by halves."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: str, other: str) -> int:
    """How many characters two texts end alike with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
