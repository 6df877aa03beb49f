"""`os` and `open` for what runs in the midst of a cell: they stay Python's, whatever a notebook makes of them.

`os.getcwd = …` and `mock.patch("builtins.open")` are then neither called by us, nor wrong in what we note.
"""

from __future__ import annotations

import genericpath
import os as _os
from io import open as open
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os as os
else:

    def _own(*modules: ModuleType) -> list[ModuleType]:
        """These modules with functions of their own, which call one another."""
        copies = {id(module): ModuleType(module.__name__) for module in modules}
        names = {id(vars(module)): vars(copies[id(module)]) for module in modules}
        for module in modules:
            for name, value in vars(module).items():
                if type(value) is FunctionType and id(value.__globals__) in names:
                    value = _copy(value, names[id(value.__globals__)])
                vars(copies[id(module)])[name] = copies.get(id(value), value)
        return [*copies.values()]

    def _copy(function: FunctionType, names: dict[str, Any]) -> FunctionType:
        copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
        copy.__kwdefaults__ = function.__kwdefaults__
        return copy

    os = _own(_os, _os.path, genericpath)[0]
