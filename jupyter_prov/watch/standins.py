"""Functions that stand in for others while a cell runs, and pass calls straight on at any other time."""

from __future__ import annotations

import functools
import pkgutil
import sys
from collections.abc import Callable
from typing import Any

from jupyter_prov.watch.patches import wrapped_in


class _InC(functools.partial[Any]):
    """Stands for a function in C: it becomes no method in a class, and only its type tells it from that.

    A name that a notebook took of it (`from time import perf_counter`) keeps it for ever, so it can be made to pass
    calls on without any Python of ours, at next to no cost.
    """

    original: Any

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # which isinstance asks, too
        return type(self.original)

    def aim(self, function: Callable[..., Any]) -> None:
        self.__setstate__((function, (), {}, vars(self)))

    def __get__(self, instance: Any, owner: Any = None) -> _InC:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["original"], name)

    def __eq__(self, other: object) -> bool:
        return (other.original if type(other) is _InC else other) is self.original

    def __hash__(self) -> int:
        return hash(self.original)  # a function may be looked for in a set, as in os.supports_follow_symlinks

    def __repr__(self) -> str:
        return repr(self.original)

    def __reduce__(self) -> Any:
        return pkgutil.resolve_name, (f"{self.original.__module__}:{self.original.__qualname__}",)


class StandIn:
    """One function of a module or class, and what is called instead of it while a cell runs.

    `instead` gets the arguments. Whatever somebody else has put in the place of the function stays there.
    """

    def __init__(self, owner: Any, name: str, instead: Callable[..., Any]) -> None:
        self._owner, self._name = owner, name
        self._original = vars(owner)[name]
        instead.__code__ = instead.__code__.replace(co_filename=wrapped_in())
        self._instead = instead
        self._shown: Any = self._in_c() if not hasattr(self._original, "__code__") else self._in_python()
        self._aimed = self._original
        self._alone = sys.getrefcount(self._shown)
        """How many know the stand-in as long as nobody has taken it."""

    def _in_c(self) -> _InC:
        shown = _InC(self._original)
        vars(shown)["original"] = self._original
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            vars(shown)[name] = getattr(self._original, name, None)
        vars(shown)["__wrapped__"] = self._original
        return shown

    def _in_python(self) -> Callable[..., Any]:
        return functools.wraps(self._original)(self._instead)

    def enter(self) -> None:
        """Take the function's place, if it is in it."""
        if vars(self._owner).get(self._name) is self._original:
            self._aim(self._instead)
            setattr(self._owner, self._name, self._shown)

    def leave(self) -> None:
        """Give the place back, and pass calls on that come to the stand-in nevertheless."""
        if vars(self._owner).get(self._name) is self._shown:
            setattr(self._owner, self._name, self._original)
        if sys.getrefcount(self._shown) > self._alone:
            self._aim(self._original)

    def _aim(self, function: Callable[..., Any]) -> None:
        if function is not self._aimed and type(self._shown) is _InC:
            self._aimed = function
            self._shown.aim(function)
