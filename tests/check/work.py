"""Work that is counted: the calls of a comparison, which are the same however fast the machine is.

What no call shows, such as a regular expression that looks at a text again and again, ends at the test's timeout.
"""

from __future__ import annotations

import cProfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CALLS = 10
"""Calls of functions, built-in ones too, for each character and value of two outputs."""
_FIXED = 100_000
"""For what is imported at its first use."""


@contextmanager
def linear_work(*compared: Any) -> Iterator[None]:
    """A block that may call no more functions than a linear comparison of these values needs."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        yield
    finally:
        profile.disable()
    calls = sum(entry.callcount for entry in profile.getstats())
    limit = _FIXED + CALLS * extent(compared)
    assert calls <= limit, f"{calls:,} calls, {limit:,} were allowed"


def extent(value: Any) -> int:
    """How many characters and values there are in something like JSON, however deep."""
    found, left = 0, [value]
    while left:
        one = left.pop()
        found += len(one) if isinstance(one, str) else 1
        if isinstance(one, dict):
            left.extend(one)
            left.extend(one.values())
        elif isinstance(one, (list, tuple)):
            left.extend(one)
    return found
