"""How a record is laid out in its file: read back it is the same, and what every run changes stands at its end."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_prov.record import record_file
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.json_layout import joined, parted
from jupyter_prov.record.model import SCHEMA, Execution, Record, Session, from_json, to_json
from tests.record.making import valid

DIGEST = "blake3:" + "0" * 64
BEGUN = "2026-11-29T15:47:30.513162Z"
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='microseconds')}Z")
STARTED = MOMENTS | st.sampled_from([BEGUN, "", "at 3", "2026-11-29T15:47:30Z", "2026-11-29 15:47:30.513162Z"])
SECONDS = st.none() | st.integers(0, 10**9) | st.floats(0, 1e300)
VALUES = st.lists(st.text("0a,é ", max_size=3), max_size=3)
STATE = st.fixed_dictionaries({"rest": st.integers() | st.lists(st.integers())}, optional={"block": st.just("f1")})
DRAW = st.fixed_dictionaries({"generator": st.just("random"), "seeded": st.booleans()}, optional={"state": STATE})
RANDOM = st.fixed_dictionaries(
    {},
    optional={
        "draws": st.lists(DRAW, max_size=3),
        "entropy": st.dictionaries(st.sampled_from(["uuid.uuid4", "numpy.random"]), VALUES),
        "blocks": st.just({"f1": "AAAA"}),
        "k": st.just(1),
    },
)
EVIDENCE = st.fixed_dictionaries({}, optional={"random": RANDOM, "order": st.just({"uses": ["x"]})})
PACKAGES = st.sampled_from(
    [{}, *({"distributions": {"numpy": {"version": v}}, "imports": {}} for v in "12"), {"conda": {"a": {}}}]
)


@st.composite
def records(draw: Any) -> Record:
    sessions = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        executions = [
            Execution(
                draw(st.sampled_from([n, 1])),
                "a",
                n,
                DIGEST,
                draw(STARTED),
                draw(SECONDS),
                "ok",
                None,
                copy.deepcopy(draw(EVIDENCE)),
            )
            for n in range(1, draw(st.integers(0, 4)) + 1)
        ]
        sessions.append(Session(number, draw(STARTED), packages=draw(PACKAGES), executions=executions))
    return Record("a.ipynb", [], sessions)


@given(records())
def test_a_record_comes_back_from_its_file_as_it_was(record: Record) -> None:
    before = copy.deepcopy(record)
    assert record_file.loads(record_file.dumps(to_json(valid(record))), "a") == record == before


@given(records())
def test_reading_changes_nothing_in_what_was_parsed(record: Record) -> None:
    data = to_json(record)
    before = copy.deepcopy(data)
    assert from_json(data) == record
    assert data == before


def record_of(*executions: Execution, number: int = 1, **more: Any) -> Record:
    return Record("a.ipynb", [], [Session(number, BEGUN, executions=list(executions), **more)])


def ran(number: int, started: str = "2026-11-29T15:47:31.513163Z", **random: Any) -> Execution:
    evidence = {"random": random} if random else {}
    return Execution(number, "a", number, DIGEST, started, 0.25, "ok", None, evidence)


def test_times_of_a_session_are_one_line_of_the_last_key() -> None:
    data = to_json(record_of(ran(1), ran(2, "2026-11-29T15:47:30.000000Z")))
    assert data["times"] == [["1.000001+0.25 -0.513162+0.25"]]
    assert max(data) == "times"
    assert not {"started", "seconds"} & data["sessions"][0]["executions"][0].keys()


def test_states_and_entropy_stand_behind_all_sessions() -> None:
    draws = [{"generator": "random", "seeded": False, "state": {"block": "f", "rest": [3]}}]
    data = to_json(record_of(ran(7, draws=draws, blocks={"f": "AAAA"}, entropy={"uuid.uuid4": ["ab", "cd"]})))
    expected = {
        "blocks": {"f": "AAAA"},
        "draws": {"0": {"block": "f", "rest": [3]}},
        "entropy": {"uuid.uuid4": ["ab,cd"]},
    }
    assert data["states"] == [{"7": expected}]
    assert sorted(data)[-2:] == ["states", "times"]
    (execution,) = data["sessions"][0]["executions"]
    assert execution["evidence"] == {"random": {"draws": [{"generator": "random", "seeded": False}]}}


def test_a_record_of_before_is_read_as_it_was_written() -> None:
    execution = {"number": 1, "cell": "a", "count": 1, "source": DIGEST, "started": BEGUN, "seconds": 1.5,
                 "outcome": "ok", "evidence": {"random": {"entropy": {"uuid.uuid4": ["ab"]}}}}  # fmt: skip
    session = {"number": 1, "started": BEGUN, "executions": [execution]}
    old = {"schema": SCHEMA, "notebook": "a.ipynb", "cells": [], "sessions": [session]}
    (read,) = record_file.loads(json.dumps(old), "a").sessions[0].executions
    assert (read.started, read.seconds, read.evidence) == (BEGUN, 1.5, execution["evidence"])


def test_a_session_names_the_one_whose_lists_it_shares() -> None:
    packages = {"distributions": {"numpy": {"version": "2.0"}}, "imports": {"numpy": ["numpy"]}}
    sessions = [Session(n, BEGUN, packages=dict(packages, **more)) for n, more in ((1, {}), (2, {"imports": {}}))]
    data = to_json(Record("a.ipynb", [], sessions))
    assert [s["packages"] for s in data["sessions"]] == [packages, {"imports": {}, "same_as_session": 1}]


@example({"times": [["1.000000+0.5"] * 3] * 3, "states": [{"9": {}}, {}, {}]})
@example({"times": [["999999999999.000000+1"]]})
@example({"times": [["-999999999999.000000+" + "9" * 20]]})
@example({"states": [{"1": {"draws": {"7": {"rest": 1}}}}]})
@example({"times": [["1.0+0.5"]]})
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "times": st.lists(st.lists(st.text("-+.0 9e", max_size=9))) | st.text() | st.integers(),
            "states": st.lists(st.dictionaries(st.sampled_from("1a"), st.just({"entropy": {"a": [","]}}))) | st.none(),
        },
    )
)
def test_any_times_and_states_are_read_or_refused_with_a_sentence(parts: dict[str, Any]) -> None:
    data = {**to_json(record_of(ran(1), ran(2))), **parts}
    try:
        record = record_file.loads(json.dumps(data), "a")
    except UnreadableRecord:
        return
    assert all(isinstance(execution.started, str) for _, execution in record.executions())
    valid(record)


@pytest.mark.parametrize("same", [0, -1, 9, 2, "1", None])
def test_a_session_that_shares_the_lists_of_none_has_none(same: Any) -> None:
    data = to_json(record_of(number=2))
    data["sessions"][0]["packages"] = {"same_as_session": same}
    try:
        assert record_file.loads(json.dumps(data), "a").sessions[0].packages == {}
    except UnreadableRecord:
        assert not isinstance(same, int) or same < 1


def test_the_two_ways_undo_each_other() -> None:
    data = to_json(record_of(ran(1, entropy={"uuid.uuid4": ["ab"]})))
    assert parted(joined(data)) == data
