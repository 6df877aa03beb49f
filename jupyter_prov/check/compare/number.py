"""Numbers wherever they stand: when two of them are one number, and when two texts differ in nothing else.

Only tokens with a point or an exponent are measured. Integers, and what looks like a version, a date, a time or a
ratio (`1.2.3`, `2024-01-02`, `10:20`, `1/3`), are compared as they are written. Every pattern is bounded.
"""

from __future__ import annotations

import math
import re

RTOL = 1e-9
"""The relative tolerance where nobody asks for another."""
_SECONDS = (1e9, 1e10)
"""Where seconds since 1970 lie: two clock reads a second apart differ by less than the tolerance."""
_MILLISECOND = 1e-3

_EXPONENT = r"[eE][+-]?\d{1,4}"
_WHOLE = r"\d(?<![\w.]\d)(?<!\d[:/]\d)(?:\d{0,2}(?:,\d{3}){1,8}|\d{0,39})"
_FLOAT = re.compile(rf"({_WHOLE}(?:\.\d{{0,40}}(?:{_EXPONENT})?|{_EXPONENT}))(?![A-Za-z_]{{0,20}}\d|\.\d|[:/]\d)")
"""A number without its sign. It begins with a digit, not with a look behind, so that other text is passed over fast."""
_MOST_OF_A_VERSION = 9
"""No version or date that looks like a decimal (`3.10` is not `3.1`) is longer."""


def same_number(one: float, other: float, rtol: float = RTOL) -> bool:
    """Whether two numbers are one within a relative tolerance; nan is nan, integers are equal or not."""
    if one == other or (one != one and other != other):
        return True
    if isinstance(one, int) and isinstance(other, int):
        return rtol > RTOL and _within(one, other, rtol)
    return _within(one, other, rtol)


def _within(one: float, other: float, rtol: float) -> bool:
    try:
        largest, apart = max(abs(one), abs(other)), abs(one - other)
    except OverflowError:  # an integer too large for a float
        return False
    if not math.isfinite(apart):
        return False
    if rtol <= RTOL and _SECONDS[0] <= largest < _SECONDS[1]:
        return apart < _MILLISECOND
    return apart <= rtol * largest


def compare_numbers_in_text(one: str, other: str, rtol: float = RTOL) -> tuple[str, str] | None:
    """The first two numbers that are spelled differently, if such spellings are all in which two texts differ.

    None where anything else differs, or nothing does. Blanks that align numbers move with their spelling.
    """
    there = _FLOAT.split(one)
    if len(there) == 1 or len(there) != len(here := _FLOAT.split(other)):
        return None
    found = None
    for at in range(1, len(there), 2):
        a, b = there[at], here[at]
        if a == b and there[at - 1] == here[at - 1]:
            continue
        before, after = _signed(there[at - 1], a), _signed(here[at - 1], b)
        if a != b and not _same_spelled(a, b, rtol):
            return None
        if before != after and _aligned(before) != _aligned(after):
            return None
        if a == b and there[at - 1].strip(" ") == here[at - 1].strip(" "):
            continue  # blanks alone: noise only beside a number that is spelled differently
        found = found or (_sign(there[at - 1]) + a, _sign(here[at - 1]) + b)
    last = _aligned(there[-1]) == _aligned(here[-1]) if found else there[-1] == here[-1]
    return found if last else None


def _sign(before: str) -> str:
    return before[-1] if before.endswith(("+", "-")) else ""


def _signed(before: str, number: str) -> str:
    """What stands before a number, with its sign; rounding gives a zero either one."""
    return before.rstrip("+-") if _sign(before) and float(number.replace(",", "")) == 0 else before


def _same_spelled(one: str, other: str, rtol: float) -> bool:
    """Whether two differently spelled numbers are one, and not two versions of something."""
    a, b = float(one.replace(",", "")), float(other.replace(",", ""))
    if a == b == 0 or math.isinf(a) or math.isinf(b):  # too small or too large to be told apart as floats
        return False
    if a != b or rtol > RTOL:
        return same_number(a, b, rtol)
    both = one + other
    return "e" in both.lower() or "," in both or max(len(one), len(other)) > _MOST_OF_A_VERSION


def _aligned(text: str) -> str:
    """What stands between two numbers, without the blanks that align them."""
    return "\n".join(line.strip(" ") for line in text.split("\n"))
