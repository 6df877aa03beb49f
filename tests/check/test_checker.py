"""Whole checks of notebooks that somebody worked in: run in any order, edited, saved, and re-run from the top."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from jupyter_prov.check.checker import check
from tests.check.worked import CURRENT, Worked, told


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


def test_hidden_state_is_proven_to_be_a_matter_of_order(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        early="print(later)",
        later="later = 1",
        count="try:\n    n += 1\nexcept NameError:\n    n = 1",
        counted="n",
        lost="print(deleted)",
        edited="value = 2",
        shown="value",
        fine="print('fine')",
    )
    path = worked.work(
        "later", "early", "count", "count", "count", "counted", "deleted", "lost", "edited", "shown", "fine", "fine",
        deleted="deleted = 3", edited="value = 1",
    )  # fmt: skip
    assert told(check(path, CURRENT)) == {
        "early": ("failed", [("order", 0)]),
        "later": ("identical", []),
        "count": ("identical", []),
        "counted": ("differs", [("order", 2)]),
        "lost": ("failed", [("order", 4)]),
        "edited": ("identical", []),
        "shown": ("differs", [("order", 5)]),
        "fine": ("identical", []),
    }


def test_each_cell_gets_its_own_cause_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "helper.py").write_text("def value():\n    return 1\n")
    (folder / "data.csv").write_text("1\n")
    worked = Worked(
        folder,
        imports="import random, time, math\nimport helper",
        draw="x = random.random()",
        data="rows = open('data.csv').read()",
        drawn="round(x, 12)",
        helped="helper.value()",
        read="rows",
        clock="math.floor(time.time() * 1e6)",
        both="rows, x",
        uses_modules="math.pi, time.tzname and random.Random(3).random()",
        unknown="sorted(dir(math))[id(object()) % 7], id(object()) % 1_000_003",
    )
    path = worked.work(*worked.cells)
    (folder / "helper.py").write_text("def value():\n    return 2\n")
    (folder / "data.csv").write_text("2\n")
    phases: list[str] = []
    report = check(path, CURRENT, lambda phase, done, total: phases.append(phase))
    found = told(report)
    assert found.pop("unknown")[1] in ([("unknown", None)], [])
    assert found == {
        "imports": ("identical", []),
        "draw": ("identical", []),
        "data": ("identical", []),
        "drawn": ("differs", [("random", 1)]),
        "helped": ("differs", [("code", 0)]),
        "read": ("differs", [("data", 2)]),
        "clock": ("differs", [("clock", 6)]),
        "both": ("differs", [("data", 2), ("random", 1)]),
        "uses_modules": ("identical", []),
    }
    assert {(one["path"], one["status"]) for one in report.inputs} == {
        ("data.csv", "changed"),
        ("helper.py", "changed"),
    }
    assert list(dict.fromkeys(phases)) == ["environment", "stage", "rerun", "compare", "explain"]


def test_cells_that_differ_by_the_clock_are_identical_when_it_is_played_back(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        imports="import time, datetime, logging, sys, os\n"
        "logging.basicConfig(format='%(asctime)s %(message)s', stream=sys.stdout)",
        now="print(datetime.datetime.now(), time.time(), time.ctime())",
        begun="begun = time.perf_counter()",
        elapsed="print(time.perf_counter() - begun)",
        logged="logging.warning('done')",
        written="open('out', 'w').write('x'); print(os.path.getmtime('out'))",
    )
    path = worked.work(*worked.cells)
    found = told(check(path, CURRENT))
    assert {cell for cell, (verdict, _) in found.items() if verdict == "differs"} == set(worked.cells) - {
        "imports",
        "begun",
    }
    assert {kind for _, all_causes in found.values() for kind, _ in all_causes} == {"clock"}
    replayed = told(check(path, dataclasses.replace(CURRENT, replay=frozenset({"clock"}))))
    assert replayed == {cell: ("identical", []) for cell in worked.cells}


def test_a_cause_is_followed_through_a_file_that_the_notebook_makes(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        write="import uuid\nopen('model.txt', 'w').write(uuid.uuid4().hex)",
        read="model = open('model.txt').read()",
        shown="model",
    )
    report = check(worked.work(*worked.cells), CURRENT)
    assert told(report)["shown"] == ("differs", [("random", 0)])
    assert report.inputs == []
    assert report.outputs == [{"path": "model.txt", "status": "changed"}]


def test_what_is_noise_is_named_in_a_real_notebook(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    worked = Worked(
        tmp_path / "work",
        timed="%%time\nprint('done')",
        timeit="%timeit -n 1 -r 2 sum(range(10))",
        address="object()",
        where="import os\nprint(os.getcwd())",
        warns="import warnings\nwarnings.warn('careful')",
        fails="1 / 0",
        wrong="def f(:",
        colours="print('\\x1b[31mred\\x1b[0m')\nprint('50 %', end='\\r')\nprint('100 %')",
        plot="%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
    )
    report = check(worked.work(*worked.cells), CURRENT)
    assert {cell.id: cell.verdict for cell in report.cells if cell.is_bad} == {}
    noise = {cell.id: sorted({n for output in cell.outputs for n in output.noise}) for cell in report.cells}
    assert noise["timed"] == noise["timeit"] == ["timing"]
    assert noise["address"] == ["memory-address"]
    assert noise["where"] == ["stage-path"]
    assert noise["plot"] == ["memory-address"]
