"""Templates of notebooks that differ when they are re-run, each with the truth about why.

A *source* is an expression whose value is another in a re-run, with its kind; a *way* is how that value travels to
the cell that shows it. Every source goes every way. A third of both is held out: these were written before anything
was tuned, and are counted apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Files = dict[str, str]
Truth = dict[str, set[tuple[str, int]]]
CSV = "city,temp\nOslo,4.5\nCairo,29.0\n"


@dataclass(frozen=True)
class Source:
    """A value that comes out otherwise in a re-run."""

    name: str
    kind: str
    expression: str
    imports: str
    files: Files = field(default_factory=dict)
    changed: Files = field(default_factory=dict)
    """Files as they are when the notebook is checked."""
    environ: dict[str, str] = field(default_factory=dict)
    """Variables that are set when the notebook is worked in, and not when it is checked."""
    served: tuple[str, str] = ("", "")
    """What a server answers when the notebook is worked in, and when it is checked; URL is its address."""
    versions: tuple[str, str, str] = ("", "", "")
    """A distribution, the version that the notebook is worked in with, and the one with which it is checked."""
    root: int | None = None
    """The cell where the difference comes in, if not where the expression is evaluated."""
    held_out: bool = False


@dataclass(frozen=True)
class Way:
    """How a value gets from where it comes in to the cell that shows it; the first cell imports."""

    name: str
    cells: Callable[[str], list[str]]
    root: int
    shows: int
    held_out: bool = False


@dataclass
class Planted:
    """A notebook to act: its cells, the order in which they are run, and the truth."""

    name: str
    cells: dict[str, str]
    truth: Truth
    kinds: tuple[str, ...]
    order: list[str] = field(default_factory=list)
    """All cells from top to bottom, if it is empty."""
    typed: dict[str, str] = field(default_factory=dict)
    """The text that some cells had when they were run."""
    gone: list[str] = field(default_factory=list)
    """Cells that were run and are no longer in the notebook."""
    files: Files = field(default_factory=dict)
    changed: Files = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    served: tuple[str, str] = ("", "")
    versions: tuple[str, str, str] = ("", "", "")
    held_out: bool = False


R, C = "random", "clock"
SOURCES = [
    Source("random", R, "random.random()", "import random"),
    Source("choice", R, "random.choice(range(10**9))", "import random", held_out=True),
    Source("Random", R, "random.Random().random()", "import random"),
    Source("numpy", R, "float(np.random.rand())", "import numpy as np"),
    Source("default_rng", R, "int(np.random.default_rng().integers(10**12))", "import numpy as np", held_out=True),
    Source("sample", R, "pd.Series(range(10**6)).sample(3).tolist()", "import pandas as pd"),
    Source("split", R, "split(range(10**4))[0][:4]", "from sklearn.model_selection import train_test_split as split"),
    Source("uuid", R, "uuid.uuid4().hex", "import uuid"),
    Source("secrets", R, "secrets.token_hex(8)", "import secrets", held_out=True),
    Source("time", C, "time.time()", "import time"),
    Source("now", C, "datetime.datetime.now().isoformat()", "import datetime", held_out=True),
    Source("timestamp", C, "pd.Timestamp.now().isoformat()", "import pandas as pd"),
    Source("perf_counter", C, "time.perf_counter()", "import time"),
    Source("csv", "data", "open('d.csv').read()", "", {"d.csv": CSV}, {"d.csv": CSV.replace("4.5", "5.5")}),
    Source("pandas", "data", "float(pd.read_csv('d.csv').temp[0])", "import pandas as pd",
           {"d.csv": CSV}, {"d.csv": CSV.replace("4.5", "5.5")}, held_out=True),
    Source("json", "data", "json.load(open('d.json'))['a']", "import json",
           {"d.json": '{"a": 1}'}, {"d.json": '{"a": 2}'}),
    Source("helper", "code", "helper.answer()", "import helper", {"helper.py": "def answer():\n    return 42\n"},
           {"helper.py": "def answer():\n    return 43\n"}, root=0),
    Source("constant", "code", "table.T['a']", "import table", {"table.py": "T = {'a': 1}\n"},
           {"table.py": "T = {'a': 2}\n"}, root=0, held_out=True),
    Source("variable", "environment", "os.environ.get('PLANTED', 'none')", "import os", environ={"PLANTED": "yes"}),
    Source("pid", "environment", "os.getpid()", "import os"),
    Source("urlopen", "network", "urllib.request.urlopen('URL').read().decode()", "import urllib.request",
           served=("a,b\n1,2\n", "a,b\n1,3\n")),
    Source("read_csv", "network", "int(pd.read_csv('URL').b[0])", "import pandas as pd",
           served=("a,b\n1,2\n", "a,b\n1,3\n"), held_out=True),
    Source("version", "package", "humanize.__version__", "import humanize",
           versions=("humanize", "4.9.0", "4.12.0"), root=0),
    Source("version of two", "package", "toolz.__version__", "import json, toolz",
           versions=("toolz", "0.12.0", "1.0.0"), root=0, held_out=True),
    Source("set", "hash-seed", "list({'a%d' % i for i in range(40)})", ""),
    Source("hash", "hash-seed", "hash('a word')", "", held_out=True),
]  # fmt: skip
WAYS = [
    Way("direct", lambda e: [e], 1, 1),
    Way("printed", lambda e: ["quiet = 1", f"print({e})"], 2, 2),
    Way("variable", lambda e: [f"x = {e}", "y = 1", "x"], 1, 3),
    Way("chain", lambda e: [f"x = {e}", "y = [x, x]", "z = str(y)", "print('text')", "z"], 1, 5, held_out=True),
    Way("function", lambda e: [f"def f():\n    return {e}", "v = f()", "v"], 2, 3),
    Way("class", lambda e: [f"class A:\n    def __init__(self):\n        self.v = {e}", "a = A()", "a.v"], 2, 3),
    Way("in place", lambda e: ["found = []", f"found.append({e})", "len(found)", "found"], 2, 4, held_out=True),
    Way("file",
        lambda e: [f"with open('o.txt', 'w') as o:\n    _ = o.write(str({e}))", "t = open('o.txt').read()", "t"], 1, 3),
    Way("frame",
        lambda e: ["import pandas as p\nf = p.DataFrame({'a': [1, 2]})", f"f['b'] = str({e})", "f"], 2, 3,
        held_out=True),
]  # fmt: skip
RACE = """import threading, time
out = []
def work(n):
    for _ in range(60):
        time.sleep(0.0003)
        out.append(n)
