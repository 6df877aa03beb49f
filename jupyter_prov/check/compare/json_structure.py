"""JSON by its structure: plotly, vega, bokeh, geojson and any other."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_prov.check.compare import random_ids, text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, changed, shortened, together
from jupyter_prov.check.compare.base64_arrays import unpacked
from jupyter_prov.check.compare.number import same_number
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, Hidden

PLAIN = frozenset({"application/json", "application/geo+json"})
"""Types whose content a person made: there, an id is data."""
_LAYOUT = Comparison(EQUIVALENT, ("layout",))
_LISTS = (list, array)
Path = tuple["Path", str] | None
"""Where a value stands: the path of what holds it, and the last step; built into words only when it is told."""


def is_json(mime: str) -> bool:
    """Whether a MIME type is one of JSON."""
    mime = mime.partition(";")[0]
    return mime == "application/json" or mime.endswith("+json")


def compare(recorded: Any, rerun: Any, context: Context) -> Comparison:
    """Compare two JSON values; the order of keys means nothing."""
    if isinstance(recorded, str) and recorded == rerun:
        return SAME
    parts: list[Comparison] = []
    found = difference(_loaded(recorded), _loaded(rerun), context, parts)
    if found:
        return Comparison(DIFFERS, (), found)
    same = together(parts)
    is_layout = same is SAME and (isinstance(recorded, str) or isinstance(rerun, str))
    return _LAYOUT if is_layout else same


def compare_model(recorded: Any, rerun: Any, context: Context) -> Comparison:
    """Compare what a library wrote for its front end: its random names are made canonical if they differ."""
    plain = compare(recorded, rerun, context)
    if plain.verdict != DIFFERS:
        return plain
    old, new = _loaded(recorded), _loaded(rerun)
    named = compare(random_ids.canonical(old), random_ids.canonical(new), context)
    if named.verdict == DIFFERS:
        return named
    return together([named], "random-id")


def _loaded(value: Any) -> Any:
    """JSON that was stored as a string, as some libraries do."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def difference(old: Any, new: Any, context: Context, parts: list[Comparison]) -> str:
    """Where two values differ first, in words; '' where they mean the same. Nesting of any depth is walked."""
    todo: list[Iterator[tuple[Any, Any, Path]]] = [iter([(old, new, None)])]
    while todo:
        if (pair := next(todo[-1], None)) is None:
            todo.pop()
            continue
        old, new, path = pair
        if isinstance(old, dict) and isinstance(new, dict):
            old, new = unpacked(old), unpacked(new)
        if isinstance(old, dict) and isinstance(new, dict):
            if old.keys() != new.keys():
                only = min(map(str, old.keys() ^ new.keys()))
                side = "the record" if only in old else "the re-run"
                return f"{_describe_path(path)}: {shortened(only)} is only in {side}"
            todo.append(_values(old, new, path))
        elif isinstance(old, array) and isinstance(new, array) and old.typecode == new.typecode and old == new:
            continue
        elif isinstance(old, _LISTS) and isinstance(new, _LISTS):
            if len(old) != len(new):
                return f"{_describe_path(path)}: {len(old):,} → {len(new):,} elements"
            todo.append(_elements(old, new, path))
        elif summary := _leaf(old, new, context, parts):
            return f"{_describe_path(path)}: {summary}"
    return ""


def _values(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[tuple[Any, Any, Path]]:
    return ((old[key], new[key], (path, f".{key}")) for key in sorted(old))


def _elements(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[tuple[Any, Any, Path]]:
    return ((one, other, (path, f"[{i}]")) for i, (one, other) in enumerate(zip(old, new, strict=True)))


def _leaf(old: Any, new: Any, context: Context, parts: list[Comparison]) -> str:
    """How two values differ of which at least one is no container, or that are of different kinds."""
    if isinstance(old, str) and isinstance(new, str):
        found = text.compare(old, new, context)
        parts.append(found)
        return found.summary
    if _kind(old) == _kind(new):
        if old == new or (old != old and new != new):  # the latter: both are NaN
            if type(old) is not type(new):  # 1 and 1.0 are one number
                parts.append(_LAYOUT)
            return ""
        if isinstance(old, int | float) and isinstance(new, int | float) and same_number(old, new, context.rtol):
            if not parts or parts[-1].noise != ("number",):  # one example will do
                hidden = (Hidden("number", _shown(old), _shown(new)),)
                parts.append(Comparison(EQUIVALENT, ("number",), "", hidden))
            return ""
    return changed(_shown(old), _shown(new))


def _kind(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _shown(value: Any) -> str:
    """A value of JSON as one reads it; of containers only what they are."""
    if isinstance(value, (dict, *_LISTS)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value):,}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _describe_path(path: Path, most: int = 12) -> str:
    """`$.data[0].y`; of a long path the end."""
    steps: list[str] = []
    while path is not None and len(steps) < most:
        path, step = path
        steps.append(shortened(step))
    return ("$" if path is None else "$…") + "".join(reversed(steps))
