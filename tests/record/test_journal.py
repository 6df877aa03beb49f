"""The append-only journal: its chain, torn and altered lines, and what can be had from it after any death."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record import journal
from jupyter_prov.record.digests import of_text
from jupyter_prov.record.journal import Journal, sessions_of
from jupyter_prov.record.model import OK


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


@pytest.mark.parametrize("cut", [2, 20, 60, 200])
def test_a_torn_last_line_costs_itself_and_what_comes_later_is_read(path: Path, cut: int) -> None:
    write(path, session(), started(1), started(2, text="x" * 300)).close()
    os.truncate(path, path.stat().st_size - cut)
    assert numbers(path) == [1]
    torn = path.read_bytes()
    write(path, started(3)).close()
    assert numbers(path) == [1, 3]
    assert path.read_bytes().startswith(torn)  # nothing is cut off
    [log] = sessions_of(path)
    assert log.blind_spots == [
        "The journal of this session is damaged in one place; what stood there is missing where nothing else knows it."
    ]


def test_a_line_that_lacks_nothing_but_its_end_is_whole(path: Path) -> None:
    write(path, session(), started(1)).close()
    os.truncate(path, path.stat().st_size - 1)
    write(path, started(2)).close()
    assert (numbers(path), journal.read(path).damaged) == ([1, 2], 0)


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_an_altered_line_costs_itself_alone(path: Path, line: int) -> None:
    write(path, session(), started(1), started(2), started(3), started(4)).close()
    lines = lines_of(path)
    lines[line] = lines[line].replace(b'"session":"s"', b'"session":"t"')
    path.write_bytes(b"".join(lines))
    assert numbers(path) == [number for number in (1, 2, 3, 4) if number != line]
    assert journal.read(path).damaged == 1


def test_the_first_line_of_a_session_can_be_lost_like_any_other(path: Path) -> None:
    write(path, session(), started(1), started(2)).close()
    path.write_bytes(b"".join(lines_of(path)[1:]))
    [log] = sessions_of(path)
    assert ([e.number for e in log.executions], len(log.blind_spots)) == ([1, 2], 1)


def test_removed_and_swapped_lines_are_counted_and_cost_no_other(path: Path) -> None:
    write(path, session(), started(1), started(2), started(3)).close()
    lines = lines_of(path)
    path.write_bytes(b"".join([lines[0], lines[1], lines[3]]))
    assert (numbers(path), journal.read(path).damaged) == ([1, 3], 1)
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], lines[3]]))
    assert (numbers(path), journal.read(path).damaged) == ([1, 2, 3], 3)


def test_a_bad_line_and_the_next_that_it_leaves_unproven_are_one_place(path: Path) -> None:
    write(path, session(), started(1), started(2), started(3)).close()
    lines = lines_of(path)
    path.write_bytes(b"".join([*lines[:2], b"\0" * 100 + b"\n", lines[3]]))
    assert (numbers(path), journal.read(path).damaged) == ([1, 3], 1)


@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=20), st.booleans())
def test_no_damage_costs_more_than_the_lines_that_it_touches(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes, inserted: bool
) -> None:
    path = tmp_path_factory.mktemp("journals") / "k.jsonl"
    write(path, session(), *(started(number) for number in range(1, 21))).close()
    whole = path.read_bytes()
    at %= len(whole)
    end = at if inserted else min(at + len(junk), len(whole))
    path.write_bytes(whole[:at] + junk + whole[end:])
    ends = itertools.accumulate(map(len, whole.splitlines(keepends=True)))
    touched = {number for number, stop in enumerate(ends) if at <= stop and end > stop - len(lines_of(path)[0]) * 2}
    found = numbers(path)
    assert found == sorted(set(found))
    assert set(range(1, 21)) - set(found) <= {number + more for number in touched for more in (0, 1)}


def old_line(previous: str, entry: dict[str, Any]) -> tuple[str, bytes]:
    """A line as 0.1 wrote it."""
    body = json.dumps(entry, separators=(",", ":"))
    chained = blake3((previous + body).encode()).hexdigest(length=16)
    return chained, f'{{"sum":"{chained}","entry":{body}}}\n'.encode()


def test_a_journal_of_an_earlier_version_is_read_and_gone_on_with(path: Path) -> None:
    path.parent.mkdir()
    lines, chained = [], ""
    for entry in (session(), started(1), started(2), started(3)):
        chained, line = old_line(chained, entry)
        lines.append(line)
    path.write_bytes(b"".join(lines))
    write(path, started(4)).close()
    assert (numbers(path), journal.read(path).damaged) == ([1, 2, 3, 4], 0)
    lines[2] = lines[2].replace(b"x = 1", b"x = 2")
    path.write_bytes(b"".join(lines))
    assert (numbers(path), journal.read(path).damaged) == ([1, 3], 1)


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
from contextlib import closing
from pathlib import Path
from tests.record.test_journal import Journal, session, started
journal = Journal(Path(sys.argv[1]))
journal.append(session())
for number in range(1, 20):
    text = "x" * (10_000 if number == 3 else 10)
    if number == 3:
        size = Path(sys.argv[1]).stat().st_size + 2_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size * 100))
    if number == 6:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size * 100, size * 100))
    try:
        journal.append(started(number, text=text))
    except OSError as error:
        print("refused", number, journal.is_complete)
print(journal.is_complete)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_what_a_full_disk_refused_is_written_later(path: Path) -> None:
    path.parent.mkdir()
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", ALMOST_FULL, str(path)], capture_output=True, text=True, cwd=root, check=False
    )
    assert found.stdout == "refused 3 False\nrefused 4 False\nrefused 5 False\nTrue\n", found.stderr
    assert (numbers(path), journal.read(path).damaged) == (list(range(1, 20)), 0)


def test_a_folder_that_cannot_be_made_costs_nothing_once_it_can(path: Path) -> None:
    path.parent.write_text("a file where the folder belongs")
    kept = Journal(path)
    with pytest.raises(FileExistsError):
        kept.append(session())
    path.parent.unlink()
    kept.append(started(1))
    kept.close()
    assert numbers(path) == [1]


def test_a_journal_is_live_as_long_as_somebody_writes_it(path: Path) -> None:
    kept = write(path, session())
    assert journal.is_live(path)
    kept.close()
    assert not journal.is_live(path)


def test_the_first_line_names_server_root_and_kernel(path: Path) -> None:
    head = {"server": {"host": "h", "pid": 1}, "root": "/r", "kernel": "k"}
    kept = Journal(path, head)
    kept.append(session())
    kept.close()
    assert json.loads(lines_of(path)[0])["entry"] == {"kind": "head", **head}
    assert numbers(path) == []


def test_old_journals_are_pruned_and_young_ones_kept(path: Path) -> None:
    write(path, session()).close()
    young = path.with_name("young.jsonl")
    write(young, session()).close()
    os.utime(path, (0, 0))
    journal.prune(path.parent)
    assert [p.name for p in path.parent.iterdir()] == ["young.jsonl"]


def test_a_journal_that_is_still_written_is_never_pruned(path: Path) -> None:
    kept = write(path, session())
    os.utime(path, (0, 0))
    journal.prune(path.parent)
    assert path.exists()
    kept.close()


def test_a_pipe_among_the_journals_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to("a.jsonl")
    with closing(Journal(tmp_path / "c.jsonl")) as written:
        written.append({"kind": "started", "text": "x"})
    source = of_text("x")
    assert journal.texts(tmp_path, {source}) == {source: "x"}
    for name in "abc":
        os.utime(tmp_path / f"{name}.jsonl", (0, 0))
    journal.prune(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "b.jsonl"}
