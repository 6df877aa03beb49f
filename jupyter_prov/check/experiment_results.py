"""What the attempts that were made show of a cell: which factors restored it, or made it agree with itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from jupyter_prov.check.attempt import ORDER, PLAIN, Attempt, Case, Replay
from jupyter_prov.report.model import CellReport

Kinds = frozenset[str]
_VALUE = re.compile(r"(?<![\w.])[\w.:+-]{0,100}\d[\w.:+-]{5,100}")


class Proofs:
    """The further attempts so far, set against the first re-run."""

    def __init__(self, case: Case, first: Attempt) -> None:
        self._case, self._first = case, first
        self.made: list[Attempt] = []

    def of(self, replay: Replay) -> Attempt | None:
        """The first attempt that played this back, if there is one."""
        return next((one for one in self.made if one.replay == replay), None)

    def is_open(self, cell: CellReport) -> bool:
        """Whether no attempt has restored a cell yet."""
        return not any(self._healed(one, cell) for one in self.made)

    def is_steady(self, cell: CellReport) -> bool | None:
        """Whether a cell showed the same in two plain re-runs; None where there was one only."""
        again = self.of(PLAIN)
        return again.agrees(self._first, cell) if again else None

    def is_idle(self, kind: str, cell: CellReport) -> bool:
        """Whether the replay of this kind alone left a cell as the first re-run showed it."""
        one = self.of(Replay(frozenset({kind})))
        if one is None or self._case.record is None or self._case.past.is_partial(kind):
            return False
        return one.agrees(self._first, cell)

    def restoring(self, cell: CellReport, kinds: Kinds, every: Kinds) -> Kinds:
        """The kinds whose replay alone restored a cell, or, if none did, those whose replay together did."""
        alone = frozenset(kind for kind in kinds if self.may_restore(cell, kind))
        together = self.of(Replay(every)) if len(every) > 1 else None
        if not alone and together and self._healed(together, cell):
            return frozenset(kind for kind in kinds if not self.is_idle(kind, cell))
        return alone

    def surely_restoring(self, cell: CellReport, kinds: Collection[str]) -> Kinds:
        """The kinds whose replay restored a cell alone, and not by chance.

        It did so in every attempt in which it was played back, and either in two of them, or with values that are not
        there by chance, or the cell is no other from run to run.
        """
        certain = self.restoring_some(cell, frozenset(kinds))
        found = set()
        for kind in kinds:
            played = [one for one in self.made if kind in one.replay.played]
            sure = kind in certain or len(played) > 1 or self.is_steady(cell)
            if sure and self.may_restore(cell, kind) and all(self._healed(one, cell) for one in played):
                found.add(kind)
        return frozenset(found)

    def may_restore(self, cell: CellReport, kind: str) -> bool:
        """Whether the replay of this kind alone restored a cell, be it by chance."""
        one = self.of(Replay(frozenset({kind})))
        return one is not None and self._healed(one, cell)

    def holding(self, cell: CellReport, kinds: Collection[str], every: Kinds) -> Kinds:
        """The kinds whose pinning makes an otherwise varying cell stable."""
        loose = self.of(Replay(every))
        if loose is None or (not every and loose.agrees(self._first, cell)):
            return frozenset()
        found: set[str] = set()
        for pins in {one.replay.pinned for one in self.made if one.replay.pinned and one.replay.played == every}:
            mine, pair = pins.intersection(kinds), self._all(Replay(every, pins))
            if len(mine) == 1 and _agree(pair, cell) and not pair[0].agrees(loose, cell):
                found |= mine
        return frozenset(found)

    def restoring_some(self, cell: CellReport, kinds: Kinds) -> Kinds:
        """The kinds whose replay alone brought back values that were recorded, and that no re-run without it shows."""
        if self._case.record is None:
            return frozenset()
        lost = _values(self._case.notebook, cell) - _values(self._first.result.notebook, cell)
        found: set[str] = set()
        for kind in kinds:
            one = self.of(Replay(frozenset({kind})))
            others = (_values(other.result.notebook, cell) for other in self.made if kind not in other.replay.played)
            if one and lost.intersection(_values(one.result.notebook, cell)).difference(*others):
                found.add(kind)
        return frozenset(found)

    def steadying(self, cell: CellReport, kinds: Kinds, every: Kinds) -> Kinds:
        """The kinds whose replay makes a cell agree with itself, though not with the record."""
        pair = self._all(Replay(every))
        if not every or not _agree(pair, cell):
            return frozenset()
        without = {kind: self.of(Replay(every - {kind})) for kind in kinds & every}
        return frozenset(kind for kind, one in without.items() if one and not one.agrees(pair[0], cell))

    def _all(self, replay: Replay) -> Sequence[Attempt]:
        return [one for one in self.made if one.replay == replay]

    def _healed(self, attempt: Attempt, cell: CellReport) -> bool:
        """Whether a cell shows what it shows in the notebook, with something played back.

        What is played back of a notebook without a record, its order apart, is of the first re-run: the cell is to
        show the same as there.
        """
        if not attempt.replay.played:
            return False
        if self._case.record is not None or attempt.replay.played == {ORDER}:
            return cell.id not in attempt.bad
        return attempt.agrees(self._first, cell)


def _values(notebook: Any, cell: CellReport) -> set[str]:
    """The numbers, times and ids that a cell shows as text, those long enough not to be there by chance."""
    found: set[str] = set()
    for output in notebook.cells[cell.index].outputs:
        shown = [output.get("text"), *(text for mime, text in output.get("data", {}).items() if mime[:5] == "text/")]
        for text in shown:
            found.update(_VALUE.findall("".join(text) if isinstance(text, list) else str(text or "")))
    return found


def _agree(pair: Sequence[Attempt], cell: CellReport) -> bool:
    return len(pair) > 1 and pair[0].agrees(pair[1], cell)
