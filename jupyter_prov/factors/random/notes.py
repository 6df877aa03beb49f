"""What the libraries share: the notes on one execution, and where in the notebook something was called."""

from __future__ import annotations

from collections.abc import Mapping
from types import FrameType
from typing import Any, cast

from jupyter_prov.analysis.statement import Statement
from jupyter_prov.factors.random.entropy import Doors
from jupyter_prov.factors.random.generator import shown as as_text
from jupyter_prov.factors.random.generator_states import States
from jupyter_prov.factors.watcher import Cell, Watch
from jupyter_prov.record.evidence import CallEvidence, RandomEvidence, SeedEvidence, without_empty
from jupyter_prov.watch.frames import Frames, module_of
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import Patches, wrapped_in

LIMIT = 200
"""Different calls of one kind that are noted for an execution."""
_ALL = 60_000
"""The same for a session."""


class Notes:
    """What is noted of randomness in the execution that runs."""

    def __init__(self, watch: Watch) -> None:
        self.guard: Guard = watch.guard
        self.frames: Frames = watch.frames
        self.patches = Patches(watch.guard, self._let_go)
        self.states = States(watch.guard)
        self.doors = Doors(watch.guard)
        self.asked: str | None = None
        """What the notebook called to have seeds set on its behalf."""
        self._left = _ALL
        self._held = False
        self._clear()

    def begin(self, cell: Cell, played: Mapping[str, Any]) -> None:
        """A cell is about to run, in which this is to be played back."""
        self._clear()
        self.doors.begin(cell.number, played.get("entropy", {}), played.get("pin"))
        self.states.begin(_only_line(cell.statements), played.get("states", {}))
        self._held = self.patches.held = bool(played)
        self.patches.begin()

    def end(self) -> RandomEvidence:
        """What was noted of the cell, which has ended."""
        self.states.look()
        self.frames.forget()
        noted: RandomEvidence = {
            "draws": self.states.draws,
            "seeds": self._seeds,
            "unseeded": list(self._unseeded.values()),
            "system": list(self._system.values()),
            "entropy": self.doors.entropy,
            "blocks": self.states.blocks,
            "more": sorted(self._more),
        }
        self.doors.begin(0, {}, None)
        return cast(RandomEvidence, without_empty(noted))

    def _clear(self) -> None:
        self._seeds: list[SeedEvidence] = []
        self._unseeded: dict[tuple[str, int | None], CallEvidence] = {}
        self._system: dict[tuple[str, int | None], CallEvidence] = {}
        self._more: set[str] = set()

    def _let_go(self, call: str) -> bool:
        """Something is called too often to be watched; what is played back or pinned is, to the end."""
        if not self._held:
            self._more.add(call)
        return self._held

    def seed(
        self, call: str, value: Any, frame: FrameType, generator: str | None = None, shown: str | None = None
    ) -> None:
        """A seed was set, of a global generator or of one that was made by this call."""
        if len(self._seeds) >= LIMIT or not self._may():
            return
        noted: SeedEvidence = {
            "call": self.asked or call,
            "value": shown or as_text(value),
            "line": self.frames.cell_line(frame),
        }
        own = self.frames.nearest_own(frame)
        if own is not None and (module := self.frames.module_line(own)):
            noted["module"] = module
        if generator:
            noted["generator"] = generator
        self._seeds.append(noted)

    def unseeded(self, call: str, frame: FrameType) -> None:
        """A generator without a seed was made, or an id that is random."""
        self._count(self._unseeded, call, frame)

    def system(self, call: str, frame: FrameType) -> None:
        """Entropy of the system, perhaps for a key, was taken; its value is nobody's business."""
        self._count(self._system, call, frame)

    def door(self, name: str, frame: FrameType | None) -> str:
        """The name of a door as one of the notebook's own code, or of the library whose code is at it.

        What a library makes once, when it is first needed, so shifts nothing of what others draw.
        """
        while frame is not None and frame.f_code.co_filename == wrapped_in():
            frame = frame.f_back
        if frame is None or self.frames.is_own(frame):
            return name
        return f"{name} in {module_of(frame)}"

    def _count(self, calls: dict[tuple[str, int | None], CallEvidence], call: str, frame: FrameType) -> None:
        where = (call, self.frames.cell_line(frame))
        if where in calls:
            calls[where]["count"] = calls[where].get("count", 1) + 1
        elif len(calls) < LIMIT and self._may():
            calls[where] = {"call": call, "line": where[1]}

    def _may(self) -> bool:
        """Whether a session that has noted so much may note more."""
        self._left -= 1
        if self._left < 0:
            self.guard.note(f"Only {_ALL:,} seeds and generators were noted: later ones in this session are missing.")
        return self._left >= 0


def _only_line(statements: list[Statement]) -> int | None:
    """The line of the only statement of a cell that can call anything; None if there are several."""
    lines = {one.first for one in statements if one.uses}
    return lines.pop() if len(lines) == 1 else None
