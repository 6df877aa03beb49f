"""Which names a cell uses, defines and changes."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_prov.analysis.cell_source import python_of
from jupyter_prov.analysis.effects import Functions
from jupyter_prov.analysis.names import names, statements
from jupyter_prov.analysis.statement import STAR, Names


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
        ("def f():\n    global counter\n    counter = 1", "", "f"),
        ("def f():\n    global counter\n    counter = 1\nf()", "counter", "f"),
        ("def f():\n    def g():\n        global n\n        n = k\n    g()", "k", "f"),
        ("x = [i for i in x]", "x", "x"),
        ("b = (lambda a=b: a)", "b", "b"),
        ("b = (lambda: b)", "", "b"),
        ("@f\ndef f():\n    pass", "f", "f"),
        ("def f(a=f) -> f:\n    pass", "f", "f"),
        ("class A(A):\n    x = x\n    y = x", "A x", "A"),
        ("class A:\n    x = y\n    y = 1\n    z = y", "y", "A"),
        ("class A:\n    def m(self):\n        global n\n        n = 1", "", "A"),
        ("class A:\n    def __init__(self):\n        global n\n        n = 1\nA()", "n", "A"),
        ("class A:\n    global n\n    n = 1", "", "A n"),
        ("def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = 2\n    return g", "", "f"),
        ("global x\nx = 1", "", "x"),
        ("x: int", "int", ""),
        ("x: int\nx = 1", "int", "x"),
        ("if ready:\n    x = 1\nprint(x)", "ready print x", "x"),
        ("if ready:\n    x = 1\nelse:\n    x = 2\nprint(x)", "ready print", "x"),
        ("match p:\n    case 1:\n        x = 1\n    case _:\n        x = 2\nx", "p", "x"),
        ("match p:\n    case 1:\n        x = 1\nx", "p x", "x"),
        ("for i in s:\n    t = i\nt", "s", "i t"),
        ("s = [k for k in a if (z := k)]", "a", "s z"),
        ("[y := f(x), y ** 2]", "f x", "y"),
        ("{k: v for k, v in z.items() if (last := k)}", "z", "last"),
        ("[[y for y in x] for x in x]", "x", ""),
        ("rows = [(x, y) for x in a for y in x]", "a", "rows"),
        ("f'{a:{b}}' f'{c!r}'", "a b c", ""),
        ("lambda *a, **k: (a, k, z)", "z", ""),
        ("x = 1\ndel x\nx", "x", ""),
        ("for i in a:\n    pass\ndel i", "a", ""),
        ("with a as b, c(b) as d:\n    e = d", "a c", "b d e"),
        ("try:\n    x = f()\nfinally:\n    y = x", "f", "x y"),
        ("async with a as b:\n    pass\nc = [d async for d in b]", "a", "b c"),
        ("class A(Base):\n    x = y\n    def m(self):\n        return z", "Base y z", "A"),
        ("@decorate(k)\ndef f():\n    pass", "decorate k", "f"),
        ("@decorate\nclass A:\n    pass", "decorate", "A"),
        ("del x", "x", ""),
        ("del x.a, y[0]", "x y", ""),
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
        ("y = x.append(1)", "x"),
        ("last = x.stack.pop()", "x"),
        ("first = next(x)", "x"),
        ("setattr(x, 'a', 1)", "x"),
        ("model = x.fit(data)", "x"),
        ("y = x.sum()", ""),
        ("x = []\nitems = [x.append(i) for i in y]", ""),
        ("def f():\n    x.append(1)", ""),
        ("def f():\n    x.append(1)\nf()", "x"),
        ("def f():\n    g()\ndef g():\n    x['a'] = 1\ny = f()", "x"),
        ("add = lambda: x.append(1)\nadd()", "x"),
        ("def f():\n    x.append(1)\nf = len\nf(y)", "y"),
        ("def f():\n    x = []\n    x.append(1)\nf()", ""),
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


@pytest.mark.parametrize(
    ("source", "deletes"),
    [
        ("del x", "x"),
        ("x = 1\ndel x", "x"),
        ("del x\nx = 1", ""),
        ("x = 1; del x", "x"),
        ("del x; x = 1", ""),
        ("for i in a:\n    t = i\n    del t", "t"),
        ("if a:\n    del x, y", "x y"),
        ("def f():\n    x = 1\n    del x", ""),
        ("del x['a'], x.b", ""),
    ],
)
def test_deletions(source: str, deletes: str) -> None:
    found = of(source)
    assert found.deletes == set(deletes.split())
    assert not found.deletes & found.defines


def test_functions_of_earlier_cells_do_what_they_do_when_called() -> None:
    functions = Functions()
    assert names(statements("def add():\n    items.append(k)"), functions).changes == set()
    called = names(statements("add()"), functions)
    assert (called.uses, called.changes) == ({"add", "items", "k"}, {"items"})
    assert names(statements("other = add"), functions).uses >= {"add"}
    assert names(statements("def add():\n    pass"), functions).changes == set()
    assert names(statements("add()"), functions).changes == set()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    ("source", "uses", "defines"),
    [
        ("type X = list[Y]", "list Y", "X"),
        ("type X[T] = list[T] | Y", "list Y", "X"),
        ("def f[T](x: T) -> T:\n    return g(x)", "g", "f"),
        ("def f[T: Base](x: T = d) -> list[T]:\n    return x", "Base d list", "f"),
        ("class A[T](Base):\n    x: T = y", "Base y", "A"),
        ("f'{a['k']}'", "a", ""),
    ],
)
def test_type_parameters(source: str, uses: str, defines: str) -> None:
    found = of(source)
    assert (found.uses, found.defines) == (set(uses.split()), set(defines.split()))


def test_star_import_is_known_as_such() -> None:
    found = of("from numpy import *")
    assert (found.imports, found.modules) == ({STAR}, {"numpy"})
    assert [part.stars for part in statements("from numpy import *\nfrom . import *")] == [{"numpy"}, {"."}]


@pytest.mark.parametrize(("source", "hashes"), [("{1, x}", 1), ("{a for a in b}", 1), ("f(set(x))", 1), ("hash(x)", 1),
                                                ("{}", 0), ("{1: 2}", 0), ("x.set()", 0), ("set = 1", 0)])  # fmt: skip
def test_sets_and_hashes_are_noticed(source: str, hashes: int) -> None:
    assert statements(source)[0].hashes == bool(hashes)


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
        ("!head -n {rows + 1} $path", "get_ipython rows path", ""),
        ("out = !cat {names[0]!r} '{'", "get_ipython names", "out"),
        ("%cd $folder", "get_ipython folder", ""),
        ("t = %timeit -o f(x)", "get_ipython", "t"),
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
        "a = [a for b in a]", "a = lambda b=a: b", "{a: b for a in b for b in a}", "[a := b, a]", "b()", "del a, b",
        "x: a",
    ]
)  # fmt: skip
COMPOUND = st.sampled_from(
    [
        "if a:{}", "for a in b:{}", "while a:{}", "with a as b:{}", "try:{}finally:\n    c", "def a(b, *c, d=e):{}",
        "class a(b):{}", "async def a():{}", "match a:\n  case b:{}", "for a in b:{}else:\n    d",
        "try:{}except (a, b) as c:\n    d", "def a(b=c):{}", "@a\nclass a(a):{}",
        "@a\ndef b():{}", "match a:\n  case [b, *c] | {{'k': [b, *c]}}:{}",
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
@settings(max_examples=300)
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


class Anything:
    """Whatever a name may stand for in a source that hypothesis wrote."""

    answers = itertools.cycle([True, False, False])

    def __call__(self, *_: object, **__: object) -> Anything:
        return self

    __getattr__ = __getitem__ = __enter__ = __add__ = __iadd__ = lambda self, *_: Anything()

    def __setattr__(self, *_: object) -> None: ...

    __setitem__ = __delitem__ = __delattr__ = __setattr__

    def __exit__(self, *_: object) -> bool:
        return False

    def __iter__(self) -> Iterator[Anything]:
        return iter((Anything(), Anything()))

    def __bool__(self) -> bool:
        return next(self.answers)


class Watched(dict[str, object]):
    """A namespace in which every name is there, and that notes what is asked of it."""

    def __init__(self) -> None:
        made = {"__build_class__": __build_class__, "print": print, "__import__": lambda *_, **__: Anything()}
        super().__init__(__builtins__=made)
        self.read: set[str] = set()
        self.stored: set[str] = set()
        self.deleted: set[str] = set()

    def __getitem__(self, name: str) -> object:
        if name not in self.stored | self.deleted:  # what was deleted here cannot be read
            self.read.add(name)
        return super().__getitem__(name) if name in self else Anything()

    def __setitem__(self, name: str, value: object) -> None:
        self.stored.add(name)
        self.deleted.discard(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.read |= {name} - self.stored - self.deleted
        self.stored.discard(name)
        self.deleted.add(name)
        self.pop(name, None)


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@given(SOURCES.filter(lambda source: _compiles(source) and not re.search("while|global", source)))
@settings(max_examples=300)
def test_what_really_happens_is_among_what_is_known(source: str) -> None:
    """Names that an execution reads, binds and deletes are those that its source is said to."""
    try:
        code = compile(source, "<cell>", "exec", dont_inherit=True)
    except SyntaxError:  # top-level await
        return
    space, Anything.answers = Watched(), itertools.cycle([True, False, False])
    with contextlib.suppress(Exception), contextlib.redirect_stdout(None):
        exec(code, space)
    total = names(statements(source))
    plain = {name for name in space.read if not name.startswith("__")}
    errors = {n.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ExceptHandler)}
    failed = total.defines | total.deletes if "try:" in source else set()  # what is read after a binding went wrong
    assert plain - {"print"} - failed <= total.uses
    assert space.stored - {"__annotations__", "__conditional_annotations__"} <= total.defines | total.deletes
    assert space.deleted - errors <= total.deletes | total.defines


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if a:\n    if b:\n        c = 1\n    d = c", {"a", "b", "c"}),
        ("if a:\n    match a:\n        case [b]:\n            pass\n    d = b", {"a", "b"}),
        ("if a:\n    if b:\n        c = 1\n    else:\n        c = 2\n    d = c", {"a", "b"}),
        ("for i in a:\n    c = i\n    d = c", {"a"}),
        ("with a as b:\n    c = b", {"a"}),
        ("try:\n    c = a\nfinally:\n    d = c", {"a"}),
    ],
)
def test_a_name_that_one_branch_alone_binds_may_be_read_from_elsewhere(source: str, expected: set[str]) -> None:
    assert names(statements(source)).uses == expected
