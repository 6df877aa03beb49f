"""Python functions that are hooked in place: the function stays the same object, and only its code is exchanged.

So whoever imported it before is seen too, and nothing that looks at the function (`is`, pickle, `inspect.signature`,
`inspect.getsource`) finds it changed. What can be seen is the frame of the hook in a stack.
"""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, cast

_PLACEHOLDER = "the hook"
_INTERNAL = " (as importlib._bootstrap)"
"""`warnings` counts no frames of files whose names contain these words."""
_WARNING = frozenset({"warn", "_warn", "warnings"})
_codes: dict[int, CodeType] = {}
"""The codes that call hooks, by their `id`."""
_hooked: set[FunctionType] = set()


def is_hook(code: CodeType) -> bool:
    """Whether this code was put in the place of a function's own, to call a hook."""
    return id(code) in _codes


def internal(filename: str) -> str:
    """A file name for frames that `warnings` is to pass over."""
    return filename + _INTERNAL


class Graft:
    """One Python function; `original` does what it does, without the hook."""

    depth = 2
    """How far from the frame of a hook that of its caller is."""

    def __init__(self, function: FunctionType) -> None:
        self._function, self._own = function, function.__code__
        self._code: CodeType | None = None
        self.original = _copy(function)
        _hooked.add(function)

    @staticmethod
    def suits(function: Any) -> bool:
        """Whether this is a Python function that is not hooked yet."""
        return isinstance(function, FunctionType) and function not in _hooked

    def aim(self, hook: Callable[..., Any] | None) -> None:
        """Have calls go to this hook; None for the function's own code."""
        if hook is None:
            if self._function.__code__ is self._code:
                self._function.__code__ = self._own
            return
        if self._code is None:
            self._code = _calling(self._own, hook)
            _codes[id(self._code)] = self._code
        if self._function.__code__ is self._own:
            self._function.__code__ = self._code

    def remove(self) -> None:
        """Put the function's own code back for good."""
        self.aim(None)
        _hooked.discard(self._function)


def _copy(function: FunctionType) -> FunctionType:
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__ = function.__qualname__
    return copy


def _calling(code: CodeType, hook: Callable[..., Any]) -> CodeType:
    """Code with the signature, name and place of another that passes its arguments to a hook."""
    filename = code.co_filename
    if _WARNING.intersection(code.co_names) and not filename.startswith(
        "<"
    ):  # its warnings name the frame that called it
        filename = internal(filename)
        linecache.cache[filename] = cast(Any, (functools.partial(_source, code.co_filename),))
    made = _template(*_signature(code), len(code.co_freevars), bool(code.co_flags & inspect.CO_COROUTINE))
    names = {"co_qualname": code.co_qualname} if hasattr(code, "co_qualname") else {}
    consts = tuple(hook if one == _PLACEHOLDER else one for one in made.co_consts)
    return made.replace(
        co_consts=cast(Any, consts), co_filename=filename, co_firstlineno=code.co_firstlineno, co_name=code.co_name,
        **cast(Any, names),
    )  # fmt: skip


def _source(filename: str) -> str:
    return "".join(linecache.getlines(filename))


def _signature(code: CodeType) -> tuple[str, str]:
    """The parameters of a code as they are written, and the arguments that pass them on."""
    count, only = code.co_argcount, code.co_kwonlyargcount
    positional, keyword = list(code.co_varnames[:count]), code.co_varnames[count : count + only]
    rest = list(code.co_varnames[count + only :])
    several = [f"*{rest.pop(0)}"] if code.co_flags & inspect.CO_VARARGS else []
    named = [f"**{rest.pop(0)}"] if code.co_flags & inspect.CO_VARKEYWORDS else []
    before = code.co_posonlyargcount
    parameters = [*positional[:before], *(["/"] if before else []), *positional[before:]]
    parameters += [*(several or (["*"] if keyword else [])), *keyword, *named]
    arguments = [*positional, *several, *(f"{name}={name}" for name in keyword), *named]
    return ", ".join(parameters), ", ".join(arguments)


@functools.lru_cache
def _template(parameters: str, arguments: str, free: int, awaits: bool) -> CodeType:
    """Code with these parameters, and as many free variables as the function's closure has cells."""
    names = [f"_jupyter_prov_free_{number}" for number in range(free)]
    result = f"_jupyter_prov_hook({arguments})"
    text = (
        f"def make({', '.join(names)}):\n"
        f" {'async ' if awaits else ''}def hooked({parameters}):\n"
        f"  _jupyter_prov_hook = {_PLACEHOLDER!r}; return {'await ' if awaits else ''}{result}; {', '.join(names)}\n"
        " return hooked\n"
    )
    space: dict[str, Any] = {}
    exec(compile(text, "<a hook>", "exec"), space)
    return cast(CodeType, space["make"](*names).__code__)
