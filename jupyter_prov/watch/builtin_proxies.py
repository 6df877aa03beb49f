"""Objects that stand for functions in C, which cannot be hooked in place: only `is` and `type` tell them from those.

Their types are equal to those of the functions, so that tables by type (of picklers, say) have one entry for both.

A stand-in is put wherever the function has its name, in its own module and in the one that is watched, and stays there
until the recording ends: so that whoever keeps it, pickles it or uses it as a key always finds the same object.
Between cells, and once it was let go, it passes calls on without any Python code of ours.
"""

from __future__ import annotations

import copy
import operator
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any


class _Kind(type):
    """The class of the stand-ins' types, each of which answers like the type of the function itself."""

    def __new__(mcs, name: str, bases: tuple[Any, ...], space: dict[str, Any]) -> Any:
        own = tuple(map(_own, bases))
        return (
            super().__new__(mcs, name, bases, space) if all(map(operator.is_, own, bases)) else type(name, own, space)
        )

    def __eq__(cls, other: object) -> bool:
        return _own(cls) is (_own(other) if type(other) is _Kind else other)

    def __hash__(cls) -> int:
        own = _own(cls)
        return type.__hash__(cls) if own is cls else hash(own)

    def __repr__(cls) -> str:
        return type.__repr__(_own(cls))

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _own(cls)(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _own(cls))

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(_own(subclass) if type(subclass) is _Kind else subclass, _own(cls))


def _own(kind: Any) -> Any:
    """The type of the function for which a stand-in of this type stands."""
    return vars(kind).get("_own", kind)


class _Shown(metaclass=_Kind):
    """All that is asked of it is answered by the function for which it stands; each has a subclass with its call."""

    __slots__ = ("__weakref__", "_original")

    def __getattribute__(self, name: str) -> Any:
        original = _original(self)
        if name == "__reduce_ex__" and _left(self, original):
            return lambda _: (pkgutil.resolve_name, (f"{original.__module__}:{original.__qualname__}",))
        return getattr(original, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_original(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_original(self), name)

    def __dir__(self) -> list[str]:
        return dir(_original(self))

    def __eq__(self, other: object) -> bool:
        return bool((_original(other) if is_stand_in(other) else other) == _original(self))

    def __hash__(self) -> int:
        return hash(_original(self))  # a function may be looked for in a set, as in os.supports_follow_symlinks

    def __repr__(self) -> str:
        return repr(_original(self))

    def __sizeof__(self) -> int:
        return sys.getsizeof(_original(self)) - _ADDED

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = copy.deepcopy(_original(self), memo)
        return self if copied is _original(self) else copied


class _Binding(_Shown):
    """For functions of Cython, which become methods in a class."""

    __slots__ = ()

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)  # type: ignore[arg-type]


class _Empty(_Shown):
    __slots__ = ()

    def __sizeof__(self) -> int:
        return 0


_slot: Any = vars(_Shown)["_original"]
_ADDED = sys.getsizeof(object.__new__(_Empty))
"""Bytes that `sys.getsizeof` adds to the `__sizeof__` of a stand-in; they depend on the version of Python."""


def _original(shown: Any) -> Any:
    return _slot.__get__(shown)


def is_stand_in(function: Any) -> bool:
    """Whether this stands for a function."""
    return type(type(function)) is _Kind


def original_of(function: Any) -> Any:
    """The function for which this stands, if it is one of ours; else None."""
    return _original(function) if is_stand_in(function) else None


class _Doc:
    """What `__doc__` is of a stand-in, and of its class: pydoc looks past `__getattribute__`."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __get__(self, instance: Any, owner: Any) -> Any:
        return (type(self._original) if instance is None else self._original).__doc__


class StandIn:
    """What stands for one function of a module; `original` is the function itself."""

    depth = 1
    """How far from the frame of a hook that of its caller is."""

    def __init__(self, owner: Any, name: str, *aliases: tuple[Any, str]) -> None:
        """`aliases` are further places, as owner and name, where the same function may be found."""
        self.original: Callable[..., Any] = vars(owner)[name]
        kind = type(self.original)
        self._binds = hasattr(kind, "__get__") and kind is not MethodType
        space = {"__slots__": (), "__module__": kind.__module__, "__doc__": _Doc(self.original), "_own": kind}
        kinds: Any = _Kind
        self._kind = kinds(kind.__name__, (_Binding if self._binds else _Shown,), space)
        self._shown = object.__new__(self._kind)
        _slot.__set__(self._shown, self.original)
        self._places = list(dict.fromkeys([(owner, name), *_homes(self.original), *aliases]))
        self.aim(None)

    @staticmethod
    def suits(function: Any) -> bool:
        """Whether this is a function in C, or of another kind without code of Python's."""
        return callable(function) and not isinstance(function, FunctionType) and not is_stand_in(function)

    def aim(self, hook: Callable[..., Any] | None) -> None:
        """Have calls go to this hook; None for the function itself. What somebody else put in its place stays."""
        if hook is None:
            self._kind.__call__ = staticmethod(self.original) if self._binds else self.original
            return
        self._kind.__call__ = staticmethod(hook)
        for owner, name in self._places:
            if vars(owner).get(name) is self.original:
                setattr(owner, name, self._shown)

    def remove(self) -> None:
        """Put the function itself back in its places."""
        self.aim(None)
        for owner, name in self._places:
            if vars(owner).get(name) is self._shown:
                setattr(owner, name, self.original)


def _homes(function: Any) -> Iterator[tuple[ModuleType, str]]:
    """The place where pickle looks a function up."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", "")
    if module is not None and vars(module).get(name) is function:
        yield module, name


def _left(shown: Any, original: Any) -> bool:
    """Whether pickle would find another object than this where it looks this one up: it was put back there."""
    try:
        return operator.attrgetter(original.__qualname__)(sys.modules[original.__module__]) is original
    except (AttributeError, KeyError, TypeError):
        return False
