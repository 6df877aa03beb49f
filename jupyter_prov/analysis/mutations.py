"""Which names' objects a piece of source changes in place, as far as its form tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prov.record.quiet_parser import parse

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
_CHANGING = frozenset(
    (
        "append extend insert pop popitem remove clear sort reverse update setdefault add discard fill "
        "appendleft popleft extendleft rotate partial_fit fit fit_transform fit_predict put get_nowait writelines"
    ).split()
)
"""Methods that change their object, whatever is done with what they give."""
_EXPANDED = re.compile(r"\{([^{}]+)\}|\$(\w+)")
_EXPANDING = frozenset({"system", "getoutput", "run_line_magic"})


def changed(node: ast.AST) -> set[str]:
    """Names whose object a node changes in place, not looking into its children."""
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _base(node)
        case ast.AugAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            return _changed_by_call(call)
        case ast.Call(func=ast.Attribute(attr=method) as function) if method in _CHANGING:
            return _base(function)
        case ast.Call(func=ast.Name(id="next" | "setattr" | "delattr"), args=[first, *_]):
            return _base(first) if isinstance(first, ast.Attribute | ast.Subscript) else _name(first)
    return set()


def _changed_by_call(call: ast.Call) -> set[str]:
    """A call whose value is thrown away or shown is made for what it does to its object and arguments."""
    if isinstance(call.func, ast.Name) and call.func.id in _QUIET:
        return set()
    if isinstance(call.func, ast.Attribute) and call.func.attr in _PURE:
        return set()
    if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGING:
        return _base(call.func)
    found = _base(call.func) if isinstance(call.func, ast.Attribute) else set()
    return found.union(*(_name(argument) for argument in call.args))


def _name(node: ast.AST) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) else set()


def _base(node: ast.AST) -> set[str]:
    """The name at the root of `name.attribute[index].method()…`; what a plain function gives is not the function."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return set()
    return _name(node) - {"get_ipython"}


def expanded(node: ast.AST) -> Iterator[str]:
    """Names that IPython puts into a command or a magic's line: `!head -n {rows} $path`."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method)) if (
            method in _EXPANDING
        ):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            for braced, plain in _EXPANDED.findall(" ".join(texts)):
                yield from _names_in(braced) if braced else [plain]


def _names_in(expression: str) -> Iterator[str]:
    try:
        tree = parse(expression.partition("!")[0].strip(), "eval")
    except (SyntaxError, ValueError):
        return
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
