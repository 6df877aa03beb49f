"""Entries that a notebook forges: what is no entry is passed over, and what passes can be made into a record."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from jupyter_prov.diagnosis.input_state import inputs_of
from jupyter_prov.record import entries, record_file, schema_check
from jupyter_prov.record.assemble import live
from jupyter_prov.record.match_cells import Cell
from jupyter_prov.record.model import to_json
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.live_answer import answer, session_of
from tests.campaign.hostile_inputs import DIGEST, VALUES, changed, places

DATA = {"files": [{"path": "/tmp/a", "role": "input", "version": "1-2", "via": "audit", "by": "self"}]}
CODE = {"files": [{"path": "/tmp/m.py", "role": "code", "version": "3-4", "module": "m"}]}
EVIDENCE = {
    "data": DATA,
    "code": CODE,
    "order": {"defines": ["x"], "uses": []},
    "random": {"draws": [{"generator": "random", "seeded": False, "line": 1}], "seeds": [{"call": "s", "value": "3"}]},
    "clock": {"count": 1, "reads": [{"call": "time.time", "line": 1, "value": 3}]},
    "package": {"modules": ["numpy"]},
    "network": {"requests": [{"url": "http://a", "via": "x"}]},
    "concurrency": {"started": [{"call": "t", "line": 1}]},
    "declared": {"params": {"a": 1}, "notes": ["n"]},
    "other": {"more": 1},
}
FIRST = {"number": 1, "distributions": {"numpy": {"version": "1"}}, "provides": {"numpy": ["numpy"]}, "conda": {}}
ENTRIES: list[dict[str, Any]] = [
    {"kind": "session", "started": "2026-01-01T00:00:00.000000Z", "cwd": "/tmp", "python": {"version": "3.11.1"}},
    {"kind": "started", "number": 1, "cell": "c1", "text": "x=1", "started": "2026-01-01T00:00:01.000000Z"},
    {"kind": "ended", "number": 1, "count": 1, "seconds": 0.1, "outcome": "ok", "error": None, "evidence": EVIDENCE},
    {"kind": "digests", "files": [["/tmp/a", "1-2", DIGEST, 3, False, None, False]]},
    {"kind": "meanings", "files": [["/tmp/m.py", "3-4", DIGEST]]},
    {"kind": "packages", **FIRST},
    {"kind": "started", "number": 2, "cell": "c1", "text": "x=2", "started": "2026-01-01T00:00:02.000000Z"},
    {
        "kind": "ended",
        "number": 2,
        "count": 2,
        "seconds": 0.1,
        "outcome": "error",
        "error": "ValueError",
        "evidence": {},
    },
    {"kind": "packages", **FIRST, "number": 2, "distributions": {"numpy": {"version": "2"}}},
    {"kind": "facts", "environment": {"blas": ["o"]}, "watchers": {"b": "active"}},
]
for entry in ENTRIES:
    entry["session"] = "s"


def used(given: list[Any]) -> SessionLog:
    """A session of what a recorder takes of these entries, once everything has been made of it."""
    log = SessionLog("s")
    for entry in given:
        if not entries.fault(entry):
            log.apply(entry)
    log.close()
    inputs_of(log)
    record_file.loads(record_file.dumps(to_json(live("a.ipynb", log, keep_sources=True))), "a.prov.json")
    json.dumps(answer(session_of("a.ipynb", log), 1, log.texts, [Cell("c1", 5)], lambda path: "", {}))
    return log


def test_what_a_kernel_part_sends_is_taken() -> None:
    assert [entries.fault(entry) for entry in ENTRIES] == [""] * len(ENTRIES)
    assert [execution.outcome for execution in used(ENTRIES).executions] == ["ok", "error"]
    assert entries.fault({"kind": "of a newer kernel part", "session": "s", "number": "x"}) == ""


@pytest.mark.parametrize("seed", range(4))
def test_forged_entries_never_spoil_the_record(seed: int) -> None:
    rng = random.Random(seed)
    ways = [steps for steps in places(ENTRIES) if len(steps) > 1]
    for _ in range(200):
        steps, (_, value) = rng.choice(ways), rng.choice([one for one in VALUES if one[0] != "nested 900"])
        forged: list[Any] = changed(ENTRIES, steps, lambda holder, key, value=value: holder.__setitem__(key, value))
        if rng.random() < 0.3:
            forged.insert(rng.randrange(len(forged)), copy.deepcopy(rng.choice(ENTRIES)))
        used(forged)


@pytest.mark.parametrize("entry", [None, [], 5, {}, {"kind": []}, {"kind": "started", "session": "s", "number": "x"}])
def test_what_is_no_entry_is_said(entry: Any) -> None:
    assert entries.fault(entry)


def test_each_kind_that_a_session_takes_has_a_schema() -> None:
    kinds = {name.removeprefix("_take_") for name in dir(SessionLog) if name.startswith("_take_")}
    assert {f"entry_{kind}" for kind in kinds} <= entries._definitions().keys()


def test_a_tuple_has_a_rule_for_each_item() -> None:
    schema = {"type": "array", "minItems": 2, "items": [{"type": "string"}, {"type": "integer"}]}
    assert schema_check.fault(["a", 1, None], schema) == ""
    assert schema_check.fault(["a"], schema)
    assert schema_check.fault(["a", "b"], schema)
