"""What the notebook says of itself: parameters, metrics, notes, and that what a cell shows is volatile.

Evidence: {"params": {name: value}, "metrics": {name: value}, "notes": [text], "volatile": reason, "skip": reason}, all
of it optional.
Values are numbers, texts, booleans or null; of anything else its `repr` is kept.
"""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Mapping
from typing import Any

from jupyter_prov.record.body import SKIP, VOLATILE
from jupyter_prov.record.model import Evidence

PARAMS, METRICS, NOTES = "params", "metrics", "notes"
_LONGEST_VALUE, _LONGEST_NOTE, _LONGEST_NAME = 500, 5000, 100
_MOST = 500
"""Different names, and notes, that are kept of one execution."""
_LARGEST = 1 << 63
"""Integers from here on are kept as texts: not everybody who reads JSON can count so far."""


class Declared:
    """What was declared since the last cell ended."""

    def __init__(self) -> None:
        self._said: Evidence = {}

    def values(self, kind: str, values: Mapping[str, Any]) -> None:
        """Parameters or metrics, of which the last value of a name counts."""
        known = self._said.setdefault(kind, {})
        for name, value in values.items():
            if name in known or len(known) < _MOST:
                known[_cut(str(name), _LONGEST_NAME)] = plain(value)

    def note(self, text: str) -> None:
        """A note."""
        notes = self._said.setdefault(NOTES, [])
        if len(notes) < _MOST:
            notes.append(_cut(text, _LONGEST_NOTE))

    def exempt(self, kind: str, reason: str = "") -> None:
        """What the cell shows need not come again (`volatile`), or is not compared (`skip`)."""
        self._said[kind] = _cut(reason, _LONGEST_VALUE)

    def take(self) -> Evidence:
        """All that was declared since the last call."""
        said, self._said = self._said, {}
        return {kind: what for kind, what in said.items() if what or kind in (VOLATILE, SKIP)}


def plain(value: Any) -> float | str | bool | None:
    """A value as JSON has a word for it, numpy's numbers too; of anything else its `repr`, cut where it is long."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) < _LARGEST else _cut(str(int(value)), _LONGEST_VALUE)
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else str(number)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # a number of PyTorch, JAX …
        return plain(value.item())
    return _cut(value if isinstance(value, str) else _SHOWN.repr(value), _LONGEST_VALUE)


def _shown() -> reprlib.Repr:
    shown = reprlib.Repr()
    shown.maxother = shown.maxstring = shown.maxlong = _LONGEST_VALUE
    shown.maxdict = shown.maxlist = shown.maxtuple = shown.maxset = 20
    return shown


_SHOWN = _shown()
"""Shows values of any size, and those whose own `repr` fails."""


def _cut(text: str, longest: int) -> str:
    text = text.encode("utf-8", "replace").decode()  # lone surrogates have no place in JSON
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
