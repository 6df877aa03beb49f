"""In which order a statement reads, binds and deletes the names of its own scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

READ, BIND, DELETE = "read", "bind", "delete"
Event = tuple[str, str]
_SILENT = frozenset({
    *(ast.Constant, ast.Pass, ast.Break, ast.Continue),
    *ast.expr_context.__subclasses__(),
    *(kind for base in (ast.operator, ast.unaryop, ast.boolop, ast.cmpop) for kind in base.__subclasses__()),
})  # fmt: skip
"""Nodes in which no name can stand."""
_BRANCHING = (
    ast.If, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try
)  # fmt: skip


def events(node: ast.AST) -> Iterator[Event]:
    """Each name of the scope around a node, in the order of evaluation; bodies of functions are not evaluated."""
    if type(node) in _SILENT:
        return
    match node:
        case ast.Name(id=name, ctx=context):
            yield name, BIND if isinstance(context, ast.Store) else DELETE if isinstance(context, ast.Del) else READ
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, READ
            yield from events(value)
            yield name, BIND
        case ast.AnnAssign(value=None):
            yield from _reads(node)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _all([*node.decorator_list, node.args, *([node.returns] if node.returns else [])])
            yield node.name, BIND
        case ast.ClassDef():
            yield from _all([*node.decorator_list, *node.bases, *node.keywords])
            yield from _class_body(node)
            yield node.name, BIND
        case ast.Lambda():
            yield from events(node.args)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _comprehension(node)
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0], BIND
        case _:
            yield from _of_patterns(node)


def _of_patterns(node: ast.AST) -> Iterator[Event]:
    match node:
        case ast.MatchAs(name=str(name), pattern=pattern):
            yield from events(pattern) if pattern else ()
            yield name, BIND
        case ast.MatchStar(name=str(name)):
            yield name, BIND
        case ast.MatchMapping(rest=str(name)):
            yield from _all([*node.keys, *node.patterns])
            yield name, BIND
        case ast.ExceptHandler(name=str(name), body=body):
            yield from events(node.type) if node.type else ()
            yield name, BIND
            yield from _all(body)
        case _:
            yield from _all(_evaluated(node))


def _all(nodes: Iterable[ast.AST]) -> Iterator[Event]:
    for node in nodes:
        yield from events(node)


def _reads(node: ast.AST) -> Iterator[Event]:
    return ((name, kind) for name, kind in _all(ast.iter_child_nodes(node)) if kind == READ)


def _class_body(node: ast.ClassDef) -> Iterator[Event]:
    """What a class body reads from around it: what it binds is its own."""
    own: set[str] = set()
    for name, kind in _all(node.body):
        if kind == BIND:
            own.add(name)
        elif kind == READ and name not in own:
            yield name, kind


def _comprehension(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Iterator[Event]:
    """The first iterable belongs to the scope around; of the rest, what is no loop variable, and `:=`."""
    yield from events(node.generators[0].iter)
    own = {name for part in node.generators for name, kind in events(part.target) if kind == BIND}
    inner: list[ast.AST] = []
    for part in node.generators:
        inner += [part.iter, *part.ifs] if part is not node.generators[0] else part.ifs
    inner += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    yield from ((name, kind) for name, kind in _all(inner) if name not in own)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node, what is computed before what it is bound to."""
    children = [child for child in ast.iter_child_nodes(node) if type(child) not in _SILENT]
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


def bound_first(happened: Iterable[Event]) -> set[str]:
    """Names that are bound before they are read: loop variables, `with … as`, temporaries."""
    first: dict[str, str] = {}
    for name, kind in happened:
        first.setdefault(name, kind)
    return {name for name, kind in first.items() if kind == BIND}


def branches(nodes: Iterable[ast.AST]) -> bool:
    """Whether some of these statements may run otherwise than from first to last."""
    return any(isinstance(node, _BRANCHING) for node in nodes)


