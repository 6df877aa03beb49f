"""Randomness: who drew from which generator, and whether a seed had been set."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import wire
from tests.live import LiveKernel, kernel

STDLIB, NUMPY = "random", "numpy.random"


@pytest.fixture(autouse=True)
def _as_at_the_start(live: LiveKernel) -> None:
    """Generators without a seed, as in a fresh kernel."""
    live.run("import random, numpy as np, uuid\nrandom.seed(); np.random.seed()")


def noted(live: LiveKernel, code: str) -> dict[str, Any]:
    return live.noted(code, "random")


def draws(live: LiveKernel, code: str) -> list[tuple[str, bool]]:
    return [(d["generator"], d["seeded"]) for d in noted(live, code).get("draws", ())]


@pytest.mark.parametrize(
    ("code", "generator"),
    [
        ("random.random()", STDLIB),
        ("random.shuffle([1, 2, 3])", STDLIB),
        ("random.sample(range(9), 2)", STDLIB),
        ("np.random.rand(2)", NUMPY),
        ("np.random.normal()", NUMPY),
        ("np.random.permutation(4)", NUMPY),
        ("import pandas as pd; pd.DataFrame({'a': range(9)}).sample(2)", NUMPY),
    ],
)
def test_a_draw_without_a_seed_is_put_down_to_its_cell(live: LiveKernel, code: str, generator: str) -> None:
    live.run("import pandas")
    assert draws(live, code) == [(generator, False)]
    assert noted(live, "1 + 1") == {}


@pytest.mark.parametrize(
    ("seed", "draw", "generator"),
    [("random.seed(7)", "random.random()", STDLIB), ("np.random.seed(7)", "np.random.rand()", NUMPY)],
)
def test_a_seed_is_noted_with_its_value_and_line(live: LiveKernel, seed: str, draw: str, generator: str) -> None:
    seeding = noted(live, f"\n{seed}\n")
    assert seeding == {"seeds": [{"call": f"{generator}.seed", "value": "7", "line": 2, "generator": generator}]}
    assert draws(live, draw) == [(generator, True)]
    assert draws(live, draw) == [(generator, True)]


@pytest.mark.parametrize(
    "cell", ["%%time\n\nrandom.seed(7)", "\n%%capture\nrandom.seed(7)", " \n\n%time random.seed(7)"]
)
def test_lines_count_from_the_top_of_the_cell_under_a_magic_too(live: LiveKernel, cell: str) -> None:
    assert [s["line"] for s in noted(live, cell)["seeds"]] == [3]


def test_a_draw_before_the_seed_in_one_cell_is_unseeded(live: LiveKernel) -> None:
    assert draws(live, "random.random(); random.seed(1)") == [(STDLIB, False)]
    live.run("random.seed()")
    assert draws(live, "random.random(); random.seed(1); random.random()") == [(STDLIB, False), (STDLIB, True)]


def test_the_first_draw_in_the_cell_that_imports_numpy_is_seen(live: LiveKernel) -> None:
    code = "import subprocess, sys\nfor n in [n for n in sys.modules if n.partition('.')[0] == 'numpy']: pass"
    assert draws(live, f"{code}\nimport numpy.random\nnumpy.random.rand()") == [(NUMPY, False)]


def test_seeding_without_a_value_is_no_seed(live: LiveKernel) -> None:
    live.run("random.seed(1)")
    assert noted(live, "random.seed()")["unseeded"][0]["call"] == "random.seed()"
    assert draws(live, "random.random()") == [(STDLIB, False)]


@pytest.mark.parametrize("value", ["'text'", "b'bytes'", "1.5", "10**200", "bytearray(3)"])
def test_a_seed_of_any_kind_is_a_seed(live: LiveKernel, value: str) -> None:
    assert noted(live, f"random.seed({value})")["seeds"][0]["value"]
    assert draws(live, "random.random()") == [(STDLIB, True)]


@pytest.mark.parametrize(
    ("code", "call", "line"),
    [
        ("\nrandom.Random()", "random.Random()", 2),
        ("\n\nnp.random.default_rng()", "a numpy generator", 3),
        ("np.random.RandomState()", "a numpy generator", 1),
        ("np.random.Generator(np.random.PCG64())", "a numpy generator", 1),
        ("uuid.uuid4()", "uuid.uuid4()", 1),
        ("def make():\n    return np.random.default_rng()\nmake()", "a numpy generator", 3),
        ("class R(random.Random): pass\nR()", "random.Random()", 2),
    ],
)
def test_a_generator_made_without_a_seed_is_noted_where_the_cell_made_it(
    live: LiveKernel, code: str, call: str, line: int
) -> None:
    assert [(u["call"], u["line"]) for u in noted(live, code)["unseeded"]] == [(call, line)]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("random.Random(5)", "random.Random"),
        ("np.random.default_rng(5)", "numpy.random.default_rng"),
        ("np.random.default_rng(seed=5)", "numpy.random.default_rng"),
    ],
)
def test_a_generator_made_with_a_seed_is_noted(live: LiveKernel, code: str, call: str) -> None:
    found = noted(live, code)
    assert [(s["call"], s["value"]) for s in found["seeds"]] == [(call, "5")]
    assert "unseeded" not in found


def test_random_state_with_a_seed_is_not_taken_for_one_without(live: LiveKernel) -> None:
    assert "unseeded" not in noted(live, "np.random.RandomState(5)")
    assert "unseeded" not in noted(live, "SEED = 5\nnp.random.RandomState(SEED)")
    assert "unseeded" in noted(live, "SEED = None\nnp.random.RandomState(SEED)")


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("np.random.RandomState(5)", "5"),
        ("np.random.RandomState(seed=5)", "5"),
        ("SEED = 5\nnp.random.RandomState(SEED)", "5"),
        ("seeds = [5]\nnp.random.RandomState(seeds[0])", "not known"),
    ],
)
def test_a_random_state_made_with_a_seed_is_noted(live: LiveKernel, code: str, value: str) -> None:
    (seed,) = noted(live, code)["seeds"]
    assert (seed["call"], seed["value"], seed["line"]) == ("numpy.random.RandomState", value, len(code.splitlines()))


@pytest.mark.parametrize(
    ("value", "told"), [("np.int64(7)", "7"), ("[1, 2, 3]", "[1, 2, 3]"), ("np.array([1, 2])", "ndarray")]
)
def test_seeds_are_shown_as_numbers(live: LiveKernel, value: str, told: str) -> None:
    assert [s["value"] for s in noted(live, f"np.random.default_rng({value})")["seeds"]] == [told]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import math\n\nrandom.random()", 3),
        ("x = [\n    random.random()\n]", 1),
        ("x = 1\n'a text'\nrandom.random()", 3),
        ("len([])\nrandom.random()", None),
        ("%%time\nrandom.random()", 2),
    ],
)
def test_a_draw_has_a_line_where_only_one_statement_can_have_drawn(
    live: LiveKernel, code: str, line: int | None
) -> None:
    (draw,) = noted(live, code)["draws"]
    assert draw.get("line") == line


MODULE_NUMBERS = itertools.count()
SEEDING = """
import random
import numpy as np


def everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    return random.Random(seed), np.random.default_rng(seed), np.random.RandomState(seed)
"""


def test_a_seed_says_where_in_a_module_of_the_project_it_was_set(live: LiveKernel) -> None:
    name = f"seeding_{next(MODULE_NUMBERS)}"
    (live.folder / f"{name}.py").write_text(SEEDING)
    found = noted(live, f"import {name}\n\nx = {name}.everything(3)")["seeds"]
    assert {(s["value"], s["line"], s["module"]["path"]) for s in found} == {("3", 3, f"{name}.py")}
    assert [(s["call"], s["module"]["line"]) for s in found] == [
        ("random.seed", 7),
        ("numpy.random.seed", 8),
        ("random.Random", 9),
        ("numpy.random.default_rng", 9),
        ("numpy.random.RandomState", 9),
    ]
    assert all("module" not in seed for seed in noted(live, "random.seed(3)")["seeds"])


def test_a_seed_set_in_a_module_of_the_project_counts(live: LiveKernel) -> None:
    name = f"seeding_{next(MODULE_NUMBERS)}"
    (live.folder / f"{name}.py").write_text("import random\ndef everything():\n    random.seed(3)\n")
    found = noted(live, f"import {name}\n\n{name}.everything()\nrandom.random()")
    assert [(s["value"], s["line"]) for s in found["seeds"]] == [("3", 3)]
    assert [d["seeded"] for d in found["draws"]] == [True]


def test_a_state_put_back_is_what_it_was(live: LiveKernel) -> None:
    """As libraries do that seed for a while: what was unseeded before is so again."""
    for get, put, seed, draw in (
        ("random.getstate", "random.setstate", "random.seed(0)", "random.random()"),
        ("np.random.get_state", "np.random.set_state", "np.random.seed(0)", "np.random.rand()"),
    ):
        live.run(f"kept = {get}(); {seed}; {draw}; {put}(kept)")
        assert [seeded for _, seeded in draws(live, draw)] == [False]
        live.run(f"{seed}; kept = {get}(); {draw}; {put}(kept)")
        assert [seeded for _, seeded in draws(live, draw)] == [True]


def test_a_state_from_elsewhere_is_a_seed(live: LiveKernel) -> None:
    found = noted(live, "random.setstate(random.Random(3).getstate()); random.random()")
    assert [s["call"] for s in found["seeds"] if "generator" in s] == ["random.setstate"]
    assert [d["seeded"] for d in found["draws"]] == [True]


def test_equal_seeds_leave_equal_states(live: LiveKernel) -> None:
    first, second = (noted(live, "random.seed(4); random.random()")["draws"] for _ in range(2))
    assert first == second
    assert noted(live, "random.seed(5); random.random()")["draws"] != first


def test_what_is_drawn_is_what_is_drawn_without_us(live: LiveKernel) -> None:
    live.run("random.seed(4); np.random.seed(4); print(random.random(), np.random.rand(), random.Random(4).random())")
    recorded = live.text
    live.run("%unload_ext jupyter_prov")
    live.run("random.seed(4); np.random.seed(4); print(random.random(), np.random.rand(), random.Random(4).random())")
    assert live.text == recorded
    live.run("%load_ext jupyter_prov")
    live.handshake()


def test_thousands_of_seeds_in_one_cell_are_not_all_kept(live: LiveKernel) -> None:
    found = noted(live, "for i in range(1000):\n    random.seed(i); random.random(); random.Random(i)")
    assert max(len(kind) for kind in found.values()) <= 500


WORKS_AS_BEFORE = """
import copy, inspect, pickle, random, time, uuid
import numpy as np
class Own:
    clock, counter, seed = time.ctime, time.perf_counter, random.seed
