"""How values flow from execution to execution, and what a disturbed one can have reached."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_prov.analysis.dataflow import Step, flow, reached
from jupyter_prov.analysis.names import statements
from jupyter_prov.record.digests import of_text
from jupyter_prov.record.model import Execution, Session

Cells = list[tuple[str, dict[str, Any]]]


def steps_of(*cells: str | tuple[str, dict[str, Any]], texts: bool = True) -> list[Step]:
    """The flow of these sources, run in this order; each may come with its evidence."""
    pairs = [(cell, {}) if isinstance(cell, str) else cell for cell in cells]
    executions = [
        Execution(n, f"c{n}", n, of_text(source), "", 0.1, "ok", None, evidence)
        for n, (source, evidence) in enumerate(pairs, 1)
    ]
    known = {of_text(source): statements(source) for source, _ in pairs} if texts else {}
    return flow(Session(1, "", executions=executions), known)


def from_first(*cells: str | tuple[str, dict[str, Any]], line: int | None = None, seeds: set[str] | None = None,
               texts: bool = True) -> set[int]:  # fmt: skip
    """The numbers of the executions that what happened in the first can have reached."""
    steps = steps_of(*cells, texts=texts)
    return {s.execution.number for s in reached(steps, steps[0], line, None if seeds is None else frozenset(seeds))}


def reads(*paths: str) -> dict[str, Any]:
    return {"data": {"files": [{"path": p, "role": "input"} for p in paths]}}


def writes(*paths: str) -> dict[str, Any]:
    return {"data": {"files": [{"path": p, "role": "output"} for p in paths]}}


def draws(seeded: bool = True, seed: bool = False, generator: str = "random") -> dict[str, Any]:
    noted: dict[str, Any] = {"draws": [{"generator": generator, "seeded": seeded}]}
    if seed:
        noted["seeds"] = [{"call": "random.seed", "value": "1", "generator": generator}]
    return {"random": noted}


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["x = 1", "y = x", "z = y", "w = 2"], {1, 2, 3}),
        (["x = 1", "x = 2", "y = x"], {1}),
        (["x = 1", "x += 1", "y = x"], {1, 2, 3}),
        (["x = []", "l = []\nl.append(x)", "print(l)"], {1, 2, 3}),
        (["x = 1", "l.append(x)", "print(l)"], {1, 2, 3}),
        (["x = 1", "del x", "x = 2\ny = x"], {1}),
        (["x = 1", "y = x\nx = 2", "z = x", "w = y"], {1, 2, 4}),
        (["x = 1", "x = f(x)", "y = x"], {1, 2, 3}),
        (["x = 1", "def g():\n    return x", "y = g()"], {1, 2, 3}),
        (["x = 1", "for i in range(3):\n    x = i", "y = x"], {1}),
        (["df['a'] = 1", "df.head()"], {1, 2}),
        (["x = 1", "import x", "y = x"], {1}),
        (["x = [v for v in y]", "v"], {1}),
        (["a, b = 1, 2", "print(b)"], {1, 2}),
    ],
    ids=str,
)
def test_through_names(cells: list[str], numbers: set[int]) -> None:
    assert from_first(*cells) == numbers


def test_imports_carry_nothing() -> None:
    assert from_first("import numpy as np\nx = 1", "y = np.ones(1)", "z = x") == {1, 3}
    assert from_first("import numpy as np", "np.seterr(all='ignore')\nx = np.ones(1)") == {1}


def test_a_call_on_a_module_does_not_change_it() -> None:
    assert from_first("import plt\nx = 1", "plt.plot(x)", "plt.show()") == {1, 2}


def test_a_name_that_is_no_module_any_more_carries_again() -> None:
    assert from_first("x = 1", "import plt", "plt = Plot()", "plt.add(x)", "show(plt)") == {1, 4, 5}


def test_only_what_follows_from_the_line_is_reached() -> None:
    assert from_first("x = 1\ny = 2", "print(x)", "print(y)", line=2) == {1, 3}
    assert from_first("x = 1\ny = x", "print(x)", "print(y)", line=1) == {1, 2, 3}


def test_only_what_follows_from_the_given_names_is_reached() -> None:
    assert from_first("x = 1\ny = 2", "print(x)", "print(y)", seeds={"x"}) == {1, 2}
    assert from_first("x = 1\ny = 2", "print(x)", "print(y)", seeds=set()) == {1}


def test_through_files() -> None:
    assert from_first(("save()", writes("f")), ("d = load()", reads("f")), "print(d)") == {1, 2, 3}
    assert from_first(("save()", writes("f")), ("d = load()", reads("g")), "print(d)") == {1}


def test_through_modules_that_the_notebook_writes() -> None:
    code = {"code": {"files": [{"path": "m.py", "role": "code"}]}}
    assert from_first(("write()", writes("m.py")), ("import m\nx = m.f()", code), "print(x)") == {1, 2, 3}


def test_a_file_that_is_written_afresh_is_clean_again() -> None:
    assert from_first(("save()", writes("f")), ("other()", writes("f")), ("load()", reads("f"))) == {1}


def test_through_a_seeded_generator() -> None:
    assert from_first(("x = r()", draws()), ("y = r()", draws()), "print(y)") == {1, 2, 3}


def test_a_new_seed_stops_what_went_through_the_generator() -> None:
    assert from_first(("x = r()", draws()), ("s()\ny = r()", draws(seed=True)), ("z = r()", draws())) == {1}


def test_draws_without_a_seed_do_not_depend_on_each_other() -> None:
    assert from_first(("x = r()", draws(False)), ("y = r()", draws(False))) == {1}


def test_where_no_text_is_known_the_recorded_names_serve() -> None:
    order = [{"order": {"defines": ["x"]}}, {"order": {"uses": ["x"], "defines": ["y"]}}, {"order": {"uses": ["y"]}}]
    assert from_first(*(("", noted) for noted in order), ("", {}), texts=False) == {1, 2, 3}


def test_what_ran_before_is_not_reached() -> None:
    steps = steps_of("print(x)", "x = 1", "print(x)")
    assert {s.execution.number for s in reached(steps, steps[1], None, None)} == {2, 3}


def test_origins_tell_who_last_set_or_changed_what_a_step_uses() -> None:
    steps = steps_of("x = []", "x.append(1)", "print(x, y)")
    assert steps[2].origins["x"] is steps[1]
    assert steps[2].origins["y"] is None


def test_a_cell_run_twice_depends_on_its_first_run() -> None:
    first, second = steps_of("x += 1", "x += 1")
    assert second.origins["x"] is first
