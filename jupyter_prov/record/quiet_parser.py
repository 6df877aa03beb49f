"""Python's parser without its warnings: whoever runs the source is warned by Python itself, and once is enough."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAME = "<parsed by jupyter-prov>"


def parse(source: str | bytes, mode: str = "exec") -> Any:
    """The syntax tree of a source; raises SyntaxError and ValueError."""
    with _unwarned():
        return ast.parse(source, _NAME, mode)


def symbols(source: str) -> symtable.SymbolTable:
    """The symbol table of a source; raises SyntaxError and ValueError."""
    with _unwarned():
        return symtable.symtable(source, _NAME, "exec")


@contextmanager
def _unwarned() -> Iterator[None]:
    """Show no warning of this parser.

    `warnings.catch_warnings` would make Python forget which warnings it has shown already.
    """
    original = warnings._showwarnmsg  # type: ignore[attr-defined]

    def shown(message: Any) -> None:
        if message.filename != _NAME:
            original(message)

    warnings._showwarnmsg = shown  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if warnings._showwarnmsg is shown:  # type: ignore[attr-defined]  # else another thread is parsing
            warnings._showwarnmsg = original  # type: ignore[attr-defined]
