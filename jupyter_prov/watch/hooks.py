"""Hooked functions of one factor: what is called around them, for how many calls, and how they become as they were."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any, cast

from jupyter_prov.watch.builtin_proxies import StandIn
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.in_place_hooks import Graft, internal

Note = Callable[[FrameType, tuple[Any, ...], dict[str, Any], Any], object]
"""Given the calling frame, the arguments, and the value (None before the call): true if it was of interest."""

Instead = Callable[[Callable[..., Any], FrameType, tuple[Any, ...], dict[str, Any]], Callable[[], Any] | None]
"""Given the original, the calling frame and the arguments: what to call instead, or None for the original."""

Aliases = tuple[tuple[Any, str], ...]
"""Further places, as owner and name, of a function in C."""

Given = Callable[[FrameType, Any, tuple[Any, ...]], Any]
"""What a caller is to get, from its frame, the value of the original and the arguments; None for that value."""

MOST, ALL = 200, 2_000
"""Calls of interest of one function in one cell, and calls in all, after which it is usually let go."""


class Hook:
    """One hooked function, which is let go for the rest of a cell after so many calls in it."""

    def __init__(self, target: Graft | StandIn, name: str, most: float, all: float) -> None:
        self.target, self.name, self._most, self._all = target, name, most, all
        self.function: FunctionType | None = None
        self._aimed = False

    def begin(self) -> None:
        """Watch again, with all calls before it."""
        self.recount()
        if not self._aimed:
            self._aimed = True
            self.target.aim(self.function)

    def recount(self) -> None:
        """Count calls from the start."""
        self.most, self.all = self._most, self._all

    def rest(self) -> None:
        """Pass calls on as if the function were not hooked."""
        if self._aimed:
            self._aimed = False
            self.target.aim(None)


class Patches:
    """The functions that one factor has hooked; `let_go` is given the name of one that is called too often.

    It answers whether the hook is to go on nevertheless, because something is played back.
    """

    def __init__(self, guard: Guard, let_go: Callable[[str], bool] = lambda _: False) -> None:
        self._guard, self._let_go = guard, let_go
        self._hooks: list[Hook] = []
        self.held = True
        """Whether anything is played back or pinned in this cell."""

    def __bool__(self) -> bool:
        return bool(self._hooks)

    def wrap(
        self,
        owner: Any,
        name: str,
        after: Note | None = None,
        before: Note | None = None,
        instead: Instead | None = None,
        call: str = "",
        most: float = MOST,
        all: float = ALL,
        aliases: Aliases = (),
        if_held: bool = False,
        shortcut: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None,
    ) -> None:
        """Have each call of `owner.name` told to `after` and `before`, its value unchanged unless there is `instead`.

        An owner without that attribute (an older library) is left as it is. `call` is the name of what is let go
        after `most` calls of interest in a cell, or `all` calls; `aliases` are other places of the same function in C.
        With `if_held`, `instead` is asked only where anything is played back or pinned. `shortcut` gives, for the
        original, what does the same without calling hooked functions.
        """
        hook = self._hook(owner, name, aliases, call, most, all)
        if hook is not None:
            make = shortcut or (lambda original: original)
            self._put(hook, self._wrapped(hook, name, make(hook.target.original), after, before, instead, if_held))

    def _wrapped(
        self,
        hook: Hook,
        name: str,
        original: Callable[..., Any],
        after: Note | None,
        before: Note | None,
        instead: Instead | None,
        if_held: bool,
    ) -> FunctionType:
        """The function that is called in the place of a hooked one."""
        tell: Callable[..., Any] = self._guard.within_cell
        depth, count = hook.target.depth, self._count

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            try:
                frame = sys._getframe(depth)
            except ValueError:  # C called it in a thread without frames
                frame = sys._getframe()
            hook.all -= 1
            if hook.all < 0 or hook.most <= 0:
                count(hook)
            if before is not None and tell(name, before, frame, args, kwargs, None):
                hook.most -= 1
            skip = instead is None or (if_held and not self.held)
            other = None if skip else tell(name, instead, original, frame, args, kwargs)
            value = original(*args, **kwargs) if other is None else other()
            if after is not None and tell(name, after, frame, args, kwargs, value):
                hook.most -= 1
            return value

        return cast(FunctionType, wrapped)

    def around(self, owner: Any, name: str, make: Callable[[Callable[..., Any]], FunctionType]) -> None:
        """Have what `make` gives for `owner.name`, a function that calls it on its way, called instead.

        An owner without that attribute (another version of a library), or one that has it by another name and was
        met already, is left as it is.
        """
        hook = self._hook(owner, name)
        if hook is not None:
            self._put(hook, make(hook.target.original))

    def answer(self, owner: Any, name: str, given: Given, aliases: Aliases = ()) -> None:
        """Have callers of `owner.name` get what is `given` for its value, while a cell runs."""
        hook = self._hook(owner, name, aliases)
        if hook is None:
            return
        tell, original, depth = self._guard.within_cell, hook.target.original, hook.target.depth

        def answering(*args: Any, **kwargs: Any) -> Any:
            value = original(*args, **kwargs)
            try:
                frame = sys._getframe(depth)
            except ValueError:  # C called it in a thread without frames
                return value
            instead = tell(name, given, frame, value, args)
            return value if instead is None else instead

        self._put(hook, cast(FunctionType, answering))

    def begin(self) -> None:
        """A cell begins: watch what was let go, and what rested."""
        for hook in self._hooks:
            hook.begin()

    def rest(self) -> None:
        """Pass all calls on as if nothing were hooked, until the next cell begins."""
        for hook in self._hooks:
            hook.rest()

    def restore(self) -> None:
        """Make all functions what they were, newest first."""
        while self._hooks:
            self._hooks.pop().target.remove()

    def _hook(
        self,
        owner: Any,
        name: str,
        aliases: Aliases = (),
        call: str = "",
        most: float = math.inf,
        all: float = math.inf,
    ) -> Hook | None:
        found = vars(owner).get(name)
        target: Graft | StandIn
        if Graft.suits(found):
            target = Graft(found)
        elif StandIn.suits(found):
            target = StandIn(owner, name, *aliases)
        else:
            return None
        return Hook(target, call or name, most, all)

    def _put(self, hook: Hook, function: FunctionType) -> None:
        function.__code__ = function.__code__.replace(co_filename=wrapped_in())
        hook.function = function
        hook.begin()
        self._hooks.append(hook)

    def _count(self, hook: Hook) -> None:
        if self._let_go(hook.name):
            hook.recount()
        else:
            hook.rest()


def wrapped_in() -> str:
    """The file whose frames stand between a caller and a hooked function."""
    return internal(__file__)
