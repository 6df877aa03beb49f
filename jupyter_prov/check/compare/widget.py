"""Widgets: a view is a random id, so the state of its model is compared, with all models that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_prov.check.compare import json_structure
from jupyter_prov.check.compare.base import SAME, Comparison, Context, together
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

VIEW = "application/vnd.jupyter.widget-view+json"
_STATES = "application/vnd.jupyter.widget-state+json"
_REFERENCE = "IPY_MODEL_"
_OF_FRONT_END = frozenset({"_view_count", "_dom_classes", "_model_module_version", "_view_module_version"})
_BLANK: tuple[Any, ...] = (None, "", False, True, 0, 1, 100, [], {})
"""Defaults, which JupyterLab leaves out when it saves a state, and others write."""
_MOST_MODELS = 10_000


def states(notebook: Any) -> Mapping[str, Any]:
    """The state of each model by its id, as a notebook keeps it."""
    found: Any = notebook.metadata
    for key in ("widgets", _STATES, "state"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def compare(recorded: Any, rerun: Any, context: Context) -> Comparison:
    """Compare two views; where a notebook does not hold the states, another representation has to decide."""
    old, new = (view.get("model_id") if isinstance(view, dict) else None for view in (recorded, rerun))
    there, here = context.widgets
    if not isinstance(old, str) or not isinstance(new, str):
        return json_structure.compare(recorded, rerun, context)
    if old not in there or new not in here:
        return SAME if recorded == rerun else Comparison(EQUIVALENT, ("random-id",), decides=False)
    parts: list[Comparison] = []
    one, other, defaults = _without_defaults(_reached(old, there), _reached(new, here))
    if found := json_structure.difference(one, other, context, parts):
        return Comparison(DIFFERS, (), found.replace("$", "widget", 1))
    names = [name for name, hides in (("random-id", old != new), ("widget-defaults", defaults)) if hides]
    return together(parts, *names)


def _reached(model: str, states: Mapping[str, Any]) -> list[Any]:
    """The states of a model and of all that it refers to, in the order in which they are met, by number."""
    numbers = {model: 0}
    found: list[Any] = []
    queue = [model]
    for name in queue:
        entry = states.get(name)
        state = entry.get("state", entry) if isinstance(entry, dict) else entry
        if isinstance(state, dict):
            kept = {key: state[key] for key in sorted(state) if key not in _OF_FRONT_END}
            found.append({key: _numbered(inner, numbers, queue) for key, inner in kept.items()})
        else:
            found.append(state)
    return found


def _numbered(value: Any, numbers: dict[str, int], queue: list[str]) -> Any:
    """A value with each reference to a model replaced by its number; a model met for the first time is queued."""
    if isinstance(value, str) and value.startswith(_REFERENCE):
        name = value.removeprefix(_REFERENCE)
        if name not in numbers and len(queue) < _MOST_MODELS:
            numbers[name] = len(numbers)
            queue.append(name)
        return f"model {numbers.get(name)}"
    if isinstance(value, list):
        return [_numbered(inner, numbers, queue) if isinstance(inner, str) else inner for inner in value]
    return value


def _without_defaults(one: list[Any], other: list[Any]) -> tuple[list[Any], list[Any], bool]:
    """Both without what only one has, if it says no more than that nothing was set."""
    if len(one) != len(other):
        return one, other, False
    found = False
    there, here = [], []
    for old, new in zip(one, other, strict=True):
        if isinstance(old, dict) and isinstance(new, dict):
            spare = {key for key in old.keys() ^ new.keys() if _is_default(key, old.get(key, new.get(key)))}
            found = found or bool(spare)
            old, new = ({k: v for k, v in state.items() if k not in spare} for state in (old, new))
        there.append(old)
        here.append(new)
    return there, here, found


def _is_default(key: str, value: Any) -> bool:
    return key.startswith("_") or any(value is blank or (value == blank) for blank in _BLANK)
