"""A session put together from its entries, in whatever order the digests come."""

from __future__ import annotations

import copy
import itertools

import pytest

from jupyter_prov.record.assemble import live
from jupyter_prov.record.model import UNFINISHED, Json
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog
from tests.record.making import (
    FOLDER,
    data,
    ended_entry,
    file,
    is_pending,
    log_of,
    packages_entry,
    ran,
    session_entry,
    started_entry,
    valid,
)

DIGEST = "blake3:" + "0" * 64


def files_of(log: SessionLog, number: int = -1) -> list[Json]:
    noted: list[Json] = log.executions[number].evidence["data"]["files"]
    return noted


def digests(*files: list[object]) -> Json:
    return {"kind": "digests", "files": list(files)}


ENTRIES = [
    started_entry(1),
    ended_entry(1, evidence=data(file("/project/a"), file("/project/b", "output", "2"))),
    digests(["/project/a", "1", DIGEST, 3, False]),
    digests(["/project/b", "2", DIGEST, 4, False]),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(1, 4))), ids=str)
def test_digests_may_come_before_and_after_the_execution_that_they_belong_to(order: tuple[int, ...]) -> None:
    log = log_of(*copy.deepcopy([ENTRIES[0], *(ENTRIES[i] for i in order)]))
    assert [(f["digest"], f["size"]) for f in files_of(log)] == [(DIGEST, 3), (DIGEST, 4)]
    assert not log.waiting
    assert not is_pending(log)


def test_one_digest_serves_all_executions_that_read_that_version() -> None:
    log = log_of(
        ran(1, evidence=data(file("/project/a"))),
        digests(["/project/a", "1", DIGEST, 3, False]),
        ran(2, evidence=data(file("/project/a"))),
        ran(3, evidence=data(file("/project/a", version="2"))),
    )
    assert ["digest" in files_of(log, n)[0] for n in range(3)] == [True, True, False]
    assert is_pending(log)


def test_a_file_that_changed_while_it_was_read_is_marked() -> None:
    log = log_of(ran(1, evidence=data(file("/project/a"))), digests(["/project/a", "1", DIGEST, 3, True]))
    assert files_of(log)[0]["changed_while_running"]


def test_a_file_that_was_gone_too_soon_has_no_digest_and_is_not_waited_for() -> None:
    log = log_of(ran(1, evidence=data(file("/project/a"))), digests(["/project/a", "1", None, None, True]))
    assert "digest" not in files_of(log)[0]
    assert not is_pending(log)


def test_entries_of_unknown_kinds_and_unknown_keys_are_passed_over() -> None:
    log = log_of({"kind": "weather"}, {"sun": 1}, {**started_entry(1), "k": 1}, ended_entry(1, k=1))
    assert [e.outcome for e in log.executions] == ["ok"]
    assert log.blind_spots == []


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "started", "number": 1},
        {"kind": "started", "number": 1, "cell": "a", "text": 5, "started": ""},
        {"kind": "digests", "files": [["a"]]},
        {"kind": "digests", "files": 3},
        {"kind": "session"},
        {"kind": "packages"},
        {"kind": "ended", "number": 1, "evidence": {"data": []}},
        {"kind": "x", "blind_spots": 5},
        {"kind": ["started"]},
    ],
    ids=str,
)
def test_an_entry_that_makes_no_sense_is_a_blind_spot(entry: Json) -> None:
    log = log_of(started_entry(1), entry, ended_entry(1))
    assert log.executions[0].finished
    assert len(log.blind_spots) == (entry["kind"] != ["started"])
    valid(live("a.ipynb", log, Place(FOLDER, FOLDER)))


@pytest.mark.parametrize("kind", ["session", "started", "ended", "digests", "packages", "unknown"])
def test_blind_spots_are_heard_whatever_entry_brings_them(kind: str) -> None:
    entries = {"session": session_entry(), "started": started_entry(2), "ended": ended_entry(1),
               "digests": digests(), "packages": packages_entry(), "unknown": {"kind": "unknown"}}  # fmt: skip
    log = log_of(started_entry(1), {**entries[kind], "blind_spots": ["one", "one", "two"]})
    assert log.blind_spots == ["one", "two"]


