"""Tells when a module has been imported for the first time, without importing it ourselves."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence, Set
from types import ModuleType
from typing import Any

from jupyter_prov.watch.paths import is_installed
from jupyter_prov.watch.wall import Wall


class Imported(importlib.abc.MetaPathFinder):
    """Stands first on `sys.meta_path` and calls back right after a named module was executed."""

    def __init__(self, wall: Wall, callbacks: dict[str, Callable[[ModuleType], None]]) -> None:
        self._wall = wall
        self._callbacks = dict(callbacks)
        self._busy: set[str] = set()
        self.late()
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Take the finder off `sys.meta_path`."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec that the other finders give, its loader wrapped; None for any module not asked for."""
        if fullname not in self._callbacks or fullname in self._busy:
            return None
        self._busy.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        except (ImportError, AttributeError, ValueError):  # the user's own import will tell
            return None
        finally:
            self._busy.discard(fullname)
        if spec is not None and spec.loader is not None:
            self._wrap(spec.loader, fullname)
        return spec

    def _wrap(self, loader: Any, fullname: str) -> None:
        original = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with contextlib.suppress(AttributeError):
                del loader.exec_module
            original(module)
            self._tell(module, fullname)

        try:
            loader.exec_module = exec_module
        except AttributeError:  # a loader in C or with slots: the next cell's start will find the module
            return

    def late(self) -> None:
        """Call back for modules that came in by a way this finder does not see."""
        for name in [n for n in self._callbacks if n in sys.modules]:
            self._tell(sys.modules[name], name)

    def _tell(self, module: ModuleType, name: str) -> None:
        callback = self._callbacks.pop(name, None)
        if callback is not None:
            self._wall.within_cell(f"import of {name}", callback, module)


class AroundImports(importlib.abc.MetaPathFinder):
    """Calls back before and after an installed module is executed by its import, those that it imports included."""

    _LOADERS = (
        importlib.machinery.SourceFileLoader,
        importlib.machinery.SourcelessFileLoader,
        importlib.machinery.ExtensionFileLoader,
    )
    """Loaders of which every module has one of its own; others may be shared, and are left alone."""

    def __init__(self, wall: Wall, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._wall, self._before, self._after = wall, before, after
        self._inside = False
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Take the finder off `sys.meta_path`."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec that the other finders give, its loader wrapped; None within an import that is under way."""
        if self._inside or threading.current_thread() is not threading.main_thread():
            return None
        for finder in [one for one in sys.meta_path if one is not self]:
            spec = finder.find_spec(fullname, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if type(spec.loader) in self._LOADERS and is_installed(spec.origin or ""):
                    self._wrap(spec.loader)
                return spec
        return None

    def _wrap(self, loader: Any) -> None:
        original = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with contextlib.suppress(AttributeError):
                del loader.exec_module
            self._inside = True
            self._wall.within_cell("an import", self._before)
            try:
                original(module)
            finally:
                self._wall.within_cell("an import", self._after)
                self._inside = False

        loader.exec_module = exec_module


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
