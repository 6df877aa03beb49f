"""Completes a session that was read back from a journal by what an earlier record knows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_prov.record.model import Execution, Record, Session
from jupyter_prov.record.noted_files import files_of
from jupyter_prov.record.sessionlog import SessionLog


def give_start(log: SessionLog, before: Record | None) -> None:
    """Give a session whose journal has lost its first entry the start by which records know it."""
    if log.started or not log.executions:
        return
    runs = {(run.number, run.started) for run in log.executions}
    same = (s for s in before.sessions if runs & {(e.number, e.started) for e in s.executions}) if before else ()
    found = next(iter(same), None)
    log.started = found.started if found else log.executions[0].started


def completed(session: Session, before: Session | None) -> Session:
    """The session with what its journal has lost and the earlier record still knows."""
    if before is None:
        return session
    mine = {run.number: run for run in session.executions}
    known = {run.number: run for run in before.executions}
    lost = [number for number, run in known.items() if number not in mine or _is_poorer(mine[number], run)]
    packages = session.packages if session.packages.get("distributions") else before.packages
    if not lost and packages is session.packages and session.python:
        return session
    mine |= {number: known[number] for number in lost}
    return replace(
        session,
        python=session.python or before.python,
        platform=session.platform or before.platform,
        environment=session.environment or before.environment,
        packages=_packages(packages, before),
        watchers={**before.watchers, **session.watchers},
        blind_spots=_union(session.blind_spots, before.blind_spots),
        executions=[mine[number] for number in sorted(mine)],
        extra={**before.extra, **session.extra},
    )


def _is_poorer(run: Execution, known: Execution) -> bool:
    """Whether an entry of this execution was lost: its end, what a factor noted, or a digest."""
    if run.source != known.source or run.started != known.started:  # a number that another execution has got
        return False
    return (
        (known.finished and not run.finished)
        or not known.evidence.keys() <= run.evidence.keys()
        or _digests(run) < _digests(known)
    )


def _digests(run: Execution) -> int:
    return sum("digest" in file for file in files_of(run))


def _packages(packages: dict[str, object], before: Session) -> dict[str, object]:
    """A list of packages in which imports that only the earlier record knows are kept."""
    imports, known = packages.get("imports"), before.packages.get("imports")
    if isinstance(imports, dict) and isinstance(known, dict):
        return {**packages, "imports": {**known, **imports}}
    return packages


def _union(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))
