"""Tells when a module has been imported for the first time, without importing anything for it."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Set
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any, cast

from jupyter_prov.record.errors import ProvError
from jupyter_prov.watch.artifact_paths import is_installed
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.in_place_hooks import Graft

_NAMES = vars(ModuleType)["__dict__"]
"""The names that a module has, whatever its own class makes of it."""
_FILE = "<frozen importlib._bootstrap>"
"""Frames of this file are left out of the tracebacks of imports that fail."""


class Listener:
    """Somebody who is told of each module that is loaded; `sys.meta_path` and the loaders stay as they are."""

    def starts(self, spec: ModuleSpec) -> bool:
        """A module is about to be loaded; whether `ends` is to be called when it is."""
        return True

    def ends(self, name: str, module: ModuleType | None) -> None:
        """The module of this name is loaded; None where that failed."""
        raise NotImplementedError


_listeners: list[tuple[Guard, Listener]] = []
_grafts: list[Graft] = []


def listen(guard: Guard, listener: Listener) -> None:
    """Tell a listener of all modules that are loaded from now on."""
    function: Any = vars(importlib._bootstrap).get("_load_unlocked")
    if not _grafts and Graft.suits(function):
        graft = Graft(function)
        graft.aim(_around(graft.original))
        _grafts.append(graft)
    _listeners.append((guard, listener))


def ignore(listener: Listener) -> None:
    """Tell it of no more modules."""
    _listeners[:] = [known for known in _listeners if known[1] is not listener]
    if not _listeners and _grafts:
        _grafts.pop().remove()


def _around(original: Callable[[ModuleSpec], ModuleType]) -> FunctionType:
    def loading(spec: ModuleSpec) -> ModuleType:
        what = f"import of {spec.name}"
        heard = [(guard, one) for guard, one in tuple(_listeners) if guard.within_cell(what, one.starts, spec)]
        module = None
        try:
            module = original(spec)
        finally:
            for guard, one in reversed(heard):
                guard.within_cell(what, one.ends, spec.name, module)
        return module

    loading.__code__ = loading.__code__.replace(co_filename=_FILE)
    return cast(FunctionType, loading)


class Imported(Listener):
    """Calls back right after a named module was executed."""

    def __init__(self, guard: Guard, callbacks: dict[str, Callable[[ModuleType], None]]) -> None:
        self._guard = guard
        self._callbacks = dict(callbacks)
        self.late()
        listen(guard, self)

    def stop(self) -> None:
        """Call back no more."""
        ignore(self)

    def starts(self, spec: ModuleSpec) -> bool:
        return spec.name in self._callbacks

    def ends(self, name: str, module: ModuleType | None) -> None:
        if module is not None:
            self._tell(module, name)

    def late(self) -> None:
        """Call back for modules that came in by a way that is not seen."""
        for name in [n for n in self._callbacks if n in sys.modules]:
            self._tell(sys.modules[name], name)

    def _tell(self, module: ModuleType, name: str) -> None:
        callback = self._callbacks.pop(name, None)
        if callback is not None and names_of(module).get("__spec__") is not None:  # else somebody has made it up
            self._guard.within_cell(f"import of {name}", _called, callback, module)


def _called(callback: Callable[[ModuleType], None], module: ModuleType) -> None:
    """Call back; a module that only has the name of a library lacks what that has. Raises ProvError."""
    try:
        callback(module)
    except (AttributeError, ImportError) as error:
        raise ProvError(f"it is not the library that is known by this name ({error})") from None


class AroundImports(Listener):
    """Calls back before and after an installed module is executed by its import, those that it imports included."""

    def __init__(self, guard: Guard, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._before, self._after = before, after
        self._inside = False
        listen(guard, self)

    def stop(self) -> None:
        """Call back no more."""
        ignore(self)

    def starts(self, spec: ModuleSpec) -> bool:
        if self._inside or threading.current_thread() is not threading.main_thread():
            return False
        if not spec.has_location or not is_installed(spec.origin or ""):
            return False
        self._inside = True
        self._before()
        return True

    def ends(self, name: str, module: ModuleType | None) -> None:
        self._inside = False
        self._after()


def names_of(module: Any) -> dict[str, Any]:
    """The names in a module, without running code of its own: it may be lazy, or stand in for a library."""
    return _NAMES.__get__(module) if issubclass(type(module), ModuleType) else {}


class NewModules:
    """The names that `sys.modules` has gained since they were last asked for."""

    def __init__(self) -> None:
        self._known = set(sys.modules)
        self._last = self._end()

    def new(self) -> set[str]:
        """What is new since the last call; costs next to nothing where nothing was imported."""
        end = self._end()
        if end == self._last:
            return set()
        self._last = end
        new = sys.modules.keys() - self._known
        self._known |= new
        return new

    def pass_over(self, names: Set[str]) -> None:
        """Take these for known."""
        self._known |= names

    @staticmethod
    def _end() -> tuple[int, str]:
        """How many modules there are, and the one that came last: a dict keeps its order of insertion."""
        return len(sys.modules), next(reversed(sys.modules))
