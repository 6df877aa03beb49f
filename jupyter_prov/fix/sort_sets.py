"""The hash seed: sets are sorted where a cell lists them, goes through them or shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.analysis.dataflow import flow, reached
from jupyter_prov.check.cell_sources import statements_of
from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.source_edits import Edit, Source

_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
_METHODS = frozenset("union intersection difference symmetric_difference copy".split())
_ORDERED = frozenset("list tuple enumerate iter map filter zip print str repr display array Series DataFrame".split())
"""Functions in whose results the order of a set is seen."""
_METHODS_ORDERED = frozenset("join extend writelines array Series DataFrame Index fromkeys".split())
_TOLD = "the set is sorted where its order is seen"
_TOLD_BY_TEXT = "the set is sorted by the texts of what it holds, which cannot be compared, where its order is seen"


@dataclass
class _Sets:
    """What of a notebook is a set: the names that hold nothing else, and the functions that give nothing else.

    Attributes are names too, written `.NAME`.
    """

    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    key: str = ""
    """How they are sorted, as an argument."""

    def holds(self, node: ast.AST) -> bool:
        """Whether an expression is a set."""
        if isinstance(node, ast.Set | ast.SetComp):
            return True
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.Attribute):
            return f".{node.attr}" in self.names
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            return any(self.holds(side) or _is_keys(side) for side in (node.left, node.right))
        if isinstance(node, ast.IfExp):
            return self.holds(node.body) and self.holds(node.orelse)
        return isinstance(node, ast.Call) and self._gives(node.func)

    def _gives(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Name):
            return function.id in {"set", "frozenset"} | self.functions
        return isinstance(function, ast.Attribute) and function.attr in _METHODS and self.holds(function.value)


def sort_sets(scene: Scene) -> None:
    """Put `sorted` around the sets whose order the differing cells show."""
    if not scene.causes("hash-seed"):
        return
    sets = _sets_of(scene.draft)
    on_the_way = _on_the_way(scene)
    for cell, source in list(scene.draft.cells()):
        sets.key = ", key=repr" if cell.id in scene.draft.by_text else ""
        if cell.id in on_the_way and (edits := list(_edits(source, sets))):
            scene.draft.edit(cell, edits, "hash-seed", _TOLD_BY_TEXT if sets.key else _TOLD)


def _is_keys(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("keys", "items")


def _sets_of(draft: Draft) -> _Sets:
    """The names and functions that hold or give sets, as far as they can be told from one another."""
    trees = [source.tree for _, source in draft.cells()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    given = list(_given(nodes))
    made = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    sets = _Sets()
    for _ in range(len(given) + len(made) + 1):
        before = len(sets.names) + len(sets.functions)
        values: dict[str, list[ast.AST | None]] = {}
        for name, value in given:
            values.setdefault(name, []).append(value)
        sets.names = {name for name, them in values.items() if all(one is not None and sets.holds(one) for one in them)}
        sets.functions = {function.name for function in made if _returns_sets(function, sets)}
        if before == len(sets.names) + len(sets.functions):
            break
    return sets


def _given(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.AST | None]]:
    """Every name that is bound, with the value it gets; None where that is not known."""
    plain = {id(target): node.value for node in nodes if isinstance(node, ast.Assign) for target in node.targets}
    plain |= {id(node.target): node.value for node in nodes if isinstance(node, ast.AnnAssign | ast.NamedExpr)
              and node.value is not None}  # fmt: skip
    kept = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign) and isinstance(node.op, _OPERATORS)}
    parameters = dict(_parameters(nodes))
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store) and id(node) not in kept:
            yield node.id if isinstance(node, ast.Name) else f".{node.attr}", plain.get(id(node))
        elif isinstance(node, ast.arg):
            yield from ((node.arg, value) for value in parameters.get(id(node), [None]))


def _parameters(nodes: list[ast.AST]) -> Iterator[tuple[int, list[ast.AST]]]:
    """For the parameters of functions, by the `id` of their nodes, what is given for them wherever that can be seen."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    for function in functions:
        calls = [node for node in nodes if isinstance(node, ast.Call) and _named(node.func) == function.name]
        once = sum(other.name == function.name for other in functions) == 1
        called = {id(call.func) for call in calls}
        elsewhere = [one for one in nodes if _named(one) == function.name and id(one) not in called]
        for number, parameter in enumerate(function.args.args):
            given = [call.args[number] for call in calls if len(call.args) > number]
            plain = all(
                not call.keywords and not any(isinstance(one, ast.Starred) for one in call.args) for call in calls
            )
            if once and plain and not elsewhere and calls and len(given) == len(calls):
                yield id(parameter), list(given)


def _named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _returns_sets(function: ast.FunctionDef, sets: _Sets) -> bool:
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(value is not None and sets.holds(value) for value in returned)


def _edits(source: Source, sets: _Sets) -> Iterator[Edit]:
    """An edit for each set of a cell whose order is seen."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _in_call(source, node, sets)
        elif isinstance(node, ast.For | ast.AsyncFor):
            yield from _sorted(source, node.iter, sets)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            yield from (edit for part in node.generators for edit in _sorted(source, part.iter, sets))
        elif isinstance(node, ast.FormattedValue | ast.Starred | ast.YieldFrom) or (
            isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple | ast.List)
        ):
            yield from _sorted(source, node.value, sets)
    if source.tree.body and isinstance(shown := source.tree.body[-1], ast.Expr):
        yield from _sorted(source, shown.value, sets)


def _in_call(source: Source, call: ast.Call, sets: _Sets) -> Iterator[Edit]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "list" and len(call.args) == 1 and not call.keywords and sets.holds(call.args[0]):
        yield source.instead(call, f"sorted({source.segment(call.args[0])}{sets.key})")
    elif name in _ORDERED or (isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS_ORDERED):
        for argument in call.args:
            yield from _sorted(source, argument, sets)


def _sorted(source: Source, node: ast.expr, sets: _Sets) -> Iterator[Edit]:
    if sets.holds(node) and source.holds(node):
        yield source.instead(node, f"sorted({source.segment(node)}{sets.key})")


def _on_the_way(scene: Scene) -> set[str]:
    """The cells between where sets are made and where their order shows."""
    steps = flow(_session(scene), statements_of(scene.notebook))
    bad = {cell.id for cell in scene.showing("hash-seed")}
    roots = {scene.id_of(cause) for cause in scene.causes("hash-seed")}
    reach = {step: {one.cell for one in reached(steps, step, None, None)} for step in steps}
    made = {cell for step, cells in reach.items() if step.cell in roots for cell in cells}
    leading = {step.cell for step, cells in reach.items() if cells & bad}
    return {str(cell) for cell in (made & leading) | bad | _defining(scene, leading)}


def _defining(scene: Scene, cells: set[str | None]) -> set[str | None]:
    """The cells among these that define functions, which may list what they are given."""
    return {
        cell.id
        for cell, source in scene.draft.cells()
        if cell.id in cells and any(isinstance(node, ast.FunctionDef) for node in ast.walk(source.tree))
    }


def _session(scene: Scene) -> Any:
    return scene.record.sessions[-1]
