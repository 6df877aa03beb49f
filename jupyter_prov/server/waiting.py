"""What a save waits for: whether all that a saved notebook shows has been heard of, and nothing is on its way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jupyter_prov.record.identify import outline
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.listener import STARTING, Listener


def is_heard(notebook: Mapping[str, Any], live: Collection[Listener], sessions: Sequence[SessionLog]) -> bool:
    """Whether the executions that a notebook shows are known, where a browser may have heard of them before us.

    `live` are the listeners whose kernels made its outputs, and `sessions` all that the notebook has had.
    """
    live = [one for one in live if one.is_recording]
    if any(not one.sessions or one.sessions[-1].ended for one in live):  # a session begins with the kernel
        return False
    if not live or any(one.sessions[-1].running for one in live):
        return True
    newest = max((e.count or 0 for one in live for e in one.sessions[-1].executions), default=0)
    ran = [e for session in sessions for e in session.executions]
    known = {(e.cell, e.count) for e in ran} | {(e.source, e.count) for e in ran}
    return all(
        (cell.count or 0) <= newest or (cell.id, cell.count) in known or (cell.source, cell.count) in known
        for cell in outline(notebook)
    )


def is_settled(notebook: Mapping[str, Any], live: Collection[Listener], sessions: Sequence[SessionLog]) -> bool:
    """Whether nothing that a saved notebook shows is on its way: digests, packages, the end of a running cell."""
    if any(one.state == STARTING for one in live):
        return False
    shown = {(name, cell.count) for cell in outline(notebook) for name in (cell.id, cell.source)}
    return not any(_is_awaited(session, shown) for session in sessions)


def _is_awaited(session: SessionLog, shown: Collection[tuple[str, int | None]]) -> bool:
    if session.ended or not session.executions:
        return False
    running = session.running
    counts = {count for name, count in shown if running and name in (running.cell, running.source)} - {None}
    return session.is_awaiting or any(all(e.count != count for e in session.executions) for count in counts)
