"""What the notebook says of itself: parameters, metrics, notes, and that what a cell shows is volatile.

Evidence: {"params": {name: value}, "metrics": {name: value}, "notes": [text], "volatile": reason, "skip": reason}, all
of it optional.
Values are numbers, texts, booleans or null; of anything else its `repr` is kept.
"""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from jupyter_prov.analysis.cell_source import SKIP, VOLATILE
from jupyter_prov.record.evidence import DeclaredEvidence
from jupyter_prov.record.random_text import MASK

_PARAMS, _NOTES = "params", "notes"
_LONGEST_VALUE, _LONGEST_NOTE, _LONGEST_NAME = 500, 5000, 100
_MOST = 500
"""Different names, and notes, that are kept of one execution."""
_LARGEST = 1 << 63
"""Integers from here on are kept as texts: not everybody who reads JSON can count so far."""


class Declared:
    """What was declared since the last cell ended; what may be a secret is masked, and `tell` says so at once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._said: dict[str, Any] = {}
        self._tell = tell

    def values(self, kind: str, values: Mapping[str, Any]) -> None:
        """Parameters or metrics, of which the last value of a name counts."""
        known = self._said.setdefault(kind, {})
        for name, value in values.items():
            if name in known or len(known) < _MOST:
                shown = self._masked(_cut(str(name), _LONGEST_NAME), "")
                known[shown] = self._value(kind, str(name), shown, value)

    def note(self, text: str) -> None:
        """A note."""
        notes = self._said.setdefault(_NOTES, [])
        if len(notes) < _MOST:
            notes.append(_cut(self._masked(_cut(text, 2 * _LONGEST_NOTE), "The note"), _LONGEST_NOTE))

    def exempt(self, kind: str, reason: str = "") -> None:
        """The outputs of the cell may differ (`volatile`), or are not compared (`skip`)."""
        self._said[kind] = _cut(self._masked(_cut(reason, 2 * _LONGEST_VALUE), "The reason"), _LONGEST_VALUE)

    def _value(self, kind: str, name: str, shown: str, value: Any) -> Any:
        from jupyter_prov.record.masking import mask_named  # whose patterns take a while to compile

        kept, parts = mask_named(name, value if isinstance(value, numbers.Number) else plain(value))
        what = f"{'parameter' if kind == _PARAMS else 'metric'} {shown!r}"
        if kept == MASK:
            self._tell(f"The value of the {what} is not recorded, as it may be a secret.")
        elif parts:
            self._tell(f"The {what} is recorded without {' and '.join(parts)}.")
        return _cut(kept, _LONGEST_VALUE) if isinstance(kept, str) else plain(kept)

    def _masked(self, text: str, what: str) -> str:
        """A text without what may be a secret; said of `what` it is, if it is said."""
        from jupyter_prov.record.masking import masked

        found = masked(text)
        if found.parts and what:
            self._tell(f"{what} is recorded without {' and '.join(found.parts)}.")
        return found.text

    def take(self) -> DeclaredEvidence:
        """All that was declared since the last call."""
        said, self._said = self._said, {}
        kept = {kind: what for kind, what in said.items() if what or kind in (VOLATILE, SKIP)}
        return cast(DeclaredEvidence, kept)


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
    return _cut(value if isinstance(value, str) else _SHOWN.repr(value), 2 * _LONGEST_VALUE)


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
