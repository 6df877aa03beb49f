"""Fixing a notebook: it is checked, edited for each cause, tried, and edited again until it agrees with itself."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_prov.check.attempt import PLAIN, Attempt, Case, attempted
from jupyter_prov.check.checker import Options, Progress, explain, prepared
from jupyter_prov.check.experiments import FULL
from jupyter_prov.check.old_data import Content
from jupyter_prov.fix.cell_order import put_in_order
from jupyter_prov.fix.clock_edits import fix_clocks
from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.fallback_edits import edit_otherwise
from jupyter_prov.fix.randomness import fix_randomness
from jupyter_prov.fix.relative_paths import make_relative
from jupyter_prov.fix.restore_data import commands, restore_data
from jupyter_prov.fix.sort_sets import sort_sets
from jupyter_prov.fix.trial import Trial, Trials
from jupyter_prov.fix.unfixed import OUTSIDE, sentences
from jupyter_prov.fix.version_pins import Pinned, pin_packages
from jupyter_prov.record.masking import mask_urls
from jupyter_prov.record.model import Record
from jupyter_prov.report.model import FAILED, CellReport

_MOST_TRIALS = 5


@dataclass
class Fix:
    """What can be done about a notebook that does not reproduce."""

    case: Case
    draft: Draft
    differing: list[str] = field(default_factory=list)
    """The ids of the cells that did not reproduce."""
    trial: Trial | None = None
    """The last trial of the draft; without one there was nothing to fix."""
    left: list[str] = field(default_factory=list)
    """The ids of the cells that no edit fixed; they keep their outputs."""
    restored: dict[str, Content] = field(default_factory=dict)
    """The contents that files are given back, by their paths in the record."""
    pinned: Pinned | None = None
    """The file in which versions are pinned."""
    said: list[str] = field(default_factory=list)
    """What could not be fixed, a sentence each."""
    runs: int = 0
    seconds: float = 0.0

    @property
    def is_worth_writing(self) -> bool:
        """Whether some cell that did not reproduce does now, as the trial has shown."""
        verified = self.trial is not None and not self.trial.broken
        return verified and any(cell not in self.left for cell in self.differing)


def fix(path: Path, options: Options, progress: Progress = lambda phase, done, total: None) -> Fix:
    """Look for the edits that make a notebook reproduce, and try them; raises ProvError. It runs the notebook's code.

    Nothing is written.
    """
    started = time.monotonic()
    case = prepared(path, options, progress)
    begun = time.monotonic()
    with attempted(case, PLAIN, lambda done, total: progress("rerun", done, total)) as first:
        pass
    progress("explain", 0, 1)
    again = Options(env=options.env, timeout=options.timeout, explain=FULL)
    found = explain(case, first, again, time.monotonic() - begun)
    made = Fix(case, Draft.of(case.notebook), runs=1 + found.runs)
    made.differing = [cell.id for cell in first.cells if cell.is_bad]
    if made.differing:
        _Search(made, first, progress).search()
    made.seconds = time.monotonic() - started
    return made


class _Search:
    """The search for edits, trial by trial."""

    def __init__(self, made: Fix, first: Attempt, progress: Progress) -> None:
        self._made, self._first = made, first
        self._trials = Trials(made.case, {cell.id for cell in first.cells if cell.verdict == FAILED}, progress)
        self._record: Record = made.case.record or first.made
        self._undone: dict[str, str] = {}
        """Cells whose edits broke something, and what."""

    def search(self) -> None:
        """Edit and try until two re-runs agree, or nothing more can be done."""
        made = self._made
        scene = Scene(made.draft, self._record, made.case.notebook, self._first.cells)
        made.restored = self._trials.restored = restore_data(scene, made.case)
        made.pinned = pin_packages(scene, made.case)
        self._trials.in_recorded = made.pinned is not None
        self._propose(scene, made.case.ran)
        for _ in range(_MOST_TRIALS):
            trial = self._try()
            if edit_otherwise(scene, trial.broken | trial.failing, made.case.notebook) or self._undo(trial.broken):
                continue
            if trial.broken or not trial.bad:
                break
            before = made.draft.text
            scene = Scene(made.draft, trial.made, trial.notebook, trial.cells)
            self._propose(scene, trial.made)
            if made.draft.text == before:
                break
        self._drop_doubles()
        self._conclude()
        made.runs += self._trials.runs

    def _propose(self, scene: Scene, ran: Record) -> None:
        """Make the edits for the causes that are left; `ran` tells in what order the cells were run."""
        scene.draft.settle()
        kept = {cell: scene.draft.cell(cell).source for cell in self._undone if scene.draft.cell(cell) is not None}
        put_in_order(scene, ran)
        make_relative(scene, self._made.case.path)
        fix_clocks(scene)
        sort_sets(scene)
        fix_randomness(scene)
        for cell, source in kept.items():  # what broke once would break again
            scene.draft.cell(cell).source = source

    def _try(self) -> Trial:
        self._made.trial = self._trials.tried(self._made.draft)
        return self._made.trial

    def _drop_doubles(self) -> None:
        """Take out the cells that stand there once more, if the others show the same without them."""
        doubles = self._made.draft.doubles
        for group in [doubles, *([one] for one in doubles[:_MOST_TRIALS])] if doubles else []:
            trial, draft = self._made.trial, self._made.draft.copy()
            assert trial is not None
            if trial.broken or not set(group) <= set(draft.doubles):
                return
            draft.remove(group)
            if draft.text == Draft.of(self._made.case.notebook).text:  # which is known not to reproduce
                continue
            draft.show(trial.notebook)
            steady = {cell.id for cell in trial.cells} - {cell.id for cell in trial.bad}
            leaner = self._trials.tried(draft, steady)
            if leaner.runs > 1 and {cell.id for cell in leaner.bad} <= {cell.id for cell in trial.bad}:
                self._made.draft, self._made.trial = draft, leaner

    def _undo(self, broken: dict[str, str]) -> bool:
        """Take back what was done in cells that do not run any more, or else the new order of all."""
        if not broken:
            return False
        self._undone |= broken
        draft, original = self._made.draft, self._made.case.notebook
        if draft.undo(broken, original):
            return True
        known = [cell.id for cell in original.cells]
        if [cell.id for cell in draft.notebook.cells] == known:
            return False
        cells = {cell.id: cell for cell in draft.notebook.cells}
        draft.notebook.cells = [cells[name] for name in known]
        draft.changes = [change for change in draft.changes if change.kind != "order"]
        return True

    def _conclude(self) -> None:
        """Tell what is left; edits that only cells in which something is left have are taken back."""
        made, trial = self._made, self._made.trial
        assert trial is not None
        left = self._left(trial)
        if left.keys() and not trial.broken and made.draft.undo(left, made.case.notebook):
            trial = self._try()
            left |= self._left(trial)
        made.left = list(left)
        numbers = {cell.get("id"): number for number, cell in enumerate(made.draft.notebook.cells, 1)}
        restoring = (
            commands(made.case) if any(cause.kind == "data" for cell in left.values() for cause in cell.causes) else {}
        )
        for name, cell in left.items():
            made.said += sentences(cell, numbers.get(name, cell.index + 1), made.case.record, restoring)
        made.said += [f"cell {numbers[name]}: {text}" for name, text in trial.broken.items() if name not in left]
        made.said = list(dict.fromkeys(map(mask_urls, made.said)))

    def _left(self, trial: Trial) -> dict[str, CellReport]:
        """The cells in which something is left, as the report of the last re-run tells them that saw it."""
        repaired = {(one.kind, subject) for one in self._made.draft.changes for subject in one.subjects}
        found = {cell.id: cell for cell in self._first.cells if cell.is_bad and _is_outside(cell, repaired)}
        raised = trial.broken | trial.failing
        found |= {cell.id: cell for cell in self._first.cells if cell.id in raised and cell.is_bad}
        return {cell.id: cell for cell in trial.bad} | found


def _is_outside(cell: CellReport, repaired: Collection[tuple[str, str]]) -> bool:
    """Whether a cell differs for something that nothing was done about; `repaired` has kinds of causes and subjects."""
    outside = [cause for cause in cell.causes if cause.kind in OUTSIDE]
    return any((cause.kind, cause.subject) not in repaired for cause in outside) or not cell.causes


def original_of(made: Fix, cell: str) -> Any:
    """A cell of the notebook as it was, or None for one that was put in."""
    return next((one for one in made.case.notebook.cells if one.get("id") == cell), None)
