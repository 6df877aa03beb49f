"""What functions of the notebook do to its other names when they are called, which their definition does not."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_prov.record.changes import changed
from jupyter_prov.record.evaluation import now

if TYPE_CHECKING:
    from jupyter_prov.record.names import Statement

_MADE_BY = frozenset({"__init__", "__new__", "__post_init__"})
"""Methods that run where a class is called."""


@dataclass(frozen=True)
class Effect:
    """The global names that a function uses, and those that it binds or whose objects it changes."""

    uses: frozenset[str]
    changes: frozenset[str]

    def with_also(self, other: Effect) -> Effect:
        """Both effects."""
        return Effect(self.uses | other.uses, self.changes | other.changes)


NONE = Effect(frozenset(), frozenset())


class Functions:
    """The functions that a notebook's executions have defined so far."""

    def __init__(self) -> None:
        self._known: dict[str, Effect] = {}

    def called(self, part: Statement) -> Statement:
        """A statement with what the functions do that it names; afterwards its own functions are known."""
        for name in part.defines | part.deletes if self._known else ():
            if name not in part.calls:
                self._known.pop(name, None)
        self._known.update(part.effects)
        effect = self._of(part.calls & self._known.keys()) if self._known else NONE
        if not (effect.uses or effect.changes):
            return part
        uses = part.uses | ((effect.uses | effect.changes) - part.defines)
        return replace(part, uses=uses, changes=part.changes | (effect.changes - part.defines))

    def _of(self, names: Iterable[str]) -> Effect:
        """The effect of calling these functions, and those that they call."""
        total, waiting, seen = NONE, list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self._known:
                seen.add(name)
                total = total.with_also(self._known[name])
                waiting += self._known[name].uses
        return total


def effects_of(group: Iterable[ast.stmt], table: symtable.SymbolTable) -> dict[str, Effect]:
    """What the functions that these statements define do when they are called, by the names that call them."""
    found: dict[str, Effect] = {}
    for name, function in _functions(group):
        effect = _effect(function, table)
        if effect != NONE:
            found[name] = effect.with_also(found.get(name, NONE))
    return found


def _functions(group: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]]:
    for node in now(group):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                yield name, function
            case ast.ClassDef(name=name, body=body):
                for inner in body:
                    if isinstance(inner, ast.FunctionDef) and inner.name in _MADE_BY:
                        yield name, inner


def _effect(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, table: symtable.SymbolTable) -> Effect:
    uses: set[str] = set()
    stores: set[str] = set()
    for scope in _scopes(table, getattr(function, "name", "lambda")):
        for symbol in scope.get_symbols():
            if symbol.is_global():
                uses |= {symbol.get_name()} if symbol.is_referenced() else set()
                stores |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
    body = function.body if isinstance(function.body, list) else [function.body]
    changes = {name for part in body for node in ast.walk(part) for name in changed(node)}
    return Effect(frozenset(uses), frozenset(stores | (changes & uses)))


def _scopes(table: symtable.SymbolTable, name: str, within: bool = False) -> Iterator[symtable.SymbolTable]:
    """The scopes of the functions of this name, and those inside them."""
    for child in table.get_children():
        inside = within or (child.get_type() == "function" and child.get_name() == name)
        if inside:
            yield child
        yield from _scopes(child, name, inside)
