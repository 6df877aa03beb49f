"""Makes the record of a saved notebook from its sessions and from the record it had before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from itertools import zip_longest
from typing import Any

from jupyter_prov.record import digests
from jupyter_prov.record.complete_session import completed, give_start
from jupyter_prov.record.match_cells import aligned, source_of, with_ids
from jupyter_prov.record.model import CellState, Json, Record, Session
from jupyter_prov.record.noted_files import files_of, portable
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog

_TIMES = ("started", "seconds")


def assemble(
    name: str,
    notebook: Mapping[str, Any],
    logs: Sequence[SessionLog],
    before: Record | None = None,
    place: Place | None = None,
    keep_sources: bool = False,
) -> Record:
    """The record of a notebook's present outputs.

    `notebook` is its parsed JSON, `logs` the sessions it is known to have had, oldest first, and `before` the
    record that lies beside it. Each output is put down to the newest execution that can have made it; a cell
    whose outputs are still those of the earlier record keeps what that says of them. Sessions that made
    nothing of what the notebook shows now are left out. Of a notebook whose outputs were all stripped, what the
    earlier record says is kept. `place` defaults to each session's working folder. `keep_sources` has the texts that
    the notebook no longer shows in the record.
    """
    notebook = with_ids(notebook)
    before = aligned(before, notebook) if before else None
    for log in logs:
        give_start(log, before)
    earlier = {session.started: session for session in before.sessions} if before else {}
    known = {log.started for log in logs}
    kept = [session for session in earlier.values() if session.started not in known]
    sessions = [*kept, *(_with_lists_of(before, _session_of(log, place, earlier)) for log in logs)]
    cells = [cell for cell in notebook.get("cells", []) if cell.get("cell_type") == "code" and cell.get("id")]
    if before and not any(_ran(cell) for cell in cells):  # stripped: what is known of its outputs is all there is
        states = [state for cell in cells if (state := _as_before(cell, sessions, before))]
    else:
        states = [state for cell in cells if (state := _state(cell, sessions, len(kept), before))]
    record = Record(name, states, _used(states, sessions), extra=dict(before.extra) if before else {})
    if keep_sources:
        texts = {**(before.sources if before else {}), **{d: text for log in logs for d, text in log.texts.items()}}
        record.sources = _gone(record, texts, {digests.of_text(source_of(cell)) for cell in cells})
    return record


def _used(states: Sequence[CellState], sessions: Sequence[Session]) -> list[Session]:
    """The sessions that made something, oldest first; states name them by their index, and then by their number."""
    used = [s for i, s in enumerate(sessions) if any(state.session == i for state in states)]
    used.sort(
        key=lambda session: session.started
    )  # a re-run whose outputs were accepted is younger than a live session
    for state in states:
        state.session = used.index(sessions[state.session]) + 1
    for number, session in enumerate(used, 1):
        session.number = number
    return used


def now() -> str:
    """The time in UTC, as sessions and executions tell when they started."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def with_accepted(before: Record, rerun: Record, cells: Collection[str], when: str) -> Record:
    """The record of a notebook once it shows what a re-run showed in these cells."""
    (again,) = rerun.sessions
    sessions = [*(s for s in before.sessions if s.started != again.started), again]
    states = {state.id: _as_before({"id": state.id}, sessions, before) for state in before.cells}
    for state in rerun.cells:
        if state.id in cells:
            states[state.id] = replace(state, session=len(sessions) - 1, accepted=when)
    found = [state for state in states.values() if state is not None]
    sources = {**rerun.sources, **before.sources}
    return Record(before.notebook, found, _used(found, sessions), sources, before.extra)


def same_but_times(one: Record, other: Record) -> bool:
    """Whether two records say the same, apart from when things started and how long they took."""
    return all(mine == theirs for mine, theirs in zip_longest(_timeless(one), _timeless(other)))


def _timeless(record: Record) -> Iterator[Any]:
    """All that a record says, in order, but for times."""
    yield record.notebook, record.sources, record.extra, record.cells
    for session in record.sessions:
        yield {key: value for key, value in vars(session).items() if key not in (*_TIMES, "executions")}
        for run in session.executions:
            yield run.number, run.cell, run.count, run.source, run.outcome, run.error, run.evidence, run.extra


def shows_other_outputs(record: Record, before: Record) -> bool:
    """Whether the outputs of a notebook are others than when the earlier record was made."""
    one, other = ([(cell.id, cell.outputs) for cell in of.cells] for of in (record, before))
    return one != other


def _gone(record: Record, texts: Mapping[str, str], shown: Collection[str]) -> dict[str, str]:
    """The texts of what ran and is not shown."""
    ran = {execution.source for _, execution in record.executions()}
    return {source: texts[source] for source in sorted(ran.difference(shown)) if source in texts}


