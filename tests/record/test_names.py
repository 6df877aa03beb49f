"""Which names a cell uses, defines and changes."""

from __future__ import annotations

import ast
import itertools
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_prov.record.body import python_of
from jupyter_prov.record.names import STAR, Names, names, statements


def of(source: str) -> Names:
    return names(statements(source))


def of_cell(source: str) -> Names:
    return of(TransformerManager().transform_cell(python_of(source)))


@pytest.mark.parametrize(
    ("source", "uses", "defines"),
    [
        ("y = x + 1", "x", "y"),
        ("y = 1; z = y", "", "y z"),
        ("z = y; y = 1", "y", "y z"),
        ("if ready:\n    y = x", "ready x", "y"),
        ("for i in items:\n    total = i", "items", "i total"),
        ("for i in i:\n    pass", "i", "i"),
        ("while n:\n    n = n - 1", "n", "n"),
        ("with open(p) as f:\n    text = f.read()", "open p", "f text"),
        ("with a as b, b.c as d:\n    pass", "a", "b d"),
        ("try:\n    v = risky()\nexcept OSError as error:\n    v = error", "risky OSError", "v error"),
        ("try:\n    import fast as m\nexcept ImportError:\n    m = None\nm.go", "ImportError", "m"),
        ("if (n := len(a)) > 1:\n    print(n)", "len a print", "n"),
        ("any((found := p) for p in ps)\nfound", "any ps", "found"),
        ("squares = [i * k for i in xs]", "k xs", "squares"),
        ("pairs = {a: b for a, b in d.items() if a in keep}", "d keep", "pairs"),
        ("x = [x for x in y if x]", "y", "x"),
        ("rows = [x for x in x]", "x", "rows"),
        ("rows = [[v for v in row if v] for row in table]", "table", "rows"),
        ("f = lambda a: a + b", "b", "f"),
        ("def f(a, b=default):\n    return a + g(b)", "default g", "f"),
        ("def f():\n    import json\n    return json", "", "f"),
        ("def f():\n    local = 1\n    return local", "", "f"),
        ("def f(df):\n    df['a'] = 1\n    df.b += 2", "", "f"),
        ("def f():\n    global counter\n    counter = 1", "", "counter f"),
        ("class A(Base):\n    x = y\n    def m(self):\n        return z", "Base y z", "A"),
        ("@decorate(k)\ndef f():\n    pass", "decorate k", "f"),
        ("@decorate\nclass A:\n    pass", "decorate", "A"),
        ("del x", "", "x"),
        ("x: int = y", "int y", "x"),
        ("a, (b, *c) = x", "x", "a b c"),
        ("x += 1", "x", "x"),
        ("x = 1; x += 1", "", "x"),
        ("for i in a:\n    total += i", "a total", "i total"),
        ("x[0] = y", "x y", ""),
        ("x.a.b = y", "x y", ""),
        ("import a.b, c as d", "", "a d"),
        ("from a import b as c", "", "c"),
        ("async def f():\n    await g()", "g", "f"),
        ("r = await f(x)", "f x", "r"),
        ("async with s as t:\n    u = t", "s", "t u"),
        ("async for i in agen():\n    last = i", "agen", "i last"),
        ("rows = [x async for x in gen()]", "gen", "rows"),
        (
            "match p:\n    case [a, *rest]:\n        b = a\n    case {'k': v, **more}:\n        b = v",
            "p",
            "a rest b v more",
        ),
        ("match p:\n    case Point(x=px) as whole:\n        q = px, whole", "p Point", "px whole q"),
        ("x = 1; \\\ny = x", "", "x y"),
        ("s = 'a\x0cb'\nt = s", "", "s t"),
        ("s = '\u2028 \x85 \x1c'\nt = u", "u", "s t"),
        ("s = '''one\r\ntwo'''\r\nt = s", "", "s t"),
        ("f'{x!r:{width}}'", "x width", ""),
    ],
)
def test_uses_and_defines(source: str, uses: str, defines: str) -> None:
    found = of(source)
    assert (found.uses, found.defines) == (set(uses.split()), set(defines.split()))


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x.append(1)", "x"),
        ("shuffle(x)", "x"),
        ("x.head()", ""),
        ("x.groupby('a').apply()", "x"),
        ("open('f', 'w').write(text)", "text"),
        ("f(x).a = 1", ""),
        ("print(x)", ""),
        ("y = x.append(1)", ""),
        ("x['a']['b'] = 1", "x"),
        ("del x['a']", "x"),
        ("x.a += 1", "x"),
        ("await x.fill()", "x"),
        ("x = []\nx.append(1)", ""),
        ("def f(x):\n    x.append(1)", ""),
    ],
)
def test_changes(source: str, changes: str) -> None:
    assert of(source).changes == set(changes.split())