own = Own()
assert own.counter() > 0 and own.clock()
own.seed(3); a = random.random(); random.seed(3); assert random.random() == a
for function in (time.perf_counter, time.monotonic_ns, np.random.seed, np.random.default_rng, uuid.uuid4):
    assert pickle.loads(pickle.dumps(function)) is function
    assert copy.deepcopy(function) is function
    assert callable(function) and function.__doc__ and function.__name__
    assert "jupyter" not in repr(function), repr(function)
assert repr(time.perf_counter) == "<built-in function perf_counter>"
inspect.signature(random.seed)
class Kind(random.Random):
    def seed(self, a=None):
        super().seed(5)
assert Kind().random() == random.Random(5).random()
assert copy.deepcopy(random.Random(1)).random() == random.Random(1).random()
assert pickle.loads(pickle.dumps(random.Random(1))).random() == random.Random(1).random()
"""


def test_what_we_wrap_still_does_what_it_did(live: LiveKernel) -> None:
    execution = live.ran(WORKS_AS_BEFORE)
    assert execution.outcome == "ok", live.text


PATCHED = """
import importlib.util
for name in ("torch", "jax"):
    if importlib.util.find_spec(name): __import__(name)
import os, random, ssl, sys, tempfile, uuid
import numpy, numpy.random, numpy.random.bit_generator
owners = [os, random, random.Random, ssl, tempfile, tempfile._RandomNameSequence, uuid, numpy.random,
          numpy.random.bit_generator, numpy.random.mtrand, *(sys.modules[n] for n in ("torch", "torch.random",
          "torch.cuda", "torch.cuda.random", "jax.random") if n in sys.modules)]
