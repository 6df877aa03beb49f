"""What is kept of a kernel's entries where one of its notebooks asks not to be recorded."""

from __future__ import annotations

from typing import Any

from jupyter_prov.record.match_cells import Shown
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.unrecorded_notebooks import Unwanted


def entries(number: int, cell: str) -> list[dict[str, Any]]:
    file = {"path": "/data.csv", "version": "1", "role": "input", "via": "audit", "by": "self"}
    about = {"session": "s", "number": number}
    ended = {"seconds": 0.1, "outcome": "ok", "count": number, "evidence": {"data": {"files": [file]}}}
    started = {"cell": cell, "client": cell, "text": cell, "started": "t"}
    return [{"kind": "started", **about, **started}, {"kind": "ended", **about, **ended}]


def test_a_digest_that_came_for_an_unwanted_execution_is_given_to_another_that_waits_for_it() -> None:
    unwanted, log = Unwanted(), SessionLog("s")
    unwanted.note("a.ipynb", [Shown("a", "", None, False)], wants_record=True)
    unwanted.note("b.ipynb", [Shown("b", "", None, False)], wants_record=False)
    digests = {"kind": "digests", "session": "s", "files": [["/data.csv", "1", "blake3:1", 1, False]]}
    for entry in (*entries(1, "b"), digests):
        log.apply(unwanted.filtered(entry, [log]))
    assert (log.executions, log.digests, log.texts) == ([], {}, {})
    for entry in entries(2, "a"):
        log.apply(unwanted.filtered(entry, [log]))
    assert log.waiting
    released = unwanted.released(log)
    assert released is not None
    log.apply(released)
    assert log.executions[0].evidence["data"]["files"][0]["digest"] == "blake3:1"
    assert unwanted.filtered(digests, [log])["files"] == digests["files"]
