"""Which names of a notebook stand for which modules and functions, and how one can be called at some place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.source_edits import first_line

_ALIASES = {"numpy": "np", "pandas": "pd", "tensorflow": "tf", "cupy": "cp"}


@dataclass(frozen=True)
class Callable:
    """How a function can be called at some place, and the import that must stand above it first, if any."""

    name: str
    imported: str = ""


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that imports in a statement bind, each with the dotted path of what it stands for."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            for alias in inner.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(inner, ast.ImportFrom) and inner.module and not inner.level:
            for alias in inner.names:
                yield alias.asname or alias.name, f"{inner.module}.{alias.name}"


def everywhere(draft: Draft) -> dict[str, str]:
    """What the imported names of a whole notebook stand for."""
    return {name: path for _, source in draft.cells() for name, path in imported(source.tree)}


def dotted(node: ast.AST, names: Mapping[str, str]) -> str:
    """The dotted path of what an expression such as `np.random.seed` stands for; '' where it is none that is known."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def callable_at(draft: Draft, cell: Any, line: int, path: str) -> Callable:
    """How the function with a dotted path (`numpy.random.seed`) can be called in a line of a cell."""
    known = _before(draft, cell, line)
    for name, stands_for in known.items():
        if path == stands_for or path.startswith(f"{stands_for}."):
            return Callable(name + path[len(stands_for) :])
    module = path.partition(".")[0]
    alias = _ALIASES.get(module, module)
    taken = _bound(draft, module)
    while alias in taken:
        alias += "_"
    return Callable(alias + path[len(module) :], f"import {module}" + (f" as {alias}" if alias != module else ""))


def _before(draft: Draft, cell: Any, line: int) -> dict[str, str]:
    """What imported names stand for above a line of a cell; those that were bound to something else are left out."""
    known: dict[str, str] = {}
    for other, source in draft.cells():
        for statement in source.tree.body:
            if other is cell and first_line(statement) >= line:
                break
            for name in _stored(statement):
                known.pop(name, None)
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                known |= imported(statement)
        if other is cell:
            break
    return known


def _stored(statement: ast.AST) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _bound(draft: Draft, module: str) -> set[str]:
    """Every name that a notebook binds to something other than this module."""
    bound = {name for _, source in draft.cells() for name in _stored(source.tree)}
    return bound | {name for name, path in everywhere(draft).items() if path != module}


def fresh(draft: Draft, name: str) -> str:
    """A name like this one that the notebook does not use."""
    used = {node.id for _, source in draft.cells() for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{name}_{number}"
    return found
