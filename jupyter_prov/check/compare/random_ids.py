"""Random names that libraries give to what they show: made canonical by the order in which they first appear.

Only what a library uses as a name is one (the id of an element, a key, a reference): a uuid that stands
where data stand is data.
"""

from __future__ import annotations

import json
import re
from typing import Any

TOKEN = re.compile(
    r"(?<![0-9a-fA-F])(?:[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-fA-F])"
    r"|\bT_[0-9a-f]{5}(?![0-9a-f])"  # pandas' Styler
    r"|\bsk-(?:container|estimator)-id-\d{1,9}"  # scikit-learn
    r"|\b(?:fig_)?el\d{6,20}"  # mpld3
    r"|(?<![\w.-])p\d{4,9}(?![\w.-])"  # bokeh
)
_NAMED = re.compile(r"(?:^|_|-)(?:u?id|ids|roots?|docid|ref|name|target|parent)$|Id$", re.IGNORECASE)
_BEFORE = re.compile(
    r"[A-Za-z]_\Z|[\"'](?:\w{0,30}_)?(?:u?id|docid|elementid)[\"']\s{0,3}:\s{0,3}[\"']\Z"
    r"|\bgetElementById\([\"']\Z|[\"'(]#\Z|<\w[^<>]{0,30}\bid=\\?[\"']\Z"
)
_BEFORE_WINDOW = 45
_ROUNDS = 50
"""How often what stands under names is looked at for those that have been seen meanwhile."""
_AFTER = re.compile(r"[\"']\s{0,3}:")
_UNDER_NAME = re.compile(rf"(?:{TOKEN.pattern})[\"']\s{{0,3}}:\s{{0,3}}[\"']\Z")
"""What stands under a name is one, too: bokeh's `"roots": {"p1001": "0a1b…"}` says which element shows which model."""


class Ids:
    """The names of one side, in the order of their first appearance."""

    def __init__(self, declared: set[str]) -> None:
        self.declared = declared
        self._names: dict[str, str] = {}

    def replaced(self, text: str) -> str:
        """The text with every name in its canonical form."""
        return TOKEN.sub(self._name, text) if self.declared else text

    def place(self, text: str) -> int | None:
        """When the first name in a text appeared first; None if it has not yet."""
        found = TOKEN.search(text)
        name = self._names.get(found[0]) if found else None
        return int(name[3:]) if name else None

    def _name(self, found: re.Match[str]) -> str:
        token = found[0]
        if token not in self.declared:
            return token
        return self._names.setdefault(token, f"id-{len(self._names) + 1}")


def in_code(source: str) -> set[str]:
    """What a script uses as a name: in an identifier, as a key, as the value of an id."""
    found = set()
    for token in TOKEN.finditer(source):
        before = source[max(0, token.start() - _BEFORE_WINDOW) : token.start()]
        if _BEFORE.search(before) or _UNDER_NAME.search(before) or _AFTER.match(source, token.end()):
            found.add(token[0])
    return found


def canonical(value: Any) -> Any:
    """A JSON value with its names made canonical: keys in their order, keys that are names themselves last."""
    declared = _declared(value)
    return _renamed(value, Ids(declared)) if declared else value


def _declared(value: Any) -> set[str]:
    found: set[str] = set()
    todo: list[tuple[Any, bool]] = [(value, False)]
    while todo:
        value, named = todo.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                found.update(TOKEN.findall(key))
                todo.append((inner, _NAMED.search(key) is not None or TOKEN.fullmatch(key) is not None))
        elif isinstance(value, list):
            todo += [(inner, named) for inner in value]
        elif isinstance(value, str) and (named or value.startswith("IPY_MODEL_")) and len(value) < 200:
            found.update(TOKEN.findall(value))
    return found


def _renamed(value: Any, ids: Ids) -> Any:
    """A copy, walked without recursion; what stands under names comes last, when most of them have been seen."""
    result: list[Any] = [value]
    todo: list[tuple[Any, Any]] = [(result, 0)]
    later: list[tuple[dict[str, Any], dict[str, Any], int]] = []
    while todo or later:
        if not todo:
            todo = _entered(later, ids)
            continue
        holder, key = todo.pop()
        inner = holder[key]
        if isinstance(inner, str):
            holder[key] = ids.replaced(inner)
        elif isinstance(inner, list):
            holder[key] = copy = list(inner)
            todo += [(copy, index) for index in reversed(range(len(copy)))]
        elif isinstance(inner, dict):
            holder[key] = plain = {name: inner[name] for name in sorted(inner) if TOKEN.search(name) is None}
            todo += [(plain, name) for name in reversed(plain)]
            if len(plain) < len(inner):
                later.append((plain, {name: inner[name] for name in inner if name not in plain}, 0))
    return result[0]


def _entered(later: list[tuple[dict[str, Any], dict[str, Any], int]], ids: Ids) -> list[tuple[Any, Any]]:
    """Enter under their canonical names what stands under names: those seen already first, else by their content."""
    holder, named, rounds = later.pop(0)
    seen = sorted((ids.place(key), key) for key in named if ids.place(key) is not None)
    if seen and len(seen) < len(named) and rounds < _ROUNDS:
        chosen = [key for _, key in seen]
        later.append((holder, {key: inner for key, inner in named.items() if key not in set(chosen)}, rounds + 1))
    else:
        known = {key for _, key in seen}
        chosen = [key for _, key in seen] + sorted(named.keys() - known, key=lambda key: _content(key, named[key]))
    entered = []
    for key in chosen:
        name = ids.replaced(key)
        holder[name] = named[key]
        entered.append((holder, name))
    return entered[::-1]


def _content(key: str, value: Any) -> tuple[str, str]:
    """What puts values under random names in an order: what they hold, without the names."""
    try:
        return TOKEN.sub("", json.dumps(value, sort_keys=True, default=str)), TOKEN.sub("", key)
    except RecursionError:
        return "", TOKEN.sub("", key)