ts = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[t.start() for t in ts]; [t.join() for t in ts];"""
POOL = """import concurrent.futures as cf, time
def work(n):
    time.sleep(0.001 * ((n * 7919) % 5))
    return n
with cf.ThreadPoolExecutor(8) as pool:
    done = [f.result() for f in cf.as_completed([pool.submit(work, n) for n in range(60)])]"""


UNORDERED = """import multiprocessing.pool as mp, time
def work(n):
    time.sleep(0.001 * ((n * 7919) % 5))
    return n
with mp.ThreadPool(8) as pool:
    done = list(pool.imap_unordered(work, range(60)))"""
QUEUE = """import queue, threading, time
todo, done = queue.Queue(), []
for n in range(60): todo.put(n)
def work():
    while not todo.empty():
        n = todo.get()
        time.sleep(0.001 * ((n * 7919) % 5))
        done.append(n)
ts = [threading.Thread(target=work) for _ in range(6)]
[t.start() for t in ts]; [t.join() for t in ts];"""


def every() -> Iterator[Planted]:
    """All of them."""
    for source, way in itertools.product(SOURCES, WAYS):
        if not (source.versions[0] and way.name == "frame"):  # there is no pandas in such an environment
            yield _alone(source, way)
    yield from _mixed()
    yield from _ordered()
    yield from _raced()


def _alone(source: Source, way: Way) -> Planted:
    cells = _named([source.imports or "1", *way.cells(source.expression)])
    root = way.root if source.root is None else source.root
    return Planted(
        f"{source.kind}: {source.name}, {way.name}",
        cells,
        {f"c{way.shows}": {(source.kind, root)}},
        (source.kind,),
        files=source.files,
        changed=source.changed,
        environ=source.environ,
        served=source.served,
        versions=source.versions,
        held_out=source.held_out or way.held_out,
    )


def _named(cells: list[str]) -> dict[str, str]:
    return {f"c{number}": text for number, text in enumerate(cells)}


def _mixed() -> Iterator[Planted]:
    """Two causes in one cell."""
    chosen = [
        source for source in SOURCES if source.name in ("random", "numpy", "time", "csv", "helper", "set", "uuid")
    ]
    for number, (one, other) in enumerate(itertools.combinations(chosen, 2)):
        if one.kind != other.kind:
            cells = ["\n".join(filter(None, (one.imports, other.imports))) or "1"]
            cells += [f"x = {one.expression}", f"y = {other.expression}", "x, y"]
            truth = {(one.kind, 1 if one.root is None else 0), (other.kind, 2 if other.root is None else 0)}
            yield Planted(
                f"two: {one.name} and {other.name}", _named(cells), {"c3": truth}, (one.kind, other.kind),
                files=one.files | other.files, changed=one.changed | other.changed, held_out=number % 3 == 0,
            )  # fmt: skip


def _ordered() -> Iterator[Planted]:
    def planted(
        name: str, cells: list[str], shows: int, root: int, held_out: bool = False, **more: list[str]
    ) -> Planted:
        typed = {"c0": "n = 1"} if name == "edited" else {"gone": "z = 3"} if "gone" in more.get("order", ()) else {}
        truth = {f"c{shows}": {("order", root)}}
        return Planted(f"order: {name}", _named(cells), truth, ("order",), typed=typed, held_out=held_out, **more)

    yield planted("twice", ["n = 1", "n = n + 1", "n"], 2, 1, order=["c0", "c1", "c1", "c2"])
    yield planted("appended twice", ["l = []", "l.append(1)", "l"], 2, 1, True, order=["c0", "c1", "c1", "c2"])
    yield planted("backwards", ["y", "y = 5"], 0, 0, order=["c1", "c0"])
    yield planted("function defined below", ["f()", "def f():\n    return 1"], 0, 0, order=["c1", "c0"])
    yield planted("edited", ["n = 2", "n"], 1, 0, order=["c0", "c1"])
    yield planted("deleted", ["print(z)"], 0, 0, order=["gone", "c0"], gone=["gone"])
    yield planted("overwritten below", ["x = 1", "x", "x = 2"], 1, 1, True, order=["c0", "c2", "c1"])
    yield planted("import below", ["math.pi", "import math"], 0, 0, order=["c1", "c0"])
    twice = ["c0", "c1", "c1", "c2"]
    frame = "import pandas as pd\nf = pd.DataFrame({'a': [1, 2]})"
    precision = "pd.set_option('display.precision', 2)"
    yield planted("class changed below", ["class A:\n    v = 1", "a = A()", "a.v", "A.v = 2"], 2, 3,
                  order=["c0", "c1", "c3", "c2"])  # fmt: skip
    yield planted("dict updated twice", ["d = {'n': 1}", "d['n'] *= 3", "d"], 2, 1, order=twice)
    yield planted("column changed twice", [frame, "f['a'] += 1", "f"], 2, 1, True, order=twice)
    yield planted("name deleted below", ["x = 1", "del x", "x"], 2, 2, order=["c0", "c2"])
    yield planted("option set below", ["import pandas as pd", "pd.Series([1 / 3])", precision], 1, 2,
                  order=["c0", "c2", "c1"])  # fmt: skip
    rows = ["rows = [[1], [2]]", "for row in rows:\n    row.append(0)", "rows"]
    yield planted("loop over rows twice", rows, 2, 1, True, order=twice)
    yield planted("later value", ["x = 1", "y = x * 10", "y", "x = 7"], 2, 1, order=["c0", "c3", "c1", "c2"])


def _raced() -> Iterator[Planted]:
    cells = (("threads", RACE), ("as completed", POOL), ("imap_unordered", UNORDERED), ("queue", QUEUE))
    for number, (name, cell) in enumerate(cells):
        shown = "''.join(map(str, out))[:60]" if name == "threads" else "done"
        truth = {"c1": {("concurrency", 0)}}
        yield Planted(f"concurrency: {name}", _named([cell, shown, "1"]), truth, ("concurrency",), held_out=number == 1)
