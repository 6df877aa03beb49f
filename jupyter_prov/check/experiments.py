"""The ladder: further re-runs that show by experiment which factors make a cell differ.

A factor is proven for a cell if its replay alone restores what was recorded; two, if only their replay together does.
What cannot be played back is proven by pinning it: re-runs that differ without the pin and agree with it.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from jupyter_core.utils import ensure_event_loop

from jupyter_prov.check import uv
from jupyter_prov.check.attempt import ORDER, PLAIN, Attempt, Case, Replay, attempted
from jupyter_prov.check.experiment_results import Kinds, Proofs
from jupyter_prov.check.recorded_state import Past
from jupyter_prov.check.rerun import end_running
from jupyter_prov.record.errors import CannotReplay, ProvError
from jupyter_prov.record.evidence import data_files
from jupyter_prov.report.model import CellReport

NO, QUICK, FULL = "no", "quick", "full"
_QUICK_RUNS = 3
_QUICK_TIME = 3.0
"""What the further re-runs of a quick explanation may take, in times of the first re-run."""
_SHORTEST = 60.0
"""Seconds that they may take in any case: what a busy machine makes slow is still to be explained."""
_SHORTEST_CELL = 20.0
"""Seconds that a single cell of them may take in any case."""


@dataclass(frozen=True)
class Suspects:
    """The kinds of factors that may have made a cell differ."""

    played: Kinds
    """Those that the record may know well enough to play them back."""
    pinned: Kinds
    """Those that can only be held fast."""
    far: tuple[str, ...] = ()
    """Those that nothing but an experiment could show to matter, the likeliest first."""


@dataclass
class Findings:
    """What the ladder has shown, by the ids of cells."""

    proven: dict[str, Kinds] = field(default_factory=dict)
    idle: dict[str, Kinds] = field(default_factory=dict)
    """Kinds whose replay changed nothing that a cell showed."""
    partly: frozenset[str] = frozenset()
    """Cells in which what is proven is not all that differs."""
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
        self._replayed = frozenset(factor.kind for factor in case.factors if factor.replays)
        pinned = {factor.kind for factor in case.factors if factor.pins}
        self._cells = [cell for cell in first.cells if cell.id in suspects]
        self._replays = {cell: them.played & self._replayed for cell, them in suspects.items()}
        self._pins = {cell: them.pinned & pinned for cell, them in suspects.items()}
        self._near = {cell: them.played | them.pinned for cell, them in suspects.items()}
        self._far = {cell: [k for k in them.far if k in self._replayed | pinned] for cell, them in suspects.items()}
        self._findings = Findings()
        self._until = time.monotonic() + max(_QUICK_TIME * seconds, _SHORTEST) if quick else float("inf")
        self._drop_unplayable(case.past)
        counted = Counter(kind for kinds in self._replays.values() for kind in kinds)
        self._kinds = [kind for kind, _ in counted.most_common()]
        self._first = first
        self._case = dataclasses.replace(case, timeout=_shorter(case.timeout, seconds))
        self._case.past = case.past
        kinds = {kind for them in suspects.values() for kind in (*them.played, *them.pinned, *them.far)}
        self._left = _QUICK_RUNS if quick else 2 + len(kinds)
        self._pace = seconds
        self._side_by_side = 1 if _writes_outside(first) else os.cpu_count() or 1
        self._proofs = Proofs(self._case, first)

    def _drop_unplayable(self, past: Past) -> None:
        """Say of what is not to be had any more that it cannot be played back, and try nothing with it."""
        for kind in sorted({kind for kinds in self._replays.values() for kind in kinds}):
            with uv.within(self._until - time.monotonic()):
                reason = past.unplayable(kind)
            if reason:
                if not past.is_unchanged(kind):
                    self._note(f"{kind} cannot be played back: {reason}.")
                self._replays = {cell: kinds - {kind} for cell, kinds in self._replays.items()}

    def _unplayable(self, kind: str) -> bool:
        with uv.within(self._until - time.monotonic()):
            return bool(self._case.past.unplayable(kind))

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
        if any(self._replays[cell.id] for cell in self._unproven(every)):
            self._try_all(Replay(every), *([] if len(every) > 1 or self._proofs.of(PLAIN) else [PLAIN]))
        self._try_far(every)
        for cell in self._cells:
            self._conclude(cell, every)
        self._findings.runs = len(self._proofs.made)
        return self._findings

    def _try_pins(self, every: Kinds) -> None:
        """Hold fast what may explain the open cells; what is not held fast is the same in a re-run beside them."""
        pins = frozenset(kind for cell in self._open() for kind in self._pins[cell.id])
        self._try_held(every, pins)
        for kind in sorted(pins) if len(pins) > 1 else ():
            self._try_held(every, frozenset({kind}))

    def _try_held(self, every: Kinds, pins: Kinds) -> None:
        loose = [] if self._proofs.of(Replay(every)) else [Replay(every)]
        self._try_all(*loose, *[Replay(every, pins)] * 2)

    def _try_far(self, every: Kinds) -> None:
        """Try what no flow of values leads to, for cells of which nothing has been shown."""
        if self._proofs.of(PLAIN) is None and any(self._likely(cell) for cell in self._unproven(every)):
            self._try(PLAIN)
        for kind in dict.fromkeys(kind for cell in self._unproven(every) for kind in self._likely(cell)):
            if not any(kind in self._likely(cell) for cell in self._unproven(every)):
                continue
            if kind not in self._replayed:
                self._try_held(every, frozenset({kind}))
            elif not self._unplayable(kind):
                if self._proofs.of(Replay(frozenset({kind}))) is None:
                    self._try(Replay(frozenset({kind})))
                if any(self._proofs.may_restore(cell, kind) for cell in self._unproven(every)):  # by chance, perhaps
                    self._try(Replay(frozenset({kind})))

    def _likely(self, cell: CellReport) -> list[str]:
        """What is far-fetched for a cell, the likeliest first, what takes one re-run before what takes two.

        What agrees with itself is no matter of chance, and more likely one of order.
        """
        if not all(self._proofs.is_idle(kind, cell) for kind in self._near[cell.id]):
            return []
        steady = self._proofs.is_steady(cell)
        kinds = [kind for kind in self._far[cell.id] if kind in self._replayed or steady is False]
        return sorted(kinds, key=lambda kind: ((kind == ORDER) is not bool(steady), kind not in self._replayed))

    def _open(self) -> list[CellReport]:
        """The cells that no attempt has restored yet."""
        return [cell for cell in self._cells if self._proofs.is_open(cell)]

    def _unproven(self, every: Kinds) -> list[CellReport]:
        """The cells of which no attempt has shown anything yet."""
        return [cell for cell in self._cells if not any(self._shown(cell, every))]

    def _shown(self, cell: CellReport, every: Kinds) -> tuple[Kinds, Kinds]:
        """The kinds that are proven to explain a cell, and those proven to be a part of what explains it."""
        proofs, own = self._proofs, self._replays[cell.id]
        whole = proofs.restoring(cell, own, every) or proofs.holding(cell, self._pins[cell.id], every)
        part = frozenset[str]()
        if not proofs.restoring(cell, own, every):
            part = proofs.restoring_some(cell, own) or (part if whole else proofs.steadying(cell, own, every))
        if not whole and not part:
            far = self._likely(cell)
            whole = proofs.surely_restoring(cell, far) or proofs.holding(cell, far, every)
        return whole, part

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
                self._proofs.made += [one for one in pool.map(self._in_thread, wanted) if one is not None]
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
        whole, part = self._shown(cell, every)
        self._findings.proven[cell.id] = whole | part
        others = self._replays[cell.id] - whole - part
        self._findings.idle[cell.id] = frozenset(kind for kind in others if self._proofs.is_idle(kind, cell))
        if part or whole & self._pins[cell.id]:  # a pin leaves open what else differs
            self._findings.partly |= {cell.id}
        if self._proofs.is_steady(cell):
            self._findings.steady |= {cell.id}


def _shorter(timeout: float | None, seconds: float) -> float:
    """What one cell of a further re-run may take: one that hangs ends the ladder, not the check."""
    most = max(4 * seconds, _SHORTEST_CELL)
    return most if timeout is None else min(timeout, most)


def _writes_outside(first: Attempt) -> bool:
    """Whether the notebook writes files that no stage has for itself, so that re-runs must take turns."""
    files = (file for e in first.session.executions for file in data_files(e.evidence))
    return any(file["role"] == "output" and file["path"].startswith(("/", "~")) for file in files)