def _ran(cell: Mapping[str, Any]) -> bool:
    """Whether a saved code cell shows that it ran."""
    return cell.get("execution_count") is not None or bool(cell.get("outputs"))


def _state(cell: Mapping[str, Any], sessions: Sequence[Session], kept: int, before: Record | None) -> CellState | None:
    """Where a saved cell's outputs come from, `session` being an index into `sessions`."""
    if not _ran(cell):
        return None
    count, outputs = cell.get("execution_count"), digests.of_outputs(cell.get("outputs", []), source_of(cell))
    old = _as_before(cell, sessions, before) if before else None
    if old and old.accepted and old.outputs == outputs and not _has_run_since(cell, sessions[kept:], old.accepted):
        return old
    for index in range(len(sessions) - 1, kept - 1, -1):
        for execution in reversed(sessions[index].executions):
            if execution.cell == cell.get("id") and count in (execution.count, None):
                return CellState(str(execution.cell), index, execution.number, outputs)
    return old if old and old.outputs == outputs else None


def _has_run_since(cell: Mapping[str, Any], sessions: Iterable[Session], moment: str) -> bool:
    """Whether a cell was started after a moment; both are in ISO 8601 and UTC, so that texts sort like times."""
    runs = (execution for session in sessions for execution in session.executions)
    return any(run.cell == cell.get("id") and run.started > moment for run in runs)


def _as_before(cell: Mapping[str, Any], sessions: Sequence[Session], before: Record) -> CellState | None:
    """What the earlier record says of a cell, as far as the session it speaks of is still there."""
    old = before.cell(str(cell.get("id")))
    session = before.session(old.session) if old else None
    index = next((i for i, s in enumerate(sessions) if session and s.started == session.started), None)
    if old is None or index is None or sessions[index].execution(old.execution) is None:
        return None
    return replace(old, session=index)


def _session_of(log: SessionLog, place: Place | None, earlier: Mapping[str, Session]) -> Session:
    """A session as the record keeps it; of one that was read back, with what an earlier record knows and it lost."""
    session = _session(log, place)
    return completed(session, earlier.get(log.started)) if log.is_recovered else session


def _session(log: SessionLog, place: Place | None) -> Session:
    """A live session as the record keeps it."""
    at = place or Place.of_folder(log.cwd or ".")
    executions = [portable(execution, at) for execution in log.executions]
    modules = {m for e in executions for m in e.evidence.get("package", {}).get("modules", ())}
    provides = log.packages.get("provides", {})
    packages = {
        "distributions": log.packages.get("distributions", {}),
        "imports": {module: provides[module] for module in sorted(modules) if module in provides},
    }
    if log.installed:
        packages["installed"] = log.installed
    if conda := log.packages.get("conda"):
        packages["conda"] = conda
    blind_spots = list(log.blind_spots)
    if log.ended and not log.packages:
        blind_spots.append("The kernel ended before its packages were listed.")
    if any("digest" not in file for e in executions for file in files_of(e)) and log.ended:
        blind_spots.append("The kernel ended before all files were read to make their digests.")
    return Session(
        number=0,
        started=log.started,
        packages=packages,
        watchers=dict(log.watchers),
        blind_spots=blind_spots,
        executions=executions,
        **log.facts,
    )


def _with_lists_of(before: Record | None, session: Session) -> Session:
    """The session with the earlier record's lists of packages, unless one that it used is another in them.

    What else is installed changes from day to day, and explains nothing.
    """
    known = [s for s in before.sessions if s.packages.get("distributions")] if before else []
    packages = session.packages
    if not known or known[-1].python != session.python or not packages["distributions"] or "installed" in packages:
        return session
    lists: Json = {key: known[-1].packages[key] for key in ("distributions", "conda") if key in known[-1].packages}
    used = {"ipython", "ipykernel"}.union(*packages["imports"].values())
    if all(lists["distributions"].get(name) == packages["distributions"].get(name) for name in used):
        session.packages = {**packages, **lists}
    return session


def live(name: str, log: SessionLog, place: Place | None = None, keep_sources: bool = False) -> Record:
    """A record of everything that one session ran, with no saved notebook to hold it against.

    What a cell ran with last stands for what the notebook shows.
    """
    session = _session(log, place)
    session.number = 1
    cells = [CellState(cell, 1, execution.number) for cell, execution in log.latest.items() if execution.finished]
    record = Record(name, cells, [session])
    if keep_sources:
        record.sources = _gone(record, log.texts, {execution.source for execution in log.latest.values()})
    return record
