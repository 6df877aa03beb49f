"""Which names a cell's source uses, defines and changes: the static half of what order and flow need."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

STAR = "*"
_QUIET = frozenset({"print", "display", "len", "repr", "str", "type", "isinstance", "help", "sorted", "sum"})
"""Functions that change none of their arguments."""
_PURE = frozenset(
    (
        "head tail describe info sample value_counts groupby mean median std var sum min max count corr "
        "unique nunique isna isnull round astype copy to_csv to_string to_markdown tolist to_list keys "
        "values items get index join format upper lower strip split startswith endswith predict "
        "predict_proba score transform plot hist show"
    ).split()
)
"""Methods that show or compute something and leave their object as it is."""


_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
"""Lines as Python counts them; str.splitlines cuts at form feeds and other separators too."""


@dataclass(frozen=True)
class Statement:
    """One or several statements of a cell that share lines; lines count from 1, `last` included."""

    first: int
    last: int
    uses: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    """The names among `defines` that an import binds."""
    modules: frozenset[str] = frozenset()
    """Top-level modules that are imported."""


@dataclass
class Names:
    """What a whole cell uses before defining it, defines, changes, and binds by imports."""

    uses: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


def statements(python: str) -> list[Statement]:
    """The statements of Python source (IPython syntax already transformed); raises SyntaxError."""
    tree = ast.parse(python)
    lines = _LINES.findall(python)
    return [_statement(group, lines) for group in _groups(tree.body)]


def names(parts: Iterable[Statement]) -> Names:
    """The names of a cell as a whole; a name counts as used only where it was not defined above."""
    total = Names()
    for part in parts:
        total.uses |= part.uses - total.defines
        total.defines |= part.defines
        total.changes |= part.changes - total.defines
        total.imports = (total.imports - part.defines) | part.imports
        total.modules |= part.modules
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
    nodes = [node for top in group for node in ast.walk(top)]
    uses, stores = _table_names(_table(group, "".join(lines[first - 1 : last])))
    if inner := _comprehension_targets(nodes):  # which Python 3.12 and later count among those of the scope around
        inner -= {name for top in group for name in _outer_names(top)}
        uses, stores = uses - inner, stores - inner
    known = uses | stores
    uses = {*uses, *(_augmented(nodes) & known)} - _bound_first(group)
    imports: set[str] = set()
    modules: set[str] = set()
    changes: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _import(node, imports, modules)
        else:
            changes |= _changed(node) & known  # and not the local variables of functions
    return Statement(
        first,
        last,
        uses=frozenset(uses | (changes - stores)),
        defines=frozenset(stores | (imports & {STAR})),
        changes=frozenset(changes - stores),
        imports=frozenset(imports & (stores | {STAR})),
        modules=frozenset(modules),
    )


def _table(group: list[ast.stmt], text: str) -> symtable.SymbolTable:
    """The symbol table of statements; their lines alone do not parse where one ends in a backslash."""
    try:
        return symtable.symtable(text, "<cell>", "exec")
    except SyntaxError:
        return symtable.symtable(ast.unparse(ast.Module(group, [])), "<cell>", "exec")


def _table_names(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The global names that a scope and those inside it read, and those that they bind."""
    uses: set[str] = set()
    stores: set[str] = set()
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if not top and not symbol.is_global():
            continue
        if symbol.is_referenced():
            uses.add(symbol.get_name())
        if symbol.is_assigned() or symbol.is_imported() or (top and symbol.is_namespace()):
            stores.add(symbol.get_name())
    for child in table.get_children():
        inner_uses, inner_stores = _table_names(child)
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


def _bound_first(group: list[ast.stmt]) -> set[str]:
    """Names that these statements bind before they read them: loop variables, `with … as`, temporaries."""
    stored_first: dict[str, bool] = {}
    for node in group:
        for name, stored in _events(node):
            stored_first.setdefault(name, stored)
    return {name for name, first in stored_first.items() if first}


def _events(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Each name at the top scope in the order of evaluation, with whether it is bound (or else read)."""
    match node:
        case ast.Name(id=name, ctx=context):
            yield name, isinstance(context, ast.Store)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, False
            yield from _events(value)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name, True
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0], True
        case ast.MatchAs(name=str(name), pattern=pattern):
            yield from _events(pattern) if pattern else ()
            yield name, True
        case ast.MatchStar(name=str(name)):
            yield name, True
        case ast.MatchMapping(patterns=patterns, rest=str(name)):
            for part in patterns:
                yield from _events(part)
            yield name, True
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return
        case ast.ExceptHandler(name=str(name), body=body):
            yield name, True
            for inner in body:
                yield from _events(inner)
        case _:
            for child in _evaluated(node):
                yield from _events(child)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node, what is computed before what it is bound to."""
    children = list(ast.iter_child_nodes(node))
    bound = {id(n) for n in _targets(node)}
    first = getattr(node, "iter", None) or getattr(node, "value", None)
    if bound and first is not None:
        yield first
        bound.add(id(first))
        yield from _targets(node)
    yield from (child for child in children if id(child) not in bound)


def _targets(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Assign):
        return list(node.targets)
    if isinstance(node, ast.For | ast.AsyncFor | ast.AnnAssign | ast.NamedExpr):
        return [node.target]
    return []


def _import(node: ast.Import | ast.ImportFrom, imports: set[str], modules: set[str]) -> None:
    for alias in node.names:
        imports.add(alias.asname or alias.name.partition(".")[0])
        if isinstance(node, ast.Import):
            modules.add(alias.name.partition(".")[0])
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        modules.add(node.module.partition(".")[0])


def _changed(node: ast.AST) -> set[str]:
    """Names whose object a node changes in place, as far as its form tells."""
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _base(node)
        case ast.AugAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Expr(value=ast.Call() as call):
            return _changed_by_call(call)
        case ast.Expr(value=ast.Await(value=ast.Call() as call)):
            return _changed_by_call(call)
    return set()


def _augmented(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that augmented assignments read; symbol tables know them as bound only."""
    targets = (node.target for node in nodes if isinstance(node, ast.AugAssign))
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _changed_by_call(call: ast.Call) -> set[str]:
    """A call whose value is thrown away or shown is made for what it does to its object and arguments."""
    if isinstance(call.func, ast.Name) and call.func.id in _QUIET:
        return set()
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PURE:
        return set()
    found = _base(call.func) if isinstance(call.func, ast.Attribute) else set()
    return found | {argument.id for argument in call.args if isinstance(argument, ast.Name)}


def _base(node: ast.AST) -> set[str]:
    """The name at the root of `name.attribute[index].method()…`; what a plain function gives is not the function."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return set()
    return {node.id} if isinstance(node, ast.Name) and node.id != "get_ipython" else set()
