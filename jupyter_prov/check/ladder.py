"""The ladder: further re-runs that show by experiment which factors make a cell differ.

A factor is proven for a cell if its replay alone restores what was recorded; two, if only their replay together does.
What cannot be played back is proven by pinning it: re-runs that differ without the pin and agree with it.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from jupyter_core.utils import ensure_event_loop

from jupyter_prov.check import uv
from jupyter_prov.check.attempt import ORDER, PLAIN, Attempt, Case, Replay, attempted
from jupyter_prov.check.past import Past
from jupyter_prov.check.report.model import CellReport
from jupyter_prov.check.rerun import end_running
from jupyter_prov.record.errors import CannotReplay, ProvError

NO, QUICK, FULL = "no", "quick", "full"
_QUICK_RUNS = 3
_QUICK_TIME = 3.0
"""What the further re-runs of a quick explanation may take, in times of the first re-run."""
_SHORTEST = 20.0
"""Seconds that they may take in any case, and that a single cell of them may."""
Kinds = frozenset[str]


@dataclass(frozen=True)
class Suspects:
    """The kinds of factors that may have made a cell differ."""

    played: Kinds
    """Those that the record may know well enough to play them back."""
    pinned: Kinds
    """Those that can only be held fast."""


@dataclass
class Findings:
    """What the ladder has shown, by the ids of cells."""

    proven: dict[str, Kinds] = field(default_factory=dict)
    idle: dict[str, Kinds] = field(default_factory=dict)
    """Kinds whose replay changed nothing that a cell showed."""
    steady: frozenset[str] = frozenset()
    """Cells that showed the same in two plain re-runs."""
    runs: int = 0
    notes: list[str] = field(default_factory=list)


class Ladder:
    """Climbs as far as it needs to, and not further than it may."""

    def __init__(
        self, case: Case, first: Attempt, suspects: Mapping[str, Suspects], seconds: float, quick: bool
    ) -> None:
        """`suspects` are those of each differing cell, by its id, and `seconds` is what `first` took."""
        replayed = {factor.kind for factor in case.factors if factor.replays}
        pinned = {factor.kind for factor in case.factors if factor.pins}
        self._cells = [cell for cell in first.cells if cell.id in suspects]
        self._replays = {cell: them.played & replayed for cell, them in suspects.items()}
        self._pins = {cell: them.pinned & pinned for cell, them in suspects.items()}
        self._findings = Findings()
        self._until = time.monotonic() + max(_QUICK_TIME * seconds, _SHORTEST) if quick else float("inf")
        self._drop_unplayable(case.past)
        counted = Counter(kind for kinds in self._replays.values() for kind in kinds)
        self._kinds = [kind for kind, _ in counted.most_common()]
        self._first = first
        self._known = case.record is not None
        self._case = dataclasses.replace(case, timeout=_shorter(case.timeout, seconds))
        self._case.past = case.past
        kinds = {kind for them in suspects.values() for kind in them.played | them.pinned}
        self._left = _QUICK_RUNS if quick else 2 + len(kinds)
        self._pace = seconds
        self._side_by_side = 1 if _writes_outside(first) else os.cpu_count() or 1
        self._made: list[Attempt] = []

    def _drop_unplayable(self, past: Past) -> None:
        """Say of what is not to be had any more that it cannot be played back, and try nothing with it."""
        for kind in sorted({kind for kinds in self._replays.values() for kind in kinds}):
            with uv.within(self._until - time.monotonic()):
                reason = past.unplayable(kind)
            if reason:
                self._note(f"{kind} cannot be played back: {reason}.")
                self._replays = {cell: kinds - {kind} for cell, kinds in self._replays.items()}

    def climb(self) -> Findings:
        """Make the re-runs, and say what they have shown."""
        every = frozenset(self._kinds)
        if len(every) > 2:
            self._try(Replay(every))
        self._try(*(Replay(frozenset({kind})) for kind in self._kinds))
        if len(every) == 2 and any(self._replays[cell.id] == every for cell in self._open()):
            self._try(Replay(every))
        if any(self._pins[cell.id] for cell in self._open()):
            self._try_pins(every)
        elif not every and any(not self._pins[cell.id] for cell in self._open()):
            self._try(PLAIN)
        for cell in self._cells:
            self._conclude(cell, every)
        self._findings.runs = len(self._made)
        return self._findings

    def _try_pins(self, every: Kinds) -> None:
        """Hold fast what may explain the open cells; what is not held fast is the same in a re-run beside them."""
        pins = frozenset(kind for cell in self._open() for kind in self._pins[cell.id])
        loose = [] if self._of(Replay(every)) else [Replay(every)]
        self._try_all(*loose, *[Replay(every, pins)] * 2)
        for kind in sorted(pins) if len(pins) > 1 else ():
            self._try_all(*[Replay(every, frozenset({kind}))] * 2)

    def _open(self) -> list[CellReport]:
        """The cells that no attempt has restored yet."""
        return [cell for cell in self._cells if not any(self._healed(one, cell) for one in self._made)]

    def _healed(self, attempt: Attempt, cell: CellReport) -> bool:
        return bool(attempt.replay.played) and self._restored(attempt, cell)

    def _restored(self, attempt: Attempt, cell: CellReport) -> bool:
        """Whether a cell shows what it shows in the notebook.

        What is played back of a notebook without a record, its order apart, is of the first re-run: the cell is to
        show the same as there.
        """
        if self._known or attempt.replay.played == {ORDER}:
            return cell.id not in attempt.bad
        return attempt.agrees(self._first, cell)

    def _of(self, replay: Replay) -> Attempt | None:
        return next((one for one in self._made if one.replay == replay), None)

    def _try_all(self, *replays: Replay) -> None:
        """Make these attempts, which show nothing singly, if all are still allowed."""
        if len(replays) <= self._left:
            self._try(*replays)

    def _try(self, *replays: Replay) -> None:
        """Make these attempts side by side, as many as are still allowed."""
        wanted = list(replays[: max(self._left, 0)])
        if not wanted or time.monotonic() + self._pace > self._until:
            return
        self._left -= len(wanted)
        with ThreadPoolExecutor(min(len(wanted), self._side_by_side)) as pool:
            try:
                self._made += [one for one in pool.map(self._in_thread, wanted) if one is not None]
            except BaseException:  # the user wants to stop
                end_running()
                raise

    def _in_thread(self, replay: Replay) -> Attempt | None:
        try:
            return self._attempt(replay)
        finally:
            ensure_event_loop().close()

    def _attempt(self, replay: Replay) -> Attempt | None:
        try:
            with attempted(self._case, replay) as attempt:
                new = attempt.result.failures.keys() - self._first.result.failures.keys()
                if not new:
                    return attempt
                reason = attempt.result.failures[min(new)]
        except CannotReplay as error:
            self._note(f"{' and '.join(sorted(replay.played))} cannot be played back: {error}.")
            return None
        except (ProvError, OSError) as error:
            reason = str(error)
        self._note(f"A further re-run came to no end ({reason}), so causes were looked for no further.")
        self._left = 0
        return None

    def _note(self, text: str) -> None:
        if text not in self._findings.notes:
            self._findings.notes.append(text)

    def _conclude(self, cell: CellReport, every: Kinds) -> None:
        """What the attempts say of one cell."""
        singles = {kind: self._of(Replay(frozenset({kind}))) for kind in self._replays[cell.id]}
        alone = {kind for kind, one in singles.items() if one and self._healed(one, cell)}
        together = self._of(Replay(every)) if len(every) > 1 else None
        if not alone and together and self._healed(together, cell):
            alone = {kind for kind in self._replays[cell.id] if not self._is_idle(kind, cell)}
        held = set() if alone else self._held(cell, every)
        self._findings.proven[cell.id] = frozenset(alone | held)
        self._findings.idle[cell.id] = frozenset(k for k in self._replays[cell.id] - alone if self._is_idle(k, cell))
        again = self._of(PLAIN)
        if again is not None and again.agrees(self._first, cell):
            self._findings.steady |= {cell.id}

    def _is_idle(self, kind: str, cell: CellReport) -> bool:
        """Whether the replay of this kind alone left a cell as the first re-run showed it."""
        one = self._of(Replay(frozenset({kind})))
        if one is None or not self._known or self._case.past.is_partial(kind):
            return False
        return one.agrees(self._first, cell)

    def _held(self, cell: CellReport, every: Kinds) -> set[str]:
        """The kinds whose pin makes a cell agree that without it is another in each run."""
        loose = self._of(Replay(every))
        if loose is None or (not every and loose.agrees(self._first, cell)):
            return set()
        found: set[str] = set()
        for pins, pair in self._pairs(every).items():
            mine = pins & self._pins[cell.id]
            if len(mine) == 1 and pair[0].agrees(pair[1], cell) and not pair[0].agrees(loose, cell):
                found |= mine
        return found

    def _pairs(self, every: Kinds) -> dict[Kinds, Sequence[Attempt]]:
        """The attempts that were made twice with the same pins."""
        made: dict[Kinds, list[Attempt]] = {}
        for one in self._made:
            if one.replay.pinned and one.replay.played == every:
                made.setdefault(one.replay.pinned, []).append(one)
        return {pins: pair for pins, pair in made.items() if len(pair) > 1}


def _shorter(timeout: float | None, seconds: float) -> float:
    """What one cell of a further re-run may take: one that hangs ends the ladder, not the check."""
    most = max(4 * seconds, _SHORTEST)
    return most if timeout is None else min(timeout, most)


def _writes_outside(first: Attempt) -> bool:
    """Whether the notebook writes files that no stage has for itself, so that re-runs must take turns."""
    files = (file for e in first.session.executions for file in e.evidence.get("data", {}).get("files", ()))
    return any(file["role"] == "output" and file["path"].startswith(("/", "~")) for file in files)
