"""Tells when a module has been imported for the first time, without importing it ourselves."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

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
            self._wall.call(f"import of {name}", callback, module)


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

    @staticmethod
    def _end() -> tuple[int, str]:
        """How many modules there are, and the one that came last: a dict keeps its order of insertion."""
        return len(sys.modules), next(reversed(sys.modules))
