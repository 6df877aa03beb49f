"""Order: cells are moved, restored or doubled until a run from top to bottom does what was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.execution_constraints import History, demands, history_of
from jupyter_prov.record import digests
from jupyter_prov.record.model import Record

_EDITED = "the cell was edited after it had run: what it does now is what is run and stored"


@dataclass
class _Plan:
    """Which steps become cells, and which cells stand for steps that none is made for."""

    names: dict[Step, str]
    """The ids of the cells that stand for steps."""
    extra: list[Step]
    """The steps for which a cell is put in."""
    edited: list[str]
    """Cells that were edited after they had run."""


def put_in_order(scene: Scene, ran: Record) -> None:
    """Have the cells that differ for their order made from top to bottom by what had made them, as `ran` tells."""
    bad = [cell.id for cell in scene.showing("order")]
    if not bad:
        return
    history = history_of(scene.draft.notebook, ran)
    needed = history.needed(bad)
    plan = _planned(scene.draft, history, needed)
    for cell in plan.edited:
        scene.draft.say("order", cell, _EDITED)
    for number, step in enumerate(plan.extra):
        plan.names[step] = _put_in(scene.draft, history, step, plan.extra[number + 1 :])
    before = [cell.id for cell in scene.draft.notebook.cells]
    after = demands(history, needed, plan.names).ordered(before)
    _move(scene.draft, before, after)


def _planned(draft: Draft, history: History, needed: Collection[Step]) -> _Plan:
    names = {step: cell for cell, step in history.shown.items() if draft.cell(cell) is not None}
    plan = _Plan(names, [], [])
    for cell, step in history.shown.items():
        kept = draft.cell(cell)
        if step in needed and kept is not None and digests.of_text(kept.source) != step.execution.source:
            plan.edited.append(cell)
    for step in needed:
        if step in names:
            continue
        stands = draft.cell(step.cell or "")
        if stands is not None and _is_another_version(history, stands, step):
            plan.edited.append(stands.id)
            plan.names[step] = stands.id
        elif step.execution.source not in history.texts:
            where = stands.id if stands is not None else ""
            draft.say("order", where, "a source that had been run is known no more, so it cannot be restored")
        else:
            plan.extra.append(step)
    plan.edited = list(dict.fromkeys(plan.edited))
    return plan


def _is_another_version(history: History, cell: Any, step: Step) -> bool:
    """Whether a cell now does in another way what it did in a step: it sets the same names from another source."""
    shown = history.shown.get(cell.id)
    if digests.of_text(cell.source) == step.execution.source or shown is None:
        return False
    return bool(step.defines | step.changes) and step.defines | step.changes <= shown.defines | shown.changes


def _put_in(draft: Draft, history: History, step: Step, later: Collection[Step]) -> str:
    """Put in a cell for a step, where its own cell stands, else above the first one that needs it; gives its id."""
    cells = draft.notebook.cells
    ids = [cell.id for cell in cells]
    text, own = history.texts[step.execution.source], draft.cell(step.cell or "")
    if own is not None:
        new = draft.insert(ids.index(own.id), text, own.id, sorted(tags_of(own)))
        draft.say("order", new, "the cell had been run more than once: it stands there once more")
        return new
    users = [one.cell for one in history.steps if step in one.origins.values() and one.cell in ids]
    index = min((ids.index(str(user)) for user in users), default=len(cells))
    new = draft.insert(index, text, step.cell or "")
    draft.say("order", new, "the deleted cell is restored")
    return new


def _move(draft: Draft, before: list[str], after: list[str]) -> None:
    """Put the cells in their new order, and say which were moved."""
    if before == after:
        return
    cells = {cell.id: cell for cell in draft.notebook.cells}
    draft.notebook.cells = [cells[name] for name in after]
    for name in moved(before, after):
        if name not in draft.made_of:
            draft.say("order", name, "the cell is moved to where it works from top to bottom")


def moved(before: list[str], after: list[str]) -> list[str]:
    """The fewest names that must be moved to come from one order to the other: all but the longest that keep theirs."""
    place = {name: number for number, name in enumerate(before)}
    chains: list[list[str]] = []  # for each name the longest chain that ends with it
    for name in after:
        longest = max((one for one in chains if place[one[-1]] < place[name]), key=len, default=[])
        chains.append([*longest, name])
    kept = max(chains, key=lambda one: (len(one), -place[one[-1]]), default=[])
    return [name for name in after if name not in kept]
