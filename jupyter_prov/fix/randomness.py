"""Randomness: what each of its causes takes, a seed for a generator, a seed for a constructor, or another id."""

from __future__ import annotations

from jupyter_prov.fix.constructor_seeds import seed_constructors
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.global_seeds import SEEDS, draws_of, set_seed
from jupyter_prov.fix.random_state import give_random_state
from jupyter_prov.fix.uuids import name_ids

_LEFT = ("system", "the name of a temporary file")
"""Subjects that no edit can do anything about: what may be a key, and names of files."""


def fix_randomness(scene: Scene) -> None:
    """Edit what draws without a seed."""
    causes, seeded = scene.causes("random"), False
    for cause in causes:
        if cause.subject.startswith("uuid"):
            name_ids(scene, cause)
        elif cause.subject not in SEEDS and cause.subject not in _LEFT:
            seeded |= seed_constructors(scene, cause)
    for subject in dict.fromkeys(cause.subject for cause in causes if not seeded):  # else that may be all it takes
        if subject in SEEDS:
            draws = draws_of(scene, subject)
            if subject != "numpy.random" or not give_random_state(scene.draft, draws):
                set_seed(scene.draft, subject, draws)
