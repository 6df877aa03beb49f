"""Which names a cell's source uses, defines and changes: the static half of what order and flow need."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence

from jupyter_prov.analysis.effects import Functions, effects_of, hashes
from jupyter_prov.analysis.evaluation import (
    BIND,
    READ,
    bound_first,
    bound_in,
    branches,
    deleted_last,
    events,
    in_order,
    now,
    read_unbound,
    surely_bound,
)
from jupyter_prov.analysis.mutations import changed, expanded
from jupyter_prov.analysis.statement import STAR, Names, Statement
from jupyter_prov.record.quiet_parser import parse, symbols

_LONGEST_PATH = 260
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
"""Lines as Python counts them; str.splitlines cuts at form feeds and other separators too."""
_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
"""Scopes that are functions to Python before 3.12, and run where they stand."""


def statements(python: str) -> list[Statement]:
    """The statements of Python source (IPython syntax already transformed); raises SyntaxError."""
    tree = parse(python)
    lines = _LINES.findall(python)
    return [_statement(group, lines) for group in _groups(tree.body)]


def names(parts: Iterable[Statement], functions: Functions | None = None) -> Names:
    """The names of a cell as a whole; a name counts as used only where it was not defined above.

    `functions` are those that the cells before have defined, and learns of those that this one defines.
    """
    total, sure = Names(), set[str]()
    functions = functions or Functions()
    for part in map(functions.called, parts):
        total.uses |= part.uses - sure
        total.defines = (total.defines | part.defines) - part.deletes
        total.changes |= part.changes - sure
        total.imports = (total.imports - part.defines - part.deletes) | part.imports
        total.deletes = (total.deletes - part.defines) | part.deletes
        total.modules |= part.modules
        sure = (sure | (part.defines - part.perhaps)) - part.deletes
    return total


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _groups(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line (`a; b`) together, as their text can't be cut by lines."""
    group: list[ast.stmt] = []
    for node in body:
        if group and _first_line(node) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _statement(group: list[ast.stmt], lines: list[str]) -> Statement:
    first, last = _first_line(group[0]), group[-1].end_lineno or group[-1].lineno
    table = _table(group, "".join(lines[first - 1 : last]))
    nodes, at_once = [node for top in group for node in ast.walk(top)], list(now(group))
    happened = [event for top in group for event in events(top)]
    uses, stores = _scope(table, nodes, group, happened)
    known = uses | stores
    deletes = deleted_last(happened) & known
    parameters = {parameter.name for node in nodes for parameter in getattr(node, "type_params", ())}
    reread = {name for name, kind in happened if kind != BIND} - parameters  # symbol tables take `x += 1` for a binding
    straight = not branches(group)
    local = bound_first(happened) - (in_order(happened) if straight else read_unbound(group, set()))[0]
    uses = ((uses | reread) - local) | {n for node in at_once for n in expanded(node)}
    changes = {name for node in at_once for name in changed(node)} & known - stores
    sources, modules, stars = _imported(nodes)
    imports = sources.keys()
    defines = (stores - deletes) | (imports & {STAR})
    return Statement(
        first,
        last,
        uses=frozenset(uses | changes),
        defines=frozenset(defines),
        changes=frozenset(changes),
        imports=frozenset(imports & defines),
        modules=frozenset(modules),
        sources={name: module for name, module in sources.items() if name in defines},
        deletes=frozenset(deletes),
        perhaps=frozenset(defines - (bound_in(happened) if straight else surely_bound(group))),
        calls=frozenset(name for name, kind in happened if kind == READ),
        effects=effects_of(group, table),
        stars=frozenset(stars),
        hashes=hashes(group, nodes),
        attributes=frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute)),
        texts=frozenset(
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _LONGEST_PATH
        ),
    )


def _table(group: list[ast.stmt], text: str) -> symtable.SymbolTable:
    """The symbol table of statements; their lines alone do not parse where one ends in a backslash."""
    try:
        return symbols(text)
    except SyntaxError:
        return symbols(ast.unparse(ast.Module(group, [])))


def _scope(
    table: symtable.SymbolTable, nodes: Sequence[ast.AST], group: Iterable[ast.AST], happened: Iterable[tuple[str, str]]
) -> tuple[set[str], set[str]]:
    """The global names that statements read, and those that they bind or delete as soon as they run."""
    uses, stores = _table_names(table)
    if inner := _comprehension_targets(nodes):  # which Python 3.12 and later count among those of the scope around
        inner -= {name for top in group for name in _outer_names(top)} | {name for name, _ in happened}
        uses, stores = uses - inner, stores - inner
    stores |= {name for name, kind in happened if kind == BIND and name != STAR}  # `:=` in a comprehension of 3.12
    bare = {n.target.id for n in nodes
            if isinstance(n, ast.AnnAssign) and n.value is None and isinstance(n.target, ast.Name)}  # fmt: skip
    return uses, stores - (bare - {name for name, kind in happened if kind != READ})


def _table_names(table: symtable.SymbolTable, called: bool = False) -> tuple[set[str], set[str]]:
    """The global names that a scope and those inside it read, and those that they bind other than when called."""
    uses: set[str] = set()
    stores: set[str] = set()
    top = table.get_type() == "module"
    called |= table.get_type() == "function" and table.get_name() not in _AT_ONCE
    for symbol in table.get_symbols():
        if not top and not symbol.is_global():
            continue
        if symbol.is_referenced():
            uses.add(symbol.get_name())
        bound = symbol.is_assigned() or symbol.is_imported() or (top and symbol.is_namespace())
        if bound and not called:
            stores.add(symbol.get_name())
    for child in table.get_children():
        inner_uses, inner_stores = _table_names(child, called)
        uses |= inner_uses
        stores |= inner_stores
    return uses, stores


def _comprehension_targets(nodes: Iterable[ast.AST]) -> set[str]:
    targets = (node.target for node in nodes if isinstance(node, ast.comprehension))
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def _outer_names(node: ast.AST) -> Iterator[str]:
    """The names that stand in a node, but for those within comprehensions; their first iterable is outside."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        yield from _outer_names(node.generators[0].iter)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _outer_names(child)


def _imported(nodes: Iterable[ast.AST]) -> tuple[dict[str, str], set[str], set[str]]:
    """The names that imports bind with the top-level module of each, all these modules, and those of `import *`."""
    found = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    bound = {
        alias.asname or alias.name.partition(".")[0]: module.partition(".")[0]
        for node in found
        for alias, module in _modules(node)
    }
    stars = {
        "." * node.level + (node.module or "")
        for node in found
        if isinstance(node, ast.ImportFrom) and node.names[0].name == STAR
    }
    return bound, set(bound.values()) - {""}, stars


def _modules(node: ast.Import | ast.ImportFrom) -> list[tuple[ast.alias, str]]:
    """What an import names, each with its module; '' for one that is relative."""
    if isinstance(node, ast.Import):
        return [(alias, alias.name) for alias in node.names]
    return [(alias, "" if node.level else node.module or "") for alias in node.names]
