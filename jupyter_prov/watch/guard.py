"""The guard between what watches and what the user runs: no failure of ours gets past it.

An exception that the user's code sends (a time limit, by a signal or from another thread) hits whatever code runs at
that moment, ours too, and goes on to the cell. It is known by its class, its arguments and its frames.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from types import CodeType, FunctionType, MethodType
from typing import Any, TypeVar

from jupyter_prov.record.errors import ProvError

_T = TypeVar("_T")
ACTIVE = "active"
_BUILT_IN = {id(kind) for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, Exception)}
"""The addresses of the built-in classes: to look a class itself up may run code of its metaclass."""
_OWN = (
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ""),
    os.path.join(os.path.dirname(os.path.abspath(os.__file__)), ""),
    "<frozen ",
)
"""Where the code lies that our hooks run: here and in the standard library."""
_INSTALLED = ("site-packages", "dist-packages")


class Guard:
    """Calls our own code on the user's time; what fails becomes a blind spot, said once."""

    def __init__(self) -> None:
        self.blind_spots: list[str] = []
        self.watchers: dict[str, str] = {}
        """What watches: `active`, or why it could not; a recording tells it."""
        self.passing: list[BaseException] = []
        """Exceptions of the user's code that hit while hooks around a cell ran, which have to be raised afterwards."""
        self._said: set[str] = set()
        self.interrupted = self._too_deep = False

    def attempt(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The function's value, or None after a failure, which is noted as a blind spot."""
        try:
            return function(*arguments)
        except Exception as error:
            self._failed(what, error)
            return None

    def call(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The same for the hooks around a cell.

        KeyboardInterrupt is stopped: it comes too early or too late for the cell. Another exception of the user's code
        has to wait until the hook has done its work.
        """
        try:
            return function(*arguments)
        except KeyboardInterrupt:
            self.note(f"{what} failed: it was interrupted")
        except Exception as error:
            if is_users(error, function) and not _is_library(error):
                self.passing.append(error)
                self.note(f"{what} failed: it was interrupted")
            else:
                self._failed(what, error)
        return None

    def within_cell(self, what: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """The same in the midst of the user's code, to which its own exceptions go on at once."""
        try:
            return function(*arguments)
        except Exception as error:
            self._too_deep |= type(error) is RecursionError  # which leaves no room for a call
            try:
                if not is_users(error, function):
                    self._failed(what, error)
                    return None
            except RecursionError:
                return None
            self.interrupted = True
            raise

    def _failed(self, what: str, error: Exception) -> None:
        if type(error) is not RecursionError:
            self.note(f"{what} failed: {_described(error)}"[:300])

    def note(self, blind_spot: str) -> None:
        """Remember something that could not be seen; the same sentence only once a session."""
        if blind_spot not in self._said:
            self._said.add(blind_spot)
            self.blind_spots.append(blind_spot)

    def ran(self, watcher: str) -> None:
        """This watcher watches."""
        self.watchers[watcher] = ACTIVE

    def could_not(self, watcher: str, why: str) -> None:
        """This watcher does not watch, or no longer; whether that left anything unseen is for `note` to say."""
        self.watchers[watcher] = why[:300]

    def take(self) -> list[str]:
        """The blind spots noted since the last call."""
        if self.interrupted:
            self.note("An exception sent to a cell (a time limit, say) hit while it was watched: some may be missing.")
        if self._too_deep:
            self.note("A cell went so near to the limit of recursion that its accesses there were not seen.")
        self.interrupted = self._too_deep = False
        taken, self.blind_spots = self.blind_spots, []
        return taken

    def let_pass(self) -> None:
        """Raise what hit while a hook around a cell ran, if anything did."""
        if self.passing:
            passing, self.passing = self.passing, []
            raise passing[0]


def is_users(error: Exception, hook: Callable[..., Any] | None = None) -> bool:
    """Whether the user's code sent this exception while this hook ran, as far as can be told.

    Failures of our own have a built-in class or one of ours, arguments, and no frames but ours and the standard
    library's. An exception sent from another thread has no arguments, as only its class can be sent.
    """
    kind = type(error)
    if id(kind) not in _BUILT_IN:
        return not issubclass(kind, ProvError)
    if kind is not RecursionError and not error.args:
        return True
    code = _code_of(hook)
    entry = error.__traceback__
    while entry is not None:
        found = entry.tb_frame.f_code
        if found is not code and (not found.co_filename.startswith(_OWN) or _is_installed(found.co_filename)):
            return True
        entry = entry.tb_next
    return False


def _is_library(error: Exception) -> bool:
    """Whether code of an installed package raised this, which a hook around a cell may have asked something."""
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry is not None and _is_installed(entry.tb_frame.f_code.co_filename)


def _is_installed(filename: str) -> bool:
    """Whether code belongs to other people's packages, which may lie below the folder of the standard library."""
    return not filename.startswith(_OWN[0]) and any(part in filename for part in _INSTALLED)


def _code_of(hook: Callable[..., Any] | None) -> CodeType | None:
    """The code of a hook, which a plug-in may have brought."""
    function = hook.__func__ if type(hook) is MethodType else hook
    return function.__code__ if type(function) is FunctionType else None


def _described(error: Exception) -> str:
    try:
        from jupyter_prov.record.masking import mask_text  # whose patterns take a while to compile

        return mask_text(f"{type(error).__name__}: {error}"[:2000])
    except Exception:  # raised by its own __str__
        return type(error).__name__