def read_unbound(nodes: Iterable[ast.AST], bound: set[str]) -> tuple[set[str], set[str]]:
    """Names that are read where they need not have been bound before, and those that are bound in the end.

    `bound` are those bound at the start. Loops are taken to run at least once, and `try` to go well.
    """
    reads: set[str] = set()
    for node in nodes:
        found: list[set[str]] = []
        match node:
            case ast.If():
                first, start = _in_line([node.test], bound)
                ends = [read_unbound(branch, start) for branch in (node.body, node.orelse)]
                found, bound = [first, *(r for r, _ in ends)], ends[0][1] & ends[1][1]
            case ast.Match():
                first, start = _in_line([node.subject], bound)
                ends = [_of_case(case, start) for case in node.cases]
                left = [end for _, end in ends] if _exhaustive(node) else [*(end for _, end in ends), start]
                found, bound = [first, *(r for r, _ in ends)], set.intersection(*left)
            case ast.For() | ast.AsyncFor() | ast.While() | ast.With() | ast.AsyncWith() | ast.Try():
                head = [getattr(node, name) for name in ("iter", "target", "test") if hasattr(node, name)]
                first, start = _in_line([*head, *getattr(node, "items", ())], bound)
                found.append(first)
                for name in ("body", "orelse", "finalbody"):
                    inner, start = read_unbound(getattr(node, name, ()), start)
                    found.append(inner)
                found += [_in_line([handler], bound)[0] for handler in getattr(node, "handlers", ())]
                bound = start
            case _:
                first, bound = _in_line([node], bound)
                found.append(first)
        reads.update(*found)
    return reads, bound


def _of_case(case: ast.match_case, bound: set[str]) -> tuple[set[str], set[str]]:
    first, start = _in_line([case.pattern, *([case.guard] if case.guard else [])], bound)
    inner, end = read_unbound(case.body, start)
    return first | inner, end


def _in_line(nodes: Iterable[ast.AST], bound: set[str]) -> tuple[set[str], set[str]]:
    """The same for nodes in which nothing branches."""
    return in_order(_all(nodes), bound)


def in_order(happened: Iterable[Event], bound: Iterable[str] = ()) -> tuple[set[str], set[str]]:
    """The same for what happens one after the other."""
    reads, now_bound = set[str](), set(bound)
    for name, kind in happened:
        if kind == BIND:
            now_bound.add(name)
        elif kind == DELETE:
            now_bound.discard(name)
        elif name not in now_bound:
            reads.add(name)
    return reads, now_bound


def deleted_last(happened: Iterable[Event]) -> set[str]:
    """Names that are left without a value."""
    last = dict(event for event in happened if event[1] != READ)
    return {name for name, kind in last.items() if kind == DELETE}


def now(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes and all within them, but for the bodies of functions, which run when they are called."""
    for node in nodes:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from now([*node.decorator_list, node.args])
        elif isinstance(node, ast.Lambda):
            yield from now([node.args])
        else:
            yield from now(ast.iter_child_nodes(node))


def surely_bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are bound whichever way the execution takes: not in one branch of an `if` alone.

    Loops are taken to run at least once, and `try` to go well.
    """
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.If():
                found |= _bound([node.test]) | (surely_bound(node.body) & surely_bound(node.orelse))
            case ast.Match():
                branches = [surely_bound(case.body) for case in node.cases]
                found |= _bound([node.subject]) | (set.intersection(*branches) if _exhaustive(node) else set())
            case ast.For() | ast.AsyncFor():
                found |= _bound([node.iter, node.target]) | surely_bound(node.body)
            case ast.While():
                found |= _bound([node.test]) | surely_bound(node.body)
            case ast.With() | ast.AsyncWith():
                found |= _bound(node.items) | surely_bound(node.body)
            case ast.Try():
                found |= surely_bound([*node.body, *node.orelse, *node.finalbody])
            case _:
                found |= _bound([node])
    return found


def bound_in(happened: Iterable[Event]) -> set[str]:
    """Names that are bound at some time."""
    return {name for name, kind in happened if kind == BIND}


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    return bound_in(_all(nodes))


def _exhaustive(node: ast.Match) -> bool:
    last = node.cases[-1]
    return last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
