"""Bisection: the change of versions that alters a cell, found by real re-runs in real environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prov.check import interpreters
from jupyter_prov.check.bisect import bisect
from jupyter_prov.check.checker import Options
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.report.bisection import Bisection
from tests.check.elsewhere import HERE, folder_of, holding, recorded_in

OLD = {"humanize": "4.9.0", "natsort": "8.3.1", "tabulate": "0.8.10", "wcwidth": "0.2.6"}
NEW = {"humanize": "4.12.0", "natsort": "8.4.0", "tabulate": "0.9.0", "wcwidth": "0.2.13"}
IMPORTS = "import humanize, natsort, tabulate, wcwidth"


@pytest.fixture(autouse=True)
def own_folders(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def bisected(path: Path, env: str) -> Bisection:
    return bisect(path, Options(env=env, timeout=60.0), lambda phase, done, total: None)


def told(found: Bisection) -> dict[str, list[list[str]]]:
    return {cell.id: [[str(change) for change in one] for one in cell.guilty] for cell in found.cells}


@pytest.mark.slow
def test_each_cell_gets_the_distribution_that_alters_it(tmp_path: Path) -> None:
    path = recorded_in(
        holding(**OLD),
        tmp_path / "work",
        imports=IMPORTS,
        one="print(natsort.__version__)",
        same="1",
        both="print(humanize.__version__, tabulate.__version__)",
        draw="import random, time\nprint(random.random(), time.time())",
        after="from importlib.metadata import version\nn = version('natsort')\nprint(n)",
    )
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    found = bisected(path, folder_of(holding(**NEW)))
    assert told(found) == {
        "one": [["natsort 8.3.1 → 8.4.0"]],
        "both": [["humanize 4.9.0 → 4.12.0"], ["tabulate 0.8.10 → 0.9.0"]],
        "after": [["natsort 8.3.1 → 8.4.0"]],
    }
    assert [change.name for change in found.changes] == ["humanize", "natsort", "tabulate", "wcwidth"]
    assert found.runs <= 11
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


@pytest.mark.slow
def test_versions_that_do_not_go_together_are_tried_together(tmp_path: Path) -> None:
    """requests 2.25 refuses urllib3 2, so that one cannot change alone."""
    old = {"requests": "2.25.1", "urllib3": "1.26.18", "humanize": "4.9.0"}
    new = {"requests": "2.31.0", "urllib3": "2.0.7", "humanize": "4.12.0"}
    path = recorded_in(
        holding(**old),
        tmp_path / "work",
        imports="import urllib3, requests, humanize",
        below="print(urllib3.__version__)",
        above="print(requests.__version__)",
    )
    found = told(bisected(path, folder_of(holding(**new))))
    assert found["below"] == [["requests 2.25.1 → 2.31.0", "urllib3 1.26.18 → 2.0.7"]]
    assert found["above"] == [["requests 2.25.1 → 2.31.0"]]


@pytest.mark.slow
def test_another_python_is_a_change_like_any_other(tmp_path: Path) -> None:
    others = [one for one in ("3.12", "3.13", "3.10") if not HERE.startswith(one)]
    other = next((one for one in others if interpreters.find(one).version.startswith(one)), None)
    if other is None:
        pytest.skip("there is no other Python here")
    cells = {"python": "import sys\nprint(sys.version_info[:2])", "package": "import humanize\nhumanize.__version__"}
    path = recorded_in(holding(humanize="4.9.0"), tmp_path / "work", **cells)
    found = bisected(path, folder_of(holding(python=other, humanize="4.12.0")))
    assert {cell.id: [[change.name for change in one] for one in cell.guilty] for cell in found.cells} == {
        "python": [["Python"]],
        "package": [["humanize"]],
    }


@pytest.mark.slow
def test_what_is_there_or_not_is_a_change_too(tmp_path: Path) -> None:
    source = "try:\n    import natsort\n    print('sorted')\nexcept ImportError:\n    print('plain')"
    path = recorded_in(holding(humanize="4.9.0"), tmp_path / "work", optional=source)
    found = bisected(path, folder_of(holding(**NEW)))
    assert told(found) == {"optional": [["natsort not installed → 8.4.0"]]}
    path = recorded_in(holding(**OLD), tmp_path / "work", optional=source)
    found = bisected(path, folder_of(holding(humanize="4.9.0")))
    assert told(found) == {"optional": [["natsort 8.3.1 → not installed"]]}


def test_nothing_that_differs_costs_a_single_run(tmp_path: Path) -> None:
    path = recorded_in(holding(**OLD), tmp_path / "work", imports=IMPORTS, shown="natsort.natsorted(['a10', 'a2'])")
    found = bisected(path, folder_of(holding(**NEW)))
    assert (found.cells, found.runs) == ([], 1)


def test_what_no_version_explains_is_said(tmp_path: Path) -> None:
    environment = holding(**OLD)
    where = "import sys\nprint('new' in sys.prefix)"
    path = recorded_in(environment, tmp_path / "work", imports=IMPORTS, pid="import os\nos.getpid()", where=where)
    link = tmp_path / "new"
    link.symlink_to(folder_of(environment))
    explained = {cell.id: cell.explanation for cell in bisected(path, str(link)).cells}
    assert explained.keys() == {"pid", "where"}
    assert explained["pid"].startswith("it differs in the recorded environment too")
    assert explained["where"].startswith("no version differs of what the notebook uses")
    link.unlink()
    link.symlink_to(folder_of(holding(**NEW)))
    found = bisected(path, str(link))
    assert found.cells[1].explanation.startswith("it agrees in a clean environment with all of these versions")
    assert found.runs == 3


def test_an_environment_whose_versions_nobody_has_is_said(tmp_path: Path) -> None:
    environment = holding(**NEW)
    path = recorded_in(holding(**OLD), tmp_path / "work", imports=IMPORTS, shown="print(natsort.__version__)")
    record = path.with_name("made.prov.json")
    record.write_text(record.read_text().replace('"8.3.1"', '"0.0.99"'))
    with pytest.raises(EnvironmentFailed, match=r"natsort==0\.0\.99 was recorded, and the package index"):
        bisected(path, folder_of(environment))
