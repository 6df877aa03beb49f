"""Edits that made a cell raise, made in another way where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.randomness import fix_randomness
from jupyter_prov.fix.sort_sets import sort_sets

_WAYS = (
    ("not supported between instances of", "hash-seed", "by_text", sort_sets),
    ("unexpected keyword argument 'random_state'", "random", "seed_only", fix_randomness),
)
"""What is raised, the kind of the edits that led to it, where the draft notes it, and what edits anew."""


def edit_otherwise(scene: Scene, broken: Mapping[str, str], original: Any) -> bool:
    """Edit the cells anew that are to blame for what these raised; False, and nothing done, if there is no other way.

    `scene` is the one that the edits were made from, `broken` tells by the ids of cells what they raised.
    """
    for raised, kind, noted, edit in _WAYS:
        raising = {cell for cell, reason in broken.items() if raised in reason}
        known: set[str] = getattr(scene.draft, noted)
        edited = {change.cell for change in scene.draft.changes if change.kind == kind} - known
        if raising and (cells := raising & edited or edited):
            known |= cells
            scene.draft.undo(cells, original)
            edit(scene)
            return True
    return False
