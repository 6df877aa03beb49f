"""What a record knows of a session and its journal has lost."""

from __future__ import annotations

from typing import Any

from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.model import Record
from jupyter_prov.record.sessionlog import SessionLog
from tests.record.making import (
    code,
    data,
    file,
    log_of,
    notebook_of,
    packages_entry,
    printed,
    ran,
    session_entry,
    valid,
)

NOTEBOOK = notebook_of(*(code(f"c{number}", number, printed(str(number))) for number in range(1, 13)))
RUNS = [ran(number, f"c{number}", evidence=data(file("/project/in.csv"))) for number in range(1, 13)]
DIGEST = {"kind": "digests", "files": [["/project/in.csv", "1", "blake3:" + "1" * 64, 8, False]]}


def made(*entries: Any, before: Record | None = None, recovered: bool = True) -> Record:
    log = SessionLog("s")
    for entry in entries:
        for one in [entry] if isinstance(entry, dict) else entry:
            log.apply(one)
    log.close()
    log.is_recovered = recovered
    return valid(assemble("a.ipynb", NOTEBOOK, [log], before))


WHOLE = (session_entry(), packages_entry(pandas="2.0"), *RUNS, DIGEST)


def executions(record: Record) -> list[tuple[int, str]]:
    assert all(record.origin(state.id) for state in record.cells)
    return [(run.number, run.outcome) for _, run in record.executions()]


def test_executions_that_the_journal_lost_stay() -> None:
    before = made(*WHOLE)
    for lost in (slice(0, 11), slice(1, 12), slice(3, 9)):
        kept = [run for number, run in enumerate(RUNS) if number not in range(*lost.indices(12))]
        record = made(session_entry(), packages_entry(pandas="2.0"), *kept, DIGEST, before=before)
        assert executions(record) == [(number, "ok") for number in range(1, 13)]
        assert record == before


def test_what_else_the_journal_lost_stays_too() -> None:
    before = made(*WHOLE)
    ends = [entry for run in RUNS for entry in run[:1]]
    for left in (
        (session_entry(), packages_entry(pandas="2.0"), *ends),  # the ends
        (session_entry(), *RUNS, DIGEST),  # the list of packages
        (session_entry(), packages_entry(pandas="2.0"), *RUNS),  # the digests
        (packages_entry(pandas="2.0"), *RUNS, DIGEST),  # the beginning of the session
        (packages_entry(pandas="2.0"), *RUNS[5:], DIGEST),
    ):
        record = made(*left, before=before)
        (session,) = record.sessions
        assert executions(record) == [(number, "ok") for number in range(1, 13)]
        assert (session.started, session.python) == ("t1", {"version": "3.11.7"})
        assert session.packages == before.sessions[0].packages
        assert all("digest" in noted for run in session.executions for noted in run.evidence["data"]["files"])


def test_a_living_session_alone_says_what_its_record_says() -> None:
    before = made(*WHOLE)
    record = made(session_entry(), packages_entry(), *RUNS[:3], before=before, recovered=False)
    assert executions(record) == [(1, "ok"), (2, "ok"), (3, "ok")]


def test_a_number_that_another_execution_has_is_that_executions() -> None:
    before = made(*WHOLE)
    other = ran(1, "c1", text="y = 2")
    record = made(session_entry(), packages_entry(), other[:1], before=before)
    assert record.sessions[0].executions[0].outcome == "unfinished"


def test_no_cell_points_at_an_execution_that_is_not_there() -> None:
    before = made(*WHOLE)
    before.sessions[0].executions = before.sessions[0].executions[:5]  # as by hand
    record = assemble("a.ipynb", NOTEBOOK, [], before)
    assert [state.id for state in record.cells] == [f"c{number}" for number in range(1, 6)]
    assert log_of().is_recovered is False
