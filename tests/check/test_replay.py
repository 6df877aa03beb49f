"""Whole notebooks that differ in every run, and are what they were when the cause is played back by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from jupyter_prov.check.checker import check
from jupyter_prov.record.errors import CannotReplay, UsageError
from jupyter_prov.report.model import NotebookReport
from tests.check.worked import CURRENT, Worked

pytestmark = pytest.mark.slow

PLAIN = dataclasses.replace(CURRENT, explain="no")


@pytest.fixture(autouse=True)
def own_folders(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def replayed(path: Path, *kinds: str) -> NotebookReport:
    return check(path, dataclasses.replace(PLAIN, replay=frozenset(kinds)))


def differing(report: NotebookReport) -> set[str]:
    return {cell.id for cell in report.cells if cell.verdict == "differs"}


def identical(report: NotebookReport) -> bool:
    return {cell.verdict for cell in report.cells} == {"identical"}


def test_an_analysis_without_any_seed_draws_what_it_drew(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    worked = Worked(
        tmp_path / "work",
        imports="import random, uuid\nimport numpy as np, pandas as pd\nfrom sklearn.cluster import KMeans\n"
        "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split",
        run="run = uuid.uuid4()\nrun",
        table="rng = np.random.default_rng()\nX = pd.DataFrame(rng.normal(size=(200, 3)), columns=[*'abc'])\nX.head()",
        target="y = (X.a + np.random.normal(size=200) > 0).astype(int)\ny.sum(), X.sample(3)",
        split="X_train, X_test, y_train, y_test = train_test_split(X, y)\nX_test.index[:5]",
        model="model = RandomForestClassifier(20).fit(X_train, y_train)\nmodel.predict_proba(X_test)[:5]",
        clusters="KMeans(12, n_init=1).fit(X).cluster_centers_",
        bootstrap="[np.mean(random.choices(list(X.b), k=50)) for _ in range(3)]",
    )
    path = worked.work(*worked.cells)
    assert identical(replayed(path, "random"))
    assert differing(check(path, PLAIN)) == worked.cells.keys() - {"imports"}


def test_dates_and_durations_are_what_they_were(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        imports="import time\nfrom datetime import date, datetime\nimport pandas as pd",
        day="now = datetime.now()\nprint(f'made {now}'), pd.Timestamp.now(), time.strftime('%c'), time.time()",
        age="(now - datetime(2020, 1, 1)).total_seconds(), date.today()",
        took="start = time.perf_counter(); time.sleep(0.01); print(time.perf_counter() - start, time.monotonic_ns())",
    )
    path = worked.work(*worked.cells)
    assert identical(replayed(path, "clock"))
    assert differing(check(path, PLAIN)) == {"day", "age", "took"}


def test_a_tangled_order_shows_what_it_showed(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        total="total = total + 1 if 'total' in dir() else 0",
        shown="total, factor, name",
        again="rows.append(total)\nrows",
        factor="factor = 3",
        rows="rows = []",
        name="name = 'b'",
    )
    (tmp_path / "work" / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-sources = true\n")
    order = ("name", "total", "factor", "rows", "again", "total", "gone", "shown", "again", "name", "total")
    path = worked.work(*order, name="name = 'a'", gone="factor *= 7")
    assert identical(replayed(path, "order"))
    assert not identical(check(path, PLAIN))


def test_what_cannot_be_known_again_is_held_fast(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work", words="list({'one', 'two', 'three', 'four', 'five', 'six', 'seven'}), hash('a')", same="1"
    )
    path = worked.work(*worked.cells)
    first, second = (replayed(path, "hash-seed", "concurrency") for _ in range(2))
    shown = [[output.summary for cell in report.cells for output in cell.outputs] for report in (first, second)]
    assert shown[0] == shown[1]
    assert differing(first) == {"words"}


def test_what_cannot_be_played_back_is_said(tmp_path: Path) -> None:
    path = Worked(tmp_path / "work", shown="value").work("gone", "shown", gone="value = 1")
    with pytest.raises(UsageError, match="'network' cannot be played back, only clock, concurrency"):
        replayed(path, "random", "network")
    with pytest.raises(UsageError, match="set in every re-run"):
        replayed(path, "environment")
    with pytest.raises(CannotReplay, match="source of execution 1 is known no more"):
        replayed(path, "order")
    path.with_name("worked.prov.json").unlink()
    with pytest.raises(UsageError, match="no record beside it from which 'random'"):
        replayed(path, "random")


def test_a_state_with_a_number_that_no_generator_has_is_no_error_of_ours(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", drawn="import random\nrandom.random()")
    path = worked.work(*worked.cells)
    record = path.with_suffix(".prov.json")
    data = json.loads(record.read_text(encoding="utf-8"))
    [state] = [draw for states in data["states"] for cell in states.values() for draw in cell["draws"].values()]
    state["rest"] = [3, 2**70]
    record.write_text(json.dumps(data), encoding="utf-8")
    assert not identical(replayed(path, "random"))