def test_star_import_is_known_as_such() -> None:
    found = of("from numpy import *")
    assert (found.imports, found.modules) == ({STAR}, {"numpy"})


def test_relative_import_is_no_top_level_module() -> None:
    assert of("from . import helper").modules == set()


def test_an_import_that_is_assigned_over_is_no_import_any_more() -> None:
    assert of("import a\na = 1").imports == set()


def test_statements_on_one_line_stay_together() -> None:
    assert [(s.first, s.last) for s in statements("a = 1; b = 2\nc = (\n1\n); d = 3\n@e\ndef f():\n  pass")] == [
        (1, 1),
        (2, 4),
        (5, 7),
    ]


@pytest.mark.parametrize(
    ("cell", "uses", "defines"),
    [
        ("%time x = f(y)", "f y", "x"),
        ("%%time\nx = f(y)", "f y", "x"),
        ("%%capture out\nx = y", "y", "x"),
        ("%matplotlib inline\nx = y", "get_ipython y", "x"),
        ("files = !ls", "get_ipython", "files"),
        ("%%bash\necho $x", "get_ipython", ""),
        ("x?", "get_ipython", ""),
    ],
)
def test_ipython_syntax(cell: str, uses: str, defines: str) -> None:
    found = of_cell(cell)
    assert (found.uses, found.defines) == (set(uses.split()), set(defines.split()))


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%%time\nx = 1\n\ny = 2", [2, 4]),
        ("\n  \nx = 1\ny = 2", [3, 4]),
        ("\n%%time\n\n\nx = 1", [5]),
        ("\n    x = 1\n    y = 2", [2, 3]),
        ("\r\nx = 1", [2]),
        ("\n%%bash\nls", [1]),
        ("%%timeit\nx", [1]),
        ("%%time", []),
        ("", []),
    ],
)
def test_lines_are_those_of_the_cell_as_it_stands(cell: str, lines: list[int]) -> None:
    assert [s.first for s in statements(TransformerManager().transform_cell(python_of(cell)))] == lines


def test_syntax_errors_are_raised() -> None:
    with pytest.raises(SyntaxError):
        statements("x = (")


def _library_sources() -> list[Path]:
    folder = Path(ast.__file__).parent
    return sorted(p for p in folder.glob("*.py"))[:: 1 if sys.flags.dev_mode else 4]


@pytest.mark.parametrize("path", _library_sources(), ids=lambda p: p.name)
def test_real_sources_never_raise(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    parts = statements(source)
    assert all(one.last < other.first for one, other in itertools.pairwise(parts))


SIMPLE = st.sampled_from(
    [
        "a = b", "a += 1", "import a", "from a import b as c", "del a", "a.b = c", "a[b] = c", "a()", "a.b(c)",
        "global a", "(a := b)", "[a for b in c]", "lambda a: b", "assert a", "x: int", "x: int = a", "pass",
        "await a", "[b async for b in c]", "raise a", "print(f'{a}')", "...", "a, *b = c", "a = yield_ = b",
    ]
)  # fmt: skip
COMPOUND = st.sampled_from(
    [
        "if a:{}", "for a in b:{}", "while a:{}", "with a as b:{}", "try:{}finally:\n    c", "def a(b, *c, d=e):{}",
        "class a(b):{}", "async def a():{}", "match a:\n  case b:{}", "for a in b:{}else:\n    d",
        "try:{}except (a, b) as c:\n    d", "@a\ndef b():{}", "match a:\n  case [b, *c] | {{'k': [b, *c]}}:{}",
    ]
)  # fmt: skip


def _nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def indent(pair: tuple[str, list[str]]) -> str:
        lines = "\n".join(pair[1]).split("\n")
        return pair[0].format("\n" + "\n".join("    " + line for line in lines) + "\n")

    return st.tuples(COMPOUND, st.lists(inner, min_size=1, max_size=3)).map(indent)


SOURCES = st.lists(st.recursive(SIMPLE, _nest, max_leaves=6), max_size=5).flatmap(
    lambda parts: st.sampled_from(["\n", "; "]).map(
        lambda joint: (joint if all("\n" not in p for p in parts) else "\n").join(parts)
    )
)


def _compiles(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        return False
    return True


@given(SOURCES.filter(_compiles))
@settings(max_examples=300, deadline=None)
def test_whatever_compiles_has_statements(source: str) -> None:
    parts = statements(source)
    total = names(parts)
    assert total.imports <= total.defines
    bound = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    aliases = {(a.asname or a.name).partition(".")[0] for n in ast.walk(ast.parse(source))
               if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}  # fmt: skip
    named = {getattr(n, "name", None) or getattr(n, "rest", None) for n in ast.walk(ast.parse(source))}
    spelled = {x for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Global) for x in n.names}
    assert total.uses | total.defines <= bound | aliases | named | spelled
