"""Replaced attributes, remembered so that unloading puts each original back."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any, cast

from jupyter_prov.watch.wall import Wall

_INTERNAL = f"{__file__} (as importlib._bootstrap)"
"""The file that wrappers are said to be in. A warning names the frame that is so many levels above, and counts all but
those of importlib's bootstrap, which it knows by these words: so it names the cell still, and is shown."""

Note = Callable[[FrameType, tuple[Any, ...], dict[str, Any], Any], None]
"""What is told of a call: the calling frame, the arguments, and the value (None before the call)."""

Instead = Callable[[Callable[..., Any], FrameType, tuple[Any, ...], dict[str, Any]], Callable[[], Any] | None]
"""Given the original, the calling frame and the arguments: what to call instead, or None for the original."""


class _Unbound:
    """Stands for a function in C: in a class it stays what it is, where a function in Python would become a method.

    Each has a subclass of its own with `__call__` as a static method, so that its caller is one frame away.
    """

    def __init__(self, original: Any, module: str, name: str) -> None:
        functools.update_wrapper(cast(Any, self), original)
        self.__module__, self.__name__, self.__qualname__ = module, name, name

    def __repr__(self) -> str:
        return repr(vars(self)["__wrapped__"])

    def __reduce__(self) -> str:
        return self.__qualname__


class Patches:
    """The attributes that one factor replaced."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall
        self._originals: list[tuple[Any, str, Any, Any]] = []

    def wrap(
        self,
        owner: Any,
        name: str,
        after: Note | None = None,
        before: Note | None = None,
        instead: Instead | None = None,
    ) -> None:
        """Have each call of `owner.name` told to `after` and `before`, its value unchanged unless there is `instead`.

        An owner without that attribute (an older library) is left as it is.
        """
        original = vars(owner).get(name)
        if original is None:
            return
        tell = self._wall.within_cell

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            frame = sys._getframe(1)
            if before is not None:
                tell(name, before, frame, args, kwargs, None)
            other = None if instead is None else tell(name, instead, original, frame, args, kwargs)
            value = original(*args, **kwargs) if other is None else other()
            if after is not None:
                tell(name, after, frame, args, kwargs, value)
            return value

        wrapped.__code__ = wrapped.__code__.replace(co_filename=_INTERNAL)
        if isinstance(original, FunctionType):
            self._put(owner, name, original, functools.wraps(original)(wrapped))
        else:
            kind = type(_Unbound.__name__, (_Unbound,), {"__call__": staticmethod(wrapped)})
            self._put(owner, name, original, kind(original, owner.__name__, name))

    def around(self, owner: Any, name: str, make: Callable[[Callable[..., Any]], FunctionType]) -> None:
        """Put what `make` gives for `owner.name`, a function that calls it on its way, in its place.

        An owner without that attribute (another version of a library), or one that has it by another name and was
        met already, is left as it is.
        """
        original = vars(owner).get(name)
        if original is None or (owner, name) in [known[:2] for known in self._originals]:
            return
        wrapped = make(original)
        wrapped.__code__ = wrapped.__code__.replace(co_filename=_INTERNAL)
        self._put(owner, name, original, functools.wraps(original)(wrapped))

    def _put(self, owner: Any, name: str, original: Any, wrapper: Any) -> None:
        self._originals.append((owner, name, original, wrapper))
        setattr(owner, name, wrapper)

    def restore(self) -> None:
        """Put every original back, newest first, but for those that somebody else has replaced since."""
        while self._originals:
            owner, name, original, wrapper = self._originals.pop()
            if vars(owner).get(name) is wrapper:
                setattr(owner, name, original)


def wrapped_in() -> str:
    """The file whose frames stand between a caller and a wrapped function."""
    return _INTERNAL
