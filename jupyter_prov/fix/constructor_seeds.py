"""Seeds for the generators that a notebook makes without one: `default_rng()`, `RandomState()`, `Random()` …"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Any

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.import_names import Callable, callable_at
from jupyter_prov.fix.source_edits import Edit, Source
from jupyter_prov.record.cause import Cause

_NUMPYS = frozenset("default_rng RandomState SeedSequence PCG64 PCG64DXSM MT19937 Philox SFC64".split())
_SEEDING = frozenset({"seed", "manual_seed", "set_seed"})
_MADE = _NUMPYS | _SEEDING | {"Random"}
_SEEDS = ("seed", "x", "a", "entropy")


def seed_constructors(scene: Scene, cause: Cause) -> bool:
    """Give what was made or seeded without a value one, each another, so that no two draw the same.

    Whether a global generator was seeded by it, which had been seeded without a value.
    """
    made = _MADE | _heirs(scene.draft)
    for cell, source, line in _places(scene, cause, made):
        edits, seeds = list[Edit](), False
        for call, repeated in source.calls(line):
            if _is_unseeded(call, made):
                seeds |= _named(call.func) in _SEEDING
                value = _drawn(scene.draft, cell, call) if repeated else Callable(str(_unused(scene.draft, len(edits))))
                edits.append(_seeded(source, call, value.name))
                if value.imported and (statement := source.statement(None)):
                    edits.append(source.above(statement, value.imported))
        if edits:
            scene.draft.edit(cell, edits, "random", "the generator that is made here gets a seed")
            return seeds
    return False


def _heirs(draft: Draft) -> set[str]:
    """The classes of a notebook that inherit from `Random`, and are made as it is."""
    nodes = [node for _, source in draft.cells() for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    found = {"Random"}
    for _ in nodes:
        found |= {node.name for node in nodes if found & {_named(base) for base in node.bases} and not _has_own(node)}
    return found


def _has_own(made: ast.ClassDef) -> bool:
    return any(isinstance(part, ast.FunctionDef) and part.name in ("__init__", "__new__") for part in made.body)


def _named(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _places(scene: Scene, cause: Cause, made: Collection[str]) -> Iterator[tuple[Any, Source, int | None]]:
    """Where the constructor may stand: in the line of the cause, or in a function that another cell defines."""
    if found := scene.root(cause):
        yield (*found, scene.line(cause))
    for cell, source in scene.draft.cells():
        if any(repeated and _is_unseeded(call, made) for call, repeated in source.calls()):
            yield cell, source, None


def _is_unseeded(call: ast.Call, made: Collection[str]) -> bool:
    if _named(call.func) not in made or any(keyword.arg not in _SEEDS for keyword in call.keywords):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(isinstance(one, ast.Constant) and one.value is None for one in given)


def _seeded(source: Source, call: ast.Call, value: str) -> Edit:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if given:
        return source.instead(given[0], value)
    end = source.span(call)[1] - 1
    return Edit(end, end, value)


def _drawn(draft: Draft, cell: Any, call: ast.Call) -> Callable:
    """A seed that is another each time, as the global generator gives it, which gets its own seed if it has none."""
    path, arguments = (
        ("numpy.random.randint", "2**31") if _named(call.func) in _NUMPYS else ("random.getrandbits", "64")
    )
    found = callable_at(draft, cell, call.lineno, path)
    return Callable(f"{found.name}({arguments})", found.imported)


def _unused(draft: Draft, number: int) -> int:
    """One of the numbers, counted from 0, that no generator of the notebook has as its seed."""
    used = set[int]()
    for _, source in draft.cells():
        for call, _ in source.calls():
            if _named(call.func) in _MADE and call.args and isinstance(call.args[0], ast.Constant):
                used |= {call.args[0].value} if isinstance(call.args[0].value, int) else set()
    return sorted(set(range(len(used) + number + 1)) - used)[number]