def now(): return [{n: v.__code__ if type(v) is type(now) else v for n, v in vars(owner).items()} for owner in owners]
def changed(): return [n for was, is_ in zip(before, now()) for n in was.keys() | is_.keys()
                       if was.get(n, 0) is not is_.get(n, 0) and not n.startswith(("_last", "_cache"))]
"""


def test_unloading_puts_every_object_back(python: str, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with kernel(tmp_path / "project", python, {"JUPYTER_PROV": "0"}, shake=False) as plain:
        plain.run(f"{PATCHED}\nbefore = now(); del os.environ['JUPYTER_PROV']")
        plain.run("from jupyter_prov.kernel.load import load, unload; load(get_ipython()); print(sorted(changed()))")
        changed = set(plain.text.replace("'", "").strip("[]\n").split(", "))
        assert {"seed", "urandom", "randbits", "uuid4", "__next__", "_urandom", "RAND_bytes"} <= changed
        plain.run("unload(get_ipython()); print(sorted(changed()))")
        assert plain.text.strip() == "[]"


def test_states_and_entropy_are_kept_within_bounds(python: str, tmp_path: Path) -> None:
    """However much a session draws, its record stays of a size to be kept."""
    (tmp_path / "project").mkdir()
    with kernel(tmp_path / "project", python) as one:
        one.run("import random, uuid")
        one.run("for _ in range(120_000): uuid.uuid4()")
        one.run("for _ in range(300): random.Random()")
        cells = "[shell.run_cell('[random.random() for _ in range(700)]') for _ in range(1100)]"
        loop = f"shell = get_ipython()\nrun = lambda: {cells}"
        one.request({**wire.settle(), "code": loop, "user_expressions": {"prov": "len(run())"}})
        log = one.log()
        noted = [e.evidence.get("random", {}) for e in log.executions]
        assert sum(len(n.get("blocks", {})) for n in noted) == 1000
        assert [n["unseeded"] for n in noted if "unseeded" in n] == [
            [{"call": "uuid.uuid4()", "line": 1, "count": 120_000}],
            [{"call": "random.Random()", "line": 1, "count": 300}],
        ]
        assert len(log.blind_spots) == 2
        assert "Only the first 1,000 states" in str(log.blind_spots)
        assert "More entropy was drawn" in str(log.blind_spots)
        assert len(json.dumps(one.entries)) < 9_000_000


def test_what_a_library_draws_when_it_is_imported_is_not_the_cells_doing(live: LiveKernel, project: Path) -> None:
    site = project.parent / "site-packages"
    site.mkdir(exist_ok=True)
    for name in ("drawing_library", "other_library"):
        (site / f"{name}.py").write_text("import random\nVALUE = random.random()\n")
    live.run("with open('drawing_helper.py', 'w') as file: file.write('import random; VALUE = random.random()')")
    assert draws(live, f"import sys\nsys.path.append({str(site)!r})\nimport drawing_library") == []
    between = "x = random.random()\nimport other_library\ny = random.random()"
    assert draws(live, between) == [(STDLIB, False), (STDLIB, False)]
    assert draws(live, "import drawing_helper") == [(STDLIB, False)]


def test_uuid4_takes_the_bytes_of_whatever_stands_for_urandom(live: LiveKernel) -> None:
    live.run("import os, uuid; theirs = os.urandom; os.urandom = bytes")
    live.run("print(uuid.uuid4()); os.urandom = theirs; print(uuid.uuid4() == uuid.uuid4())")
    assert live.text.split() == ["00000000-0000-4000-8000-000000000000", "False"]
