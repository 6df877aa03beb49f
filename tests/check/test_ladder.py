"""Causes that are shown by experiment: further re-runs in which factors are played back or held fast."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import nbformat
import pytest

from jupyter_prov.check.cell_sources import texts_of
from jupyter_prov.check.checker import Options, check
from jupyter_prov.record import digests, record_file
from jupyter_prov.record.journal import Journal
from jupyter_prov.record.model import Record
from jupyter_prov.report.model import NotebookReport
from tests.check.worked import CURRENT, Worked

RACE = """\
import threading, time
out = []
def work(n):
    for _ in range(60):
        time.sleep(0.0003)
        out.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[t.start() for t in threads]; [t.join() for t in threads];"""


@pytest.fixture(autouse=True)
def own_folders(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def told(report: NotebookReport) -> dict[str, list[tuple[str, int | None, str]]]:
    """The causes of each cell that has any, with how sure they are."""
    return {c.id: sorted({(one.kind, one.cell, one.confidence) for one in c.causes}) for c in report.cells if c.causes}


def journaled(folder: Path, text: str) -> None:
    """A journal of this machine holds a source."""
    journal = Journal(folder / "data" / "jupyter-prov" / "journals" / "k.jsonl")
    journal.append({"kind": "started", "session": "s", "number": 1, "cell": "c", "text": text, "started": ""})
    journal.close()


def test_each_factor_is_proven_by_its_replay_alone_and_two_in_one_cell_together(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        imports="import random, time",
        draw="x = random.random()",
        drawn="x",
        now="time.time()",
        both="print(random.random())\nprint(time.time())",
        fine="1 + 1",
    )
    report = check(worked.work(*worked.cells), CURRENT)
    assert told(report) == {
        "drawn": [("random", 1, "proven")],
        "now": [("clock", 3, "proven")],
        "both": [("clock", 4, "proven"), ("random", 4, "proven")],
    }
    assert report.runs == 4


def test_a_seed_taken_from_the_clock_is_the_clocks_doing(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", seed="import random, time\nrandom.seed(time.time())", draw="random.random()")
    assert told(check(worked.work(*worked.cells), CURRENT)) == {"draw": [("clock", 0, "proven")]}


def test_what_cannot_be_played_back_is_proven_by_pinning_it(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        names="names = {'a%d' % i for i in range(40)}",
        listed="print(list(names))",
        race=RACE,
        shown="''.join(map(str, out))[:60]",
        count="len(out)",
    )
    path = worked.work(*worked.cells)
    found = told(check(path, dataclasses.replace(CURRENT, explain="full")))
    assert found == {"listed": [("hash-seed", 0, "proven")], "shown": [("concurrency", 2, "proven")]}


@pytest.mark.slow
def test_what_is_pinned_is_proven_beside_two_factors_that_are_played_back(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        drawn="import random, time\nrandom.random()",
        now="time.time()",
        listed="print(list({'a%d' % i for i in range(40)}))",
    )
    path = worked.work(*worked.cells)
    proven = {"drawn": [("random", 0, "proven")], "now": [("clock", 1, "proven")]}
    quick = check(path, CURRENT)
    assert told(quick) == {**proven, "listed": [("hash-seed", 2, "suspected")]}
    assert quick.runs == 3
    full = check(path, dataclasses.replace(CURRENT, explain="full"))
    assert told(full) == {**proven, "listed": [("hash-seed", 2, "proven")]}


def test_keys_are_proven_to_be_random_though_they_are_not_recorded(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", key="import secrets\nkey = secrets.token_hex()", shown="key")
    assert told(check(worked.work(*worked.cells), CURRENT)) == {"shown": [("random", 0, "proven")]}


def test_the_recorded_order_is_played_back_with_the_sources_of_that_time(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", count="n = n + 1 if 'n' in dir() else 1", edited="value = 2", shown="n, value")
    path = worked.work("edited", "count", "count", "shown", edited="value = 1")
    journal = Journal(tmp_path / "data" / "jupyter-prov" / "journals" / "k.jsonl")
    journal.append(
        {"kind": "started", "session": "s", "number": 1, "cell": "edited", "text": "value = 1", "started": ""}
    )
    journal.close()
    report = check(path, CURRENT)
    assert {kind for kind, _, sure in told(report)["shown"] if sure == "proven"} == {"order"}
    replayed = check(path, dataclasses.replace(CURRENT, replay=frozenset({"order"})))
    assert {cell.verdict for cell in replayed.cells} == {"identical"}


def test_an_execution_that_never_ended_is_not_played_back(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", count="n = n + 1 if 'n' in dir() else 1", shown="n")
    path = worked.work("count", "count", "shown")
    record = record_file.read(path.with_name("worked.prov.json"))
    executions = record.sessions[0].executions
    executions.append(
        dataclasses.replace(executions[-1], number=4, outcome="unfinished", source=digests.of_text("lost"))
    )
    record_file.write(path.with_name("worked.prov.json"), record)
    replayed = check(path, dataclasses.replace(CURRENT, replay=frozenset({"order"})))
    assert {cell.verdict for cell in replayed.cells} == {"identical"}


def test_an_order_of_which_a_source_is_lost_is_said_to_be_beyond_replay(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", shown="value")
    report = check(worked.work("gone", "shown", gone="value = 1"), CURRENT)
    assert told(report) == {"shown": [("order", 0, "recorded")]}
    assert any(text.startswith("order cannot be played back") for text in report.blind_spots)


def test_sources_that_a_project_keeps_are_played_back_on_any_machine(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", count="n = n + 1 if 'n' in dir() else 1", edited="value = 2", shown="n, value")
    (tmp_path / "work" / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-sources = true\n")
    path = worked.work("edited", "gone", "count", "count", "shown", edited="value = 1", gone="value += 5")
    report = check(path, CURRENT)
    assert {kind for kind, _, sure in told(report)["shown"] if sure == "proven"} == {"order"}
    replayed = check(path, dataclasses.replace(CURRENT, replay=frozenset({"order"})))
    assert {cell.verdict for cell in replayed.cells} == {"identical"}


def test_a_source_that_is_not_what_its_digest_says_is_not_played_back() -> None:
    lies = Record("a.ipynb", sources={digests.of_text("old"): "other"})
    assert texts_of(nbformat.v4.new_notebook(), lies, [digests.of_text("old")]) == {}


def test_what_agrees_or_is_not_to_be_explained_costs_no_further_run(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", draw="import random\nrandom.random()", same="1")
    path = worked.work(*worked.cells)
    assert told(report := check(path, dataclasses.replace(CURRENT, explain="no"))) == {
        "draw": [("random", 0, "recorded")]
    }
    assert report.runs == 1
    agreeing = Worked(tmp_path / "agreeing", same="1")
    assert check(agreeing.work("same"), CURRENT).runs == 1


def test_a_notebook_without_a_record_is_set_against_its_own_first_re_run(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work", draw="import random\nx = random.random()", shown="x", now="import time\ntime.time()"
    )
    path = worked.work(*worked.cells)
    path.with_name("worked.prov.json").unlink()
    report = check(path, CURRENT)
    assert told(report) == {"shown": [("random", 0, "proven")], "now": [("clock", 2, "proven")]}


@pytest.mark.parametrize(
    ("cells", "order", "root"),
    [
        ({"shows": "print(y)", "sets": "y = 5"}, ("sets", "shows"), 0),
        ({"one": "x = 1", "shows": "print(x)", "two": "x = 2"}, ("one", "two", "shows"), 1),
    ],
)
def test_the_numbers_of_executions_tell_the_order_where_there_is_no_record(
    tmp_path: Path, cells: dict[str, str], order: tuple[str, ...], root: int
) -> None:
    path = Worked(tmp_path / "work", **cells).work(*order)
    path.with_name("worked.prov.json").unlink()
    report = check(path, CURRENT)
    assert told(report) == {"shows": [("order", root, "proven")]}
    index = list(cells)
    assert report.order == [index.index(cell) for cell in order]


def test_what_no_cell_sets_any_more_is_a_matter_of_order_without_a_record_too(tmp_path: Path) -> None:
    path = Worked(tmp_path / "work", shows="print(z)").work("gone", "shows", gone="z = 3")
    path.with_name("worked.prov.json").unlink()
    assert [(kind, cell) for kind, cell, _ in told(check(path, CURRENT))["shows"]] == [("order", 0)]


def test_what_two_re_runs_agree_on_is_looked_for_elsewhere(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", shows="print('one')")
    path = worked.work("shows")
    path.write_text(path.read_text().replace('"one\\n"', '"two\\n"'))
    (cause,) = check(path, CURRENT).cells[0].causes
    assert (cause.kind, "agree with each other" in str(cause.advice)) == ("unknown", True)


@pytest.mark.slow
def test_a_further_re_run_that_hangs_ends_the_ladder_and_not_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_prov.check.experiments._SHORTEST_CELL", 3.0)
    mark = tmp_path / "runs"
    count = f"import random, time\nopen({str(mark)!r}, 'a').write('x')\nruns = len(open({str(mark)!r}).read())"
    source = f"{count}\nif runs > 2: time.sleep(999)"
    worked = Worked(tmp_path / "work", count=source, draw="random.random()")
    report = check(worked.work(*worked.cells), Options(env="current", timeout=30))
    assert told(report)["draw"][0][0] == "random"
    assert any("came to no end" in text for text in report.blind_spots)


def test_a_replay_leaves_everything_as_it_was(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work", draw="import random\nx = random.random()\nopen('x.txt', 'w').write(str(x))", shown="x"
    )
    path = worked.work(*worked.cells)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    check(path, CURRENT)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before


@pytest.mark.slow
def test_what_no_flow_of_values_shows_is_found_by_trying(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "helper.py").write_text("def tidied(words):\n    return list(set(words))\n")
    worked = Worked(
        folder,
        imports="import functools, random\nimport pandas as pd\nfrom helper import tidied",
        cached="@functools.lru_cache\ndef drawn(n): return random.random()\nfirst = drawn(1)",
        shown="drawn(1)",
        words="words = tidied('one two three four five six seven eight nine'.split())",
        listed="words",
    )
    report = check(worked.work(*worked.cells), dataclasses.replace(CURRENT, explain="full"))
    assert told(report) == {"shown": [("random", 1, "proven")], "listed": [("hash-seed", 3, "proven")]}


@pytest.mark.slow
def test_an_order_that_matters_without_a_name_is_found_by_trying(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        imports="import pandas as pd",
        shown="pd.Series([1 / 3])",
        option="pd.set_option('display.precision', 2)",
    )
    report = check(worked.work("imports", "option", "shown"), CURRENT)
    assert told(report) == {"shown": [("order", 2, "proven")]}
    assert report.runs == 3


def test_a_cell_that_changed_things_twice_without_a_name_is_pointed_at(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", made="rows = [[1], [2]]", loop="for row in rows: row.append(0)", shown="rows")
    report = check(worked.work("made", "loop", "loop", "shown"), CURRENT)
    assert told(report) == {"shown": [("order", 1, "proven")]}


def test_a_part_of_what_differs_is_proven_though_the_rest_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "data.csv").write_text("1")
    worked = Worked(folder, both="import random\nopen('data.csv').read(), random.random()", same="1")
    path = worked.work(*worked.cells)
    (folder / "data.csv").write_text("2")
    assert told(check(path, CURRENT)) == {"both": [("data", 0, "suspected"), ("random", 0, "proven")]}


@pytest.mark.slow
def test_values_that_a_replay_brings_back_prove_it_though_the_rest_stays_another(tmp_path: Path) -> None:
    words = "list({'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'})"
    worked = Worked(
        tmp_path / "work",
        imports="import os, random, time",
        pid="print(os.getpid(), random.random())",
        words=f"print({words}); print(time.time())",
    )
    assert told(check(worked.work(*worked.cells), dataclasses.replace(CURRENT, explain="full"))) == {
        "pid": [("environment", 1, "suspected"), ("random", 1, "proven")],
        "words": [("clock", 2, "proven"), ("hash-seed", 2, "proven")],
    }


def test_a_seed_that_was_set_by_a_cell_further_down_is_a_matter_of_order(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", imports="import random", shown="random.random()", seed="random.seed(3)")
    report = check(worked.work("imports", "seed", "shown"), CURRENT)
    assert told(report) == {"shown": [("order", 1, "proven")]}


def test_what_a_module_of_the_project_reads_reaches_who_imports_it(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "settings.py").write_text("import json\nCONFIG = json.load(open('config.json'))\n")
    (folder / "config.json").write_text('{"rate": 1}')
    path = Worked(folder, imports="import math\nfrom settings import CONFIG", shown="CONFIG").work("imports", "shown")
    (folder / "config.json").write_text('{"rate": 2}')
    assert told(check(path, CURRENT)) == {"shown": [("data", 0, "recorded")]}


def test_without_a_record_errors_tell_what_is_missing(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        module="import not_installed_here\n'there'",
        file="open('notes.txt').read()",
        url="import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/').status",
    )
    path = worked.work()
    path.with_name("worked.prov.json").unlink()
    notebook = nbformat.read(path, 4)
    for number, cell in enumerate(notebook.cells, 1):
        cell.execution_count = number
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1"}, execution_count=number)]
    nbformat.write(notebook, path)
    found = {"module": "package", "file": "data", "url": "network"}
    assert told(check(path, CURRENT)) == {
        name: [(kind, number, "suspected")] for number, (name, kind) in enumerate(found.items())
    }


@pytest.mark.slow
def test_without_a_record_the_stored_versions_are_told_where_nothing_else_is_known(tmp_path: Path) -> None:
    worked = Worked(tmp_path / "work", shown="'now'")
    path = worked.work("shown")
    path.with_name("worked.prov.json").unlink()
    notebook = nbformat.read(path, 4)
    notebook.cells[0].outputs[0].data["text/plain"] = "'then'"
    nbformat.write(notebook, path)
    assert told(check(path, CURRENT)) == {"shown": [("unknown", None, "suspected")]}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.6.9"}
    nbformat.write(notebook, path)
    (cause,) = check(path, CURRENT).cells[0].causes
    assert (cause.kind, cause.confidence) == ("package", "suspected")
    assert "Python 3.6.9" in cause.explanation


def test_causes_point_at_the_line(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "data.csv").write_text("a\n1\n")
    (folder / "helper.py").write_text("def rate(): return 1\n")
    worked = Worked(
        folder,
        imports="import json, math\nimport random\nimport numpy as np\nimport helper",
        drawn="n = math.sqrt(4)\nx = np.random.rand(2)\ny = [random.random() for _ in range(2)]\nx, y",
        read="path = 'data.csv'\nlines = open(path).readlines()\nlines",
        rated="helper.rate()",
        loaded="math.pi",
    )
    path = worked.work(*worked.cells)
    (folder / "data.csv").write_text("a\n2\n")
    (folder / "helper.py").write_text("def rate(): return 2\n")
    found = {cell.id: {(one.kind, one.cell, one.line) for one in cell.causes} for cell in check(path, CURRENT).cells}
    assert found == {
        "imports": set(),
        "drawn": {("random", 1, 2), ("random", 1, 3)},
        "read": {("data", 2, 1)},
        "rated": {("code", 0, 4)},
        "loaded": set(),
    }


@pytest.mark.slow
def test_pools_of_processes_are_held_fast(tmp_path: Path) -> None:
    worked = Worked(
        tmp_path / "work",
        imports="import multiprocessing, os, time, zlib",
        shown="def work(n):\n    time.sleep(zlib.crc32(b'%d %d' % (os.getpid(), n)) % 1000 / 3000)\n    return n\n"
        "with multiprocessing.get_context('fork').Pool(4) as pool: print(list(pool.imap_unordered(work, range(12))))",
    )
    report = check(worked.work(*worked.cells), CURRENT)
    assert ("concurrency", 1, "proven") in told(report)["shown"]


@pytest.mark.parametrize("change", ["new", "gone"])
def test_files_that_only_one_of_the_two_runs_read_are_told(tmp_path: Path, change: str) -> None:
    folder = tmp_path / "work"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "a.txt").write_text("a")
    (folder / "parts" / "b.txt").write_text("b")
    read = "from pathlib import Path\ntexts = [file.read_text() for file in sorted(Path('parts').iterdir())]"
    path = Worked(folder, read=read, shown="texts").work("read", "shown")
    if change == "new":
        (folder / "parts" / "c.txt").write_text("c")
    else:
        (folder / "parts" / "b.txt").unlink()
    assert told(check(path, CURRENT)) == {"shown": [("data", 0, "recorded")]}


def test_sources_are_found_in_the_journals_of_this_machine(tmp_path: Path) -> None:
    journaled(tmp_path, "old")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("new")])
    wanted = [digests.of_text(text) for text in ("old", "new", "lost")]
    assert list(texts_of(notebook, Record("a.ipynb"), wanted).values()) == ["old", "new"]
