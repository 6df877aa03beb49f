"""Comparers of other packages: found by their entry points, and kept from spoiling a check when they fail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from jupyter_prov.check.compare.base import Comparer, Comparison, Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL
from jupyter_prov.watch.guard import Guard

GROUP = "jupyter_prov.comparers"


@cache
def points() -> dict[str, EntryPoint]:
    """The entry points of comparers, by what they are named after: a MIME type, `stream` or `error`."""
    return {point.name: point for point in entry_points(group=GROUP)}


def plugged(name: str, own: Comparer) -> Comparer:
    """The comparer that another package has for this, falling back on our own; just that where there is none."""
    point = points().get(name)
    return _Plugged(point, own) if point else own


@dataclass(frozen=True)
class _Plugged:
    """A comparer of another package, and the one that stands in for it when it fails."""

    point: EntryPoint
    own: Comparer

    def __call__(self, recorded: Any, rerun: Any, context: Context) -> Comparison:
        """What the package's comparer says, or else our own, with a sentence on why among the context's notes."""
        guard = Guard()
        found = guard.attempt(self._name(), self._asked, recorded, rerun, context)
        if found is not None:
            return found
        context.notes.extend(f"{' '.join(spot.split())}; the built-in comparison was used." for spot in guard.take())
        return self.own(recorded, rerun, context)

    def _name(self) -> str:
        package = f" of {self.point.dist.name}" if self.point.dist else ""
        return f"The comparer {self.point.value}{package} for {self.point.name}"

    def _asked(self, recorded: Any, rerun: Any, context: Context) -> Comparison:
        found = self.point.load()(recorded, rerun, context)
        if not isinstance(found, Comparison) or found.verdict not in (IDENTICAL, EQUIVALENT, DIFFERS):
            raise TypeError(f"it gave {found!r:.80}, which is no comparison")
        return found
