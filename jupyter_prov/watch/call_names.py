"""The name that a call in the notebook's source uses, without anything that it hands over.

`api("KEY").time()` is `api(…).time`: of what stands within brackets, of constants and of names that look drawn by lot
only `…` is written down.
"""

from __future__ import annotations

import ast
import re

from jupyter_prov.record.random_text import MASK, looks_random

LONGEST = 100
_SHORT = 12
"""Characters up to which a name is no key."""
_TEXT = re.compile(r"[rbfuRBFU]{0,2}(\"\"\"|'''|\"|')(?:\\.|(?!\1).)*(?:\1|$)")
_CALL = re.compile(r"[A-Za-z_][\w.]*(?=\s*\()")


def name_of(called: ast.expr) -> str:
    """What is called, as far as it is made of names."""
    return _written(called)[:LONGEST]


def names_in(line: str) -> list[str]:
    """The names of all calls on a line of source, in their order."""
    return [".".join(map(_shown, name.split(".")))[:LONGEST] for name in _CALL.findall(_TEXT.sub(MASK, line))]


def _written(node: ast.expr) -> str:
    """An expression with its brackets emptied; a chain of a thousand calls is cut rather than followed."""
    parts: list[str] = []
    while len(parts) < LONGEST:
        if isinstance(node, ast.Attribute):
            parts.append(f".{_shown(node.attr)}")
            node = node.value
        elif isinstance(node, ast.Call):
            parts.append(f"({MASK if node.args or node.keywords else ''})")
            node = node.func
        elif isinstance(node, ast.Subscript):
            parts.append(f"[{MASK}]")
            node = node.value
        elif isinstance(node, ast.Await):
            node = node.value
        else:
            break
    parts.append(_shown(node.id) if isinstance(node, ast.Name) else MASK)
    return "".join(reversed(parts))


def _shown(name: str) -> str:
    return MASK if len(name) > _SHORT and looks_random(name) else name
