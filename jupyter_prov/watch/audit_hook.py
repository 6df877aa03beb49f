"""Python's audit hook, shared: one hook for the process, which can be silenced but never removed (PEP 578)."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from jupyter_prov.watch.guard import Guard

Listener = Callable[[tuple[Any, ...]], None]

_listeners: dict[str, tuple[tuple[Guard, str, Listener], ...]] = {}
_quick: dict[str, Callable[[tuple[Any, ...]], bool]] = {}
_installed = False


class _Busy(threading.local):
    """Whether what this thread does is nobody's business."""

    yes = False


_busy = _Busy()


def listen(guard: Guard, listeners: dict[str, Listener]) -> None:
    """Have the arguments of each audit event of these names given to its listener too, in whatever thread.

    Events that a listener causes itself, and those of forked children, are not passed on.
    """
    global _installed
    for event, listener in listeners.items():
        _listeners[event] = (*_listeners.get(event, ()), (guard, f"audit hook ({event})", listener))
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True


def ask_first(event: str, quick: Callable[[tuple[Any, ...]], bool]) -> None:
    """Ask `quick` first, which tells whether that was enough; it causes no events."""
    _quick[event] = quick


def silence() -> None:
    """Pass nothing on any more; the hook itself stays, at the cost of one failed look-up an event."""
    _listeners.clear()
    _quick.clear()


def wake() -> None:
    """Listen again in this thread, should an interrupt have come just when a quiet block ended."""
    _busy.yes = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _listeners or _busy.yes:  # most events: as short a way as can be
        return
    quick = _quick.get(event)
    try:
        if quick is not None and quick(arguments):
            return
    except RecursionError:
        pass  # what follows says so
    _busy.yes = True
    try:
        for guard, what, listener in _listeners.get(event, ()):
            guard.within_cell(what, listener, arguments)
    finally:
        _busy.yes = False


class Quiet:
    """A block whose own audit events are nobody's business."""

    def __enter__(self) -> None:
        self._was = _busy.yes
        _busy.yes = True

    def __exit__(self, *_: object) -> None:
        _busy.yes = self._was


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=silence)
