"""Finding a notebook's sessions in the journals of servers that ended before they could save them."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record.model import UNFINISHED
from jupyter_prov.record.recover_sessions import Recovery, notebooks_of, showing
from tests.record.making import code, log_of, notebook_of, ran
from tests.record.test_journal import ended, old_line, session, started, write

FILE = "/root/a.ipynb"


def serves(*files: str) -> dict[str, Any]:
    return {"kind": "notebook", "path": os.path.basename(files[-1]), "files": list(files)}


@pytest.fixture
def recovery(tmp_path: Path) -> Recovery:
    return Recovery(tmp_path / "journals", logging.getLogger(__name__))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journals" / "k.jsonl"


def numbers(recovery: Recovery, notebook: str = FILE, known: Any = ()) -> list[int]:
    return [run.number for log in recovery.sessions(notebook, known) for run in log.executions]


def test_the_notebook_that_the_kernel_served_last_is_found_by_its_real_path(path: Path, recovery: Recovery) -> None:
    write(path, serves("/root/old.ipynb"), session(), started(1), serves(FILE), started(2)).close()
    assert numbers(recovery, "/root/old.ipynb") == []
    assert numbers(recovery, "/other/a.ipynb") == []
    [log] = recovery.sessions(FILE, ())
    assert [run.outcome for run in log.executions] == [UNFINISHED, UNFINISHED]
    assert (log.ended, log.is_recovered) == (True, True)


def test_a_kernel_of_several_notebooks_is_found_by_each(path: Path, recovery: Recovery) -> None:
    write(path, serves(FILE, "/root/b.ipynb"), session(), started(1)).close()
    assert numbers(recovery) == numbers(recovery, "/root/b.ipynb") == [1]


def test_there_is_no_limit_to_how_many_journals_are_looked_at(path: Path, recovery: Recovery) -> None:
    write(path, serves(FILE), session(), started(1)).close()
    os.utime(path, (1, 1))
    for number in range(120):
        write(path.with_name(f"{number}.jsonl"), serves("/root/other.ipynb"), session(), started(1)).close()
    assert numbers(recovery) == [1]


def test_what_came_since_is_found_too(path: Path, recovery: Recovery) -> None:
    write(path, serves(FILE), session(), started(1)).close()
    assert numbers(recovery) == [1]
    write(path, ended(1), started(2)).close()
    write(path.with_name("l.jsonl"), serves(FILE), session("t"), started(7, "t")).close()
    assert numbers(recovery) == [1, 2, 7]


def test_the_journal_of_a_living_kernel_is_left_alone(path: Path, recovery: Recovery) -> None:
    kept = write(path, serves(FILE), session(), started(1))
    assert numbers(recovery) == []
    kept.close()
    assert numbers(recovery) == [1]
    assert numbers(recovery, known={"k"}) == []


def test_a_source_cannot_pretend_to_be_a_notebook(path: Path, recovery: Recovery) -> None:
    text = '{"kind":"notebook","path":"v","files":["/victim"]}}\n'
    write(path, serves(FILE), session(), started(1, text=text)).close()
    assert numbers(recovery, "/victim") == []
    assert numbers(recovery) == [1]


@pytest.mark.parametrize("cut", [3, 40])
def test_a_torn_notebook_line_leaves_the_one_before_it_in_force(path: Path, recovery: Recovery, cut: int) -> None:
    write(path, serves(FILE), session(), started(1), serves("/root/other.ipynb")).close()
    os.truncate(path, path.stat().st_size - cut)
    assert numbers(recovery) == [1]


def test_sessions_that_ran_nothing_are_not_recovered(path: Path, recovery: Recovery) -> None:
    write(path, serves(FILE), session(), started(1), session("empty")).close()
    assert len(recovery.sessions(FILE, ())) == 1


def test_damage_is_logged_once(path: Path, recovery: Recovery, caplog: pytest.LogCaptureFixture) -> None:
    write(path, serves(FILE), session(), started(1), started(2)).close()
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":9'))
    assert numbers(recovery) == numbers(recovery) == [2]
    [told] = [record.getMessage() for record in caplog.records]
    assert str(path) in told
    assert "damaged in one place" in told


def test_what_cannot_be_read_costs_itself_and_is_logged(
    path: Path, recovery: Recovery, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, serves(FILE), session(), started(1)).close()
    path.with_name("folder.jsonl").mkdir()
    assert numbers(recovery) == [1]
    assert "folder.jsonl" in caplog.text


def test_a_folder_that_cannot_be_read_costs_the_journals_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert numbers(Recovery(tmp_path / "file", logging.getLogger(__name__))) == []
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("said", "cwd", "is_found"),
    [
        ("a.ipynb", "/root", True),
        ("sub/a.ipynb", "/root/sub", True),
        ("a.ipynb", "/other", False),
        ("sub/a.ipynb", "/root", False),  # a kernel that was started elsewhere: whose root this is cannot be known
    ],
)
def test_a_journal_of_an_earlier_version_is_used_where_its_kernel_was_started(
    said: str, cwd: str, is_found: bool
) -> None:
    chained, first = old_line("", {"kind": "notebook", "path": said})
    _, second = old_line(chained, {**session(), "cwd": cwd})
    assert (os.path.join("/root", said) in notebooks_of(first + second)) is is_found


def test_only_sessions_that_can_have_made_something_are_looked_at() -> None:
    logs = [log_of(ran(1, text="x = 1"), ran(2, "b", text="y"), started=start) for start in ("t1", "t2")]
    for log in logs:
        log.is_recovered = True
    assert showing(logs, notebook_of(code("a", 3))) == []
    assert showing(logs, notebook_of(code("a", 1))) == logs
    assert showing(logs, notebook_of(code("renumbered", 1))) == logs  # the same source with the same number
    assert showing(logs, notebook_of(code("a", None))) == logs
    logs[0].is_recovered = False
    assert showing(logs, notebook_of()) == logs[:1]
