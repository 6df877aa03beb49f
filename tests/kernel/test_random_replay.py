"""Randomness played back: a later session that is given the record draws the same values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.replaying import Ran, planned, rerunning, run
from tests.live import kernel

SETUP = """
import os, random, tempfile, threading, uuid
import numpy as np, pandas as pd
"""
CELLS = {
    "global": "print(random.random(), random.sample(range(10**9), 3), random.gauss(0, 1))",
    "gauss": "print(random.gauss(0, 1))  # the second of a pair, of which the state keeps one",
    "numpy": "print(np.random.rand(), np.random.normal(size=3), np.random.permutation(9))",
    "numpy-normal": "print(np.random.normal())",
    "many": "print(np.random.rand(100_000).sum(), sum(random.random() for _ in range(10_000)))",
    "two": "print(random.random(), np.random.rand())",
    "default_rng": "rng = np.random.default_rng(); print(rng.random(3), np.random.default_rng().integers(10**9))",
    "RandomState": "print(np.random.RandomState().rand(), np.random.RandomState(seed=None).rand())",
    "PCG64": "print(np.random.Generator(np.random.PCG64()).random(), np.random.SeedSequence().entropy)",
    "MT19937": "print(np.random.Generator(np.random.MT19937()).random())",
    "spawn": "print([np.random.default_rng(s).random() for s in np.random.SeedSequence().spawn(3)])",
    "Random": "r = random.Random(); print(r.random(), r.getrandbits(200), random.Random(None).random())",
    "subclass": "class R(random.Random):\n    pass\nprint(R().random(), R().sample(range(99), 3))",
    "uuid4": "print(uuid.uuid4(), [uuid.uuid4().hex for _ in range(300)])",
    "uuid1": "print(uuid.uuid1(), uuid.uuid1(clock_seq=3), uuid.uuid1().version)",
    "tempfile": "with tempfile.NamedTemporaryFile() as f, tempfile.TemporaryDirectory() as d:\n    print(f.name, d)",
    "reseeded": "print(random.random()); random.seed(); print(random.random())",
    "reseeded-twice": "random.seed(); print(random.random()); random.seed(None); print(random.random())",
    "numpy-reseeded": "print(np.random.rand()); np.random.seed(); print(np.random.rand())",
    "seeded-between": "print(random.random()); random.seed(3); print(random.random()); random.seed()",
    "numpy-seeded-between": "print(np.random.rand()); np.random.seed(3); print(np.random.rand()); np.random.seed()",
    "put-back": "kept = random.getstate(); print(random.random()); random.setstate(kept); print(random.random())",
    "kept-first": "kept = np.random.get_state(); np.random.seed(1); np.random.rand(); np.random.set_state(kept)\n"
    "print(np.random.rand())",
    "pandas": "print(pd.DataFrame({'a': range(1000)}).sample(5).index.tolist())",
    "loop": "for i in range(50):\n    print(np.random.default_rng().random(), random.Random().random(), uuid.uuid4())",
    "function": "def draw():\n    return np.random.default_rng().random(), random.random()\nprint(draw(), draw())",
    "thread": "found = []\nt = threading.Thread(target=lambda: found.append(random.random()))\n"
    "t.start(); t.join(); print(found)",
    "after-import": "print(random.random()); import drawing_library; print(random.random(), np.random.rand())",
}
LIBRARY = "import random, numpy\nrandom.random(), numpy.random.rand(), numpy.random.default_rng(), random.Random()\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Libraries that draw when they are imported."""
    folder = tmp_path_factory.mktemp("libraries") / "site-packages"
    folder.mkdir()
    for name in ("drawing_library", "other_library"):
        (folder / f"{name}.py").write_text(LIBRARY)
    return folder


