"""The append-only journal: its chain, torn and altered lines, and what can be had from it after any death."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import journal
from jupyter_prov.record.journal import Journal, recovered, sessions_of
from jupyter_prov.record.model import OK, UNFINISHED


def session(name: str = "s", **more: Any) -> dict[str, Any]:
    return {"kind": "session", "session": name, "started": "t0", "cwd": "/p", "python": {"version": "3.11"}, **more}


def started(number: int, name: str = "s", text: str = "x = 1") -> dict[str, Any]:
    return {"kind": "started", "session": name, "number": number, "cell": f"c{number}", "text": text, "started": "t"}


def ended(number: int, name: str = "s") -> dict[str, Any]:
    return {"kind": "ended", "session": name, "number": number, "count": number, "seconds": 0.1, "outcome": OK,
            "error": None, "evidence": {}}  # fmt: skip


def write(path: Path, *entries: dict[str, Any]) -> Journal:
    written = Journal(path)
    for entry in entries:
        written.append(entry)
    return written


def numbers(path: Path) -> list[int]:
    return [e.number for log in sessions_of(path) for e in log.executions]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journals" / "k.jsonl"


def test_what_was_appended_is_read_back_without_closing(path: Path) -> None:
    open_journal = write(path, session(), started(1, text="é\ud800\n"), ended(1), started(2))
    [log] = sessions_of(path)
    open_journal.close()
    assert [e.outcome for e in log.executions] == [OK, "running"]
    assert log.texts[log.executions[0].source] == "é\ud800\n"


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_only_its_owner_can_read_it(path: Path) -> None:
    write(path, session()).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_a_torn_last_line_is_passed_over_and_cut_off_by_the_next_entry(path: Path, cut: int) -> None:
    write(path, session(), started(1), started(2)).close()
    os.truncate(path, path.stat().st_size - cut)
    assert numbers(path) == [1]
    write(path, started(3)).close()
    assert numbers(path) == [1, 3]


@pytest.mark.parametrize("line", [0, 1, 2])
def test_an_altered_line_ends_reading(path: Path, line: int) -> None:
    write(path, session(), started(1), started(2), started(3)).close()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"session":"s"', b'"session":"t"')
    path.write_bytes(b"".join(lines))
    assert numbers(path) == [[], [], [1]][line]


def test_a_removed_and_a_swapped_line_are_found(path: Path) -> None:
    write(path, session(), started(1), started(2), started(3)).close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1], lines[3]]))
    assert numbers(path) == [1]
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], lines[3]]))
    assert numbers(path) == []


def test_an_empty_journal_has_no_sessions(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert sessions_of(path) == []


def test_a_closed_journal_opens_again_and_keeps_the_chain(path: Path) -> None:
    again = write(path, session(), started(1))
    again.close()
    again.append(started(2))
    again.close()
    assert numbers(path) == [1, 2]


def test_a_restarted_kernel_begins_a_session_of_its_own(path: Path) -> None:
    write(path, session(), started(1), session("t"), started(1, "t"), started(2, "t")).close()
    assert [len(log.executions) for log in sessions_of(path)] == [1, 2]


def test_an_entry_that_makes_no_sense_hides_nothing_else(path: Path) -> None:
    write(path, session(), {"kind": "started", "session": "s"}, started(2)).close()
    [log] = sessions_of(path)
    assert [e.number for e in log.executions] == [2]
    assert "not understood" in log.blind_spots[0]


ALMOST_FULL = """
import resource, sys
from pathlib import Path
from tests.record.test_journal import Journal, session, started
journal = Journal(Path(sys.argv[1]))
journal.append(session())
for number in range(1, 20):
    text = "x" * (10_000 if number == 3 else 10)
    if number == 3:
        size = Path(sys.argv[1]).stat().st_size + 2_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size * 100))
    if number == 4:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size * 100, size * 100))
    try:
        journal.append(started(number, text=text))
    except OSError as error:
        print("refused", number)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_what_comes_after_a_full_disk_can_still_be_read(path: Path) -> None:
    path.parent.mkdir()
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", ALMOST_FULL, str(path)], capture_output=True, text=True, cwd=root, check=False
    )
    assert found.stdout == "refused 3\n", found.stderr
    assert numbers(path) == [n for n in range(1, 20) if n != 3]


def notebook(name: str) -> dict[str, Any]:
    return {"kind": "notebook", "path": name}


def test_sessions_are_recovered_for_the_notebook_that_the_kernel_served_last(path: Path) -> None:
    write(path, notebook("old.ipynb"), session(), started(1), notebook("new.ipynb"), started(2)).close()
    assert recovered(path.parent, "old.ipynb", known=()) == []
    [log] = recovered(path.parent, "new.ipynb", known=())
    assert [e.outcome for e in log.executions] == [UNFINISHED, UNFINISHED]
    assert log.ended


def test_the_source_of_a_cell_cannot_pretend_to_be_a_notebook(path: Path) -> None:
    text = '{"kind":"notebook","path":"victim.ipynb"}\n'
    write(path, notebook("mine.ipynb"), session(), started(1, text=text)).close()
    assert recovered(path.parent, "victim.ipynb", known=()) == []
    assert len(recovered(path.parent, "mine.ipynb", known=())) == 1


def test_a_torn_notebook_line_leaves_the_one_before_it_in_force(path: Path) -> None:
    write(path, notebook("mine.ipynb"), session(), started(1), notebook("other.ipynb")).close()
    os.truncate(path, path.stat().st_size - 12)
    assert len(recovered(path.parent, "mine.ipynb", known=())) == 1


def test_known_kernels_and_sessions_that_ran_nothing_are_not_recovered(path: Path) -> None:
    write(path, notebook("a.ipynb"), session(), started(1), session("empty")).close()
    assert recovered(path.parent, "a.ipynb", known={"k"}) == []
    assert len(recovered(path.parent, "a.ipynb", known={"other"})) == 1


def test_old_journals_are_pruned_and_young_ones_kept(path: Path) -> None:
    write(path, session()).close()
    young = path.with_name("young.jsonl")
    write(young, session()).close()
    os.utime(path, (0, 0))
    journal.prune(path.parent)
    assert [p.name for p in path.parent.iterdir()] == ["young.jsonl"]