def test_an_execution_that_was_overtaken_never_ended() -> None:
    log = log_of(started_entry(1), ran(2))
    assert [e.outcome for e in log.executions] == [UNFINISHED, "ok"]
    assert log.running is None


def test_what_runs_when_the_kernel_dies_never_ended() -> None:
    log = log_of(ran(1), started_entry(2))
    assert log.running is log.executions[1]
    log.close()
    assert [e.outcome for e in log.executions] == ["ok", UNFINISHED]


def test_an_end_without_a_start_is_passed_over() -> None:
    assert log_of(ended_entry(7)).executions == []


def test_the_version_that_ran_is_kept_when_a_package_is_changed_under_it() -> None:
    log = log_of(packages_entry(used="1", other="1"), ran(1, evidence={"package": {"modules": ["used"]}}),
                 packages_entry(2, used="2", other="2", new="1"))  # fmt: skip
    versions = {name: found["version"] for name, found in log.packages["distributions"].items()}
    assert versions == {"used": "1", "other": "2", "new": "1"}
    assert log.blind_spots == ["used 1 is 2 now: it was changed after it had been imported."]


def test_a_package_that_one_cell_installs_and_imports_is_the_new_one() -> None:
    log = log_of(packages_entry(used="1"), ran(1, evidence={"package": {"modules": ["used"]}}),
                 packages_entry(1, used="2"))  # fmt: skip
    assert log.packages["distributions"] == {"used": {"version": "2"}}
    assert log.blind_spots == []


def test_a_package_that_was_imported_and_uninstalled_stays_known() -> None:
    log = log_of(packages_entry(used="1"), ran(1, evidence={"package": {"modules": ["used"]}}), packages_entry(2))
    record = valid(live("a.ipynb", log))
    assert record.sessions[0].packages["distributions"] == {"used": {"version": "1"}}
    assert record.sessions[0].packages["imports"] == {"used": ["used"]}


def test_a_session_is_pending_until_its_packages_are_known() -> None:
    log = SessionLog("s")
    log.apply(session_entry())
    assert is_pending(log)
    log.apply(packages_entry())
    assert not is_pending(log)


def test_paths_are_portable_and_versions_gone_in_the_record_alone() -> None:
    log = log_of(ran(1, evidence=data(file("/project/d/a.csv"), file("/elsewhere/b"))))
    [first, second] = live("a.ipynb", log, Place(FOLDER, FOLDER)).sessions[0].executions[0].evidence["data"]["files"]
    assert (first["path"], second["path"]) == ("d/a.csv", "/elsewhere/b")
    assert "version" not in first
    assert files_of(log)[0]["path"] == "/project/d/a.csv"


def test_a_snapshot_stays_as_it_was_while_the_session_goes_on() -> None:
    log = log_of(ran(1, "a", "one", data(file("/p/x.csv", version="1"))), started_entry(2, "b", "two"))
    taken = log.snapshot()
    log.apply(ended_entry(2))
    for entry in ran(3, "a", "three"):
        log.apply(entry)
    log.apply({"kind": "facts", "environment": {"TZ": "UTC"}, "watchers": {"data": "on"}, "blind_spots": ["none"]})
    assert [(one.number, one.outcome) for one in taken.executions] == [(1, "ok"), (2, "running")]
    assert {cell: one.number for cell, one in taken.latest.items()} == {"a": 1, "b": 2}
    assert taken.running is taken.executions[1] is taken.latest["b"]
    assert len(taken.texts) == 2
    assert (taken.facts["environment"], taken.watchers, taken.blind_spots) == ({}, {}, [])


@pytest.mark.parametrize("first", ["packages", "ended"])
def test_a_list_of_packages_is_awaited_only_until_it_has_come(first: str) -> None:
    entries = {"packages": {**packages_entry(), "number": 1}, "ended": {**ended_entry(1), "lists": True}}
    log = log_of(session_entry(), packages_entry(), started_entry(1))
    log.apply(entries.pop(first))
    assert is_pending(log)
    (last,) = entries.values()
    log.apply(last)
    assert not is_pending(log)