@pytest.fixture(scope="module")
def recorded(python: str, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    with kernel(tmp_path_factory.mktemp("recorded"), python) as live:
        live.run(f"import sys; sys.path.append({str(site)!r})\n{SETUP}", "setup")
        return run(live, CELLS)


@pytest.fixture(scope="module")
def replayed(python: str, site: Path, recorded: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The same cells in the opposite order, so that no state is right by itself."""
    with rerunning(tmp_path_factory.mktemp("replayed"), python, planned(recorded)) as live:
        live.run(f"import sys; sys.path.append({str(site)!r})\n{SETUP}", "setup")
        live.run("random.seed(1); np.random.seed(1)")
        return run(live, CELLS, list(reversed(CELLS)))


@pytest.fixture(scope="module")
def plain(python: str, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    with kernel(tmp_path_factory.mktemp("plain"), python) as live:
        live.run(f"import sys; sys.path.append({str(site)!r})\n{SETUP}", "setup")
        return run(live, CELLS)


@pytest.mark.parametrize("cell", CELLS)
def test_what_was_drawn_is_drawn_again(cell: str, recorded: Ran, replayed: Ran, plain: Ran) -> None:
    assert replayed.shown[cell] == recorded.shown[cell]
    assert plain.shown[cell] != recorded.shown[cell]


@pytest.mark.parametrize("cell", CELLS)
def test_playing_back_is_no_seed_and_leaves_the_same_record(cell: str, recorded: Ran, replayed: Ran) -> None:
    there, here = recorded.noted(cell), replayed.noted(cell)
    assert here.get("seeds") == there.get("seeds")
    assert here.get("unseeded") == there.get("unseeded")
    assert here.get("entropy") == there.get("entropy")
    told = [
        [{k: d[k] for k in ("generator", "seeded", "before", "after")} for d in n.get("draws", ())]
        for n in (there, here)
    ]
    assert told[0] == told[1]


def replays(python: str, folder: Path, cells: dict[str, str], order: tuple[str, ...] = ()) -> tuple[Ran, Ran]:
    """Cells run in a fresh kernel, in some order, and played back in another from top to bottom."""
    (folder / "project").mkdir(exist_ok=True)
    with kernel(folder / "project", python) as live:
        recorded = run(live, cells, order)
    with rerunning(folder / "again", python, planned(recorded)) as live:
        return recorded, run(live, cells)


def test_the_cell_that_imports_what_it_draws_from(python: str, tmp_path: Path) -> None:
    cells = {
        "numpy": "import numpy as np; print(np.random.rand(), np.random.default_rng().random())",
        "kept-first": "kept = np.random.get_state(); np.random.seed(1); np.random.rand(); np.random.set_state(kept)\n"
        "print(np.random.rand())",
        "pandas": "import pandas; print(pandas.DataFrame({'a': range(99)}).sample(3).index.tolist())",
        "random": "from random import random, Random; print(random(), Random().random())",
    }
    recorded, again = replays(python, tmp_path, cells)
    assert again.shown == recorded.shown


def test_imports_that_draw_wherever_they_come(python: str, site: Path, tmp_path: Path) -> None:
    """In the record a library may be there already, or be imported where the re-run has it already."""
    cells = {
        "path": f"import sys; sys.path.append({str(site)!r}); import random, numpy",
        "first": "a = random.random(), numpy.random.rand()\nimport drawing_library\nprint(a, random.random())",
        "second": "import drawing_library\nprint(random.random(), numpy.random.rand(), random.Random().random())",
        "third": "import other_library\nprint(random.random()); import json.tool; print(random.random())",
    }
    for order in ((), ("path", "second", "first", "third"), ("path", "first", "first", "second", "third", "third")):
        recorded, again = replays(python, tmp_path, cells, order)
        assert again.shown == recorded.shown, order


def test_generators_that_a_module_of_the_project_makes(python: str, tmp_path: Path) -> None:
    cells = {
        "write": "open('making.py', 'w').write('import random, numpy\\nrng = numpy.random.default_rng()\\n"
        "own = random.Random()\\nx = random.random()\\n')\nimport importlib; importlib.invalidate_caches()",
        "use": "import making; print(making.rng.random(), making.own.random(), making.x)",
    }
    recorded, again = replays(python, tmp_path, cells)
    assert again.shown == recorded.shown
    assert [(u["call"], u["line"]) for u in recorded.noted("use")["unseeded"]] == [
        ("a numpy generator", 1),
        ("random.Random()", 1),
    ]


def test_a_cell_of_which_the_last_of_several_executions_counts(python: str, tmp_path: Path) -> None:
    cells = {"import": "import random", "draw": "print(random.random(), random.Random().random())"}
    recorded, again = replays(python, tmp_path, cells, ("import", *["draw"] * 9))
    assert again.shown == recorded.shown
    blocks = [e.evidence.get("random", {}).get("blocks", {}) for e in recorded.session.executions]
    assert 1 <= sum(len(found) for found in blocks) <= 2, "a block that did not change is kept once"


def test_a_state_that_is_kept_and_put_back_in_another_cell(python: str, tmp_path: Path) -> None:
    cells = {"keep": "import random; kept = random.getstate()", "put": "random.setstate(kept); print(random.random())"}
    recorded, again = replays(python, tmp_path, cells)
    assert again.shown == recorded.shown


def test_real_entropy_goes_on_where_the_recorded_is_used_up(python: str, tmp_path: Path) -> None:
    cells = {"ids": "import uuid, numpy\nprint(uuid.uuid4(), numpy.random.default_rng().random())"}
    longer = {"ids": cells["ids"].replace("print", "for _ in range(3): print")}
    (tmp_path / "project").mkdir()
    with kernel(tmp_path / "project", python) as live:
        recorded = run(live, cells)
    with rerunning(tmp_path / "again", python, planned(recorded)) as live:
        lines = run(live, longer).shown["ids"].splitlines()
    assert lines[0] == recorded.shown["ids"].strip()
    assert len(set(" ".join(lines).split())) == 6


def test_forked_children_play_nothing_back(python: str, tmp_path: Path) -> None:
    code = (
        "import os, random, warnings\nwarnings.simplefilter('ignore')\ndef child():\n    r, w = os.pipe()\n"
        "    if not os.fork():\n"
        "        os.write(w, random.Random().randbytes(8).hex().encode()); os._exit(0)\n"
        "    os.wait(); return os.read(r, 99).decode()\n"
        "print(random.Random().random(), child(), child(), random.Random().random())"
    )
    recorded, again = replays(python, tmp_path, {"fork": code})
    there, here = recorded.shown["fork"].split(), again.shown["fork"].split()
    assert (there[0], there[3]) == (here[0], here[3])
    assert len({*there[1:3], *here[1:3]}) == 4
