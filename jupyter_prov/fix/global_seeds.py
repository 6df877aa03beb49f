"""Seeds for global generators, each set once, right before the first draw."""

from __future__ import annotations

from typing import Any

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.import_names import callable_at
from jupyter_prov.fix.source_edits import Source, first_line

SEEDS = {
    "random": ("random.seed", "random.seed"),
    "numpy.random": ("numpy.random.seed", "np.random.seed"),
    "torch": ("torch.manual_seed", "torch.manual_seed"),
    "torch.cuda": ("torch.cuda.manual_seed_all", "torch.cuda.manual_seed_all"),
    "tensorflow": ("tensorflow.random.set_seed", "tf.random.set_seed"),
    "a TensorFlow operation": ("tensorflow.random.set_seed", "tf.random.set_seed"),
    "cupy": ("cupy.random.seed", "cupy.random.seed"),
    "a CuPy generator": ("cupy.random.seed", "cupy.random.seed"),
}
"""The function that seeds each global generator, and how people write it."""
Draw = tuple[Any, Source, int | None]
"""A cell that draws, and the line."""


def draws_of(scene: Scene, generator: str) -> list[Draw]:
    """The draws from a generator without a seed, in the order of the cells."""
    roots = {scene.id_of(cause): scene.line(cause) for cause in scene.causes("random") if cause.subject == generator}
    found: list[Draw] = []
    for cell, source in scene.draft.cells():
        noted = [draw for draw in scene.draws(cell) if draw["generator"] == generator]
        lines = {draw.get("line") for draw in noted if not draw["seeded"] and draw.get("before") != draw.get("after")}
        if not lines and cell.id in roots:
            lines = {roots[cell.id]}
        found += [(cell, source, line) for line in sorted(lines, key=lambda line: line or 0)]
    return found


def set_seed(draft: Draft, generator: str, draws: list[Draw], seed: int = 0) -> None:
    """Set a seed before the first of these draws."""
    for cell, source, line in draws[:1]:
        statement = source.statement(line)
        if statement is None:
            continue
        path, written = SEEDS[generator]
        seeding = callable_at(draft, cell, first_line(statement), path)
        if f"{seeding.name}({seed})" in source.text:  # and yet it was drawn from without a seed
            continue
        text = f"{seeding.imported}\n{seeding.name}({seed})".lstrip("\n")
        draft.edit(cell, [source.above(statement, text)], "random", f"{written}({seed}) comes before the first draw")
