"""What functions of the notebook do to its other names when they are called, which their definition does not."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from jupyter_prov.analysis.evaluation import now
from jupyter_prov.analysis.mutations import changed
from jupyter_prov.analysis.statement import NONE, Effect, Statement

_MADE_BY = frozenset({"__init__", "__new__", "__post_init__"})
"""Methods that run where a class is called."""


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
        if effect == NONE:
            return part
        uses = part.uses | ((effect.uses | effect.changes) - part.defines)
        changes = part.changes | (effect.changes - part.defines)
        return replace(part, uses=uses, changes=changes, hashes=part.hashes or effect.hashes)

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
    nodes = [node for part in body for node in ast.walk(part)]
    changes = {name for node in nodes for name in changed(node)}
    return Effect(frozenset(uses), frozenset(stores | (changes & uses)), any(map(_makes_hash, nodes)))


def hashes(group: Sequence[ast.stmt], nodes: Iterable[ast.AST]) -> bool:
    """Whether statements, whose nodes these are, make a set or a hash: at once, or in a method of a class of theirs.

    What their functions do counts where they are called.
    """
    made = [node for node in nodes if _makes_hash(node)]
    if not made:
        return False
    classes = [node for node in now(group) if isinstance(node, ast.ClassDef)]
    methods = {id(inner) for node in classes for inner in node.body if getattr(inner, "name", "") not in _MADE_BY}
    followed = [function for _, function in _functions(group) if id(function) not in methods]
    later = {id(node) for function in followed for node in ast.walk(function)}
    return any(id(node) not in later for node in made)


def _makes_hash(node: ast.AST) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset" | "hash")):
            return True
    return False


def _scopes(table: symtable.SymbolTable, name: str, within: bool = False) -> Iterator[symtable.SymbolTable]:
    """The scopes of the functions of this name, and those inside them."""
    for child in table.get_children():
        inside = within or (child.get_type() == "function" and child.get_name() == name)
        if inside:
            yield child
        yield from _scopes(child, name, inside)
