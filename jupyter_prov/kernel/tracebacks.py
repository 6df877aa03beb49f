"""Keeps the frames of our wrappers out of the tracebacks that cells show, which are then what they are without us.

A wrapper written in Python cannot leave the way of an exception by itself, so the frames are taken out where IPython
shows one. An exception that the notebook's own code catches still has them.
"""

from __future__ import annotations

import builtins
import os
import sys
from types import CodeType, TracebackType
from typing import Any

from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.in_place_hooks import is_hook

_OURS = tuple(
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), room, "") for room in ("watch", "factors")
)


_TRACEBACK, _CAUSE, _CONTEXT, _DICT = (
    vars(BaseException)[name] for name in ("__traceback__", "__cause__", "__context__", "__dict__")
)
"""What exceptions have from Python, whatever their own class makes of it."""
_GROUP: Any = getattr(builtins, "BaseExceptionGroup", None)
"""Not before Python 3.11."""


def install(shell: Any, guard: Guard) -> None:
    """Have this shell show tracebacks without our frames."""
    shell.showtraceback = _Showing(shell.showtraceback, guard)


def remove(shell: Any) -> None:
    """Let the shell show tracebacks as it did, unless somebody has replaced that since."""
    if isinstance(vars(shell).get("showtraceback"), _Showing):
        found = vars(shell).pop("showtraceback")
        if getattr(shell, "showtraceback", None) != found.original:  # it had been replaced before us
            shell.showtraceback = found.original


class _Showing:
    """The shell's own `showtraceback`, for exceptions that know nothing of us."""

    def __init__(self, original: Any, guard: Guard) -> None:
        self.original, self._guard = original, guard

    def __call__(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> Any:
        self._guard.call("leaving our frames out of a traceback", _strip_all, exc_tuple or sys.exc_info())
        return self.original(exc_tuple, *args, **kwargs)


def _strip_all(raised: Any) -> None:
    """Take our frames out of an exception's traceback, and of those that led to it."""
    waiting, seen = [raised[1]], set[int]()
    while waiting:
        found = waiting.pop()
        if issubclass(type(found), BaseException) and id(found) not in seen:
            seen.add(id(found))
            _strip(_TRACEBACK.__get__(found))
            waiting += [_CAUSE.__get__(found), _CONTEXT.__get__(found), *_grouped(found)]


def _grouped(found: BaseException) -> tuple[BaseException, ...]:
    """The exceptions in a group, without calling code of its class."""
    if _GROUP is not None:
        return tuple(_GROUP.exceptions.__get__(found)) if issubclass(type(found), _GROUP) else ()
    grouped = _DICT.__get__(found).get("_exceptions")  # where exceptiongroup, which stands in for it, keeps them
    return grouped if type(grouped) is tuple else ()


def _strip(entry: TracebackType | None) -> None:
    while entry is not None:
        following = entry.tb_next
        while following is not None and _is_ours(following.tb_frame.f_code):
            following = following.tb_next
        entry.tb_next = following
        entry = following


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(_OURS) or is_hook(code)
