"""What a source means: its digest without comments, blank lines, docstrings and layout, for the helper process."""

from __future__ import annotations

import ast
import json
from typing import Any

from jupyter_prov.record.quiet_parser import parse
from jupyter_prov.record.safe_reading import open_regular

LIMIT = 1 << 20
"""Bytes of the longest source that is read for its meaning."""


def meaning(path: str) -> str | None:
    """The digest of what a module, or a notebook that is run as one, means; None where it cannot be told.

    Python's abstract syntax differs a little between its versions, so digests are comparable within one.
    """
    from blake3 import blake3

    try:
        with open(open_regular(path), "rb") as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            return None
        said = _cells(content) if path.endswith(".ipynb") else _syntax(content)
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return None
    return "blake3:" + blake3(said.encode("utf-8", "surrogatepass")).hexdigest()


def _syntax(content: bytes) -> str:
    tree = parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _docstring(node):
            node.body[0] = ast.Pass()  # and not nothing: a body must not be empty
    return ast.dump(tree)


def _docstring(node: Any) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _cells(content: bytes) -> str:
    """The sources of a notebook's code cells: its outputs and prompt numbers mean nothing to who runs it."""
    notebook = json.loads(content)
    sources = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return json.dumps(list(sources))
