"""JSON by its structure."""

from __future__ import annotations

import json
from typing import Any

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context, changed


def compare(recorded: Any, rerun: Any, context: Context) -> Comparison:
    """Compare two JSON values; the order of keys means nothing."""
    if recorded == rerun:
        return SAME
    noise: list[str] = []
    found = _difference(_loaded(recorded), _loaded(rerun), "$", context, noise)
    if found:
        return Comparison(DIFFERS, (), found)
    return Comparison(EQUIVALENT, tuple(dict.fromkeys(noise)) or ("layout",))


def _loaded(value: Any) -> Any:
    """JSON that was stored as a string, as some libraries do."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _difference(old: Any, new: Any, path: str, context: Context, noise: list[str]) -> str:
    """Where two values differ first, in words; '' where they mean the same."""
    todo = [(old, new, path)]
    while todo:
        old, new, path = todo.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            if old.keys() != new.keys():
                only = sorted(map(str, old.keys() ^ new.keys()))
                return f"{path}: {only[0]} is only in {'the record' if only[0] in old else 'the re-run'}"
            todo += [(old[key], new[key], f"{path}.{key}") for key in sorted(old, reverse=True)]
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                return f"{path}: {len(old):,} → {len(new):,} elements"
            todo += [(old[i], new[i], f"{path}[{i}]") for i in reversed(range(len(old)))]
        elif isinstance(old, str) and isinstance(new, str):
            leaf = text.compare(old, new, context)
            if leaf.verdict == DIFFERS:
                return f"{path}: {leaf.summary}"
            noise += leaf.noise
        elif old != new or type(old) is not type(new):
            return f"{path}: {changed(json.dumps(old), json.dumps(new))}"
    return ""
