"""Sets and dicts that are printed in another order: each as one text for all its orders.

Only what Python's `repr` or pretty printer writes for literals is touched: not a list that was made of a set, not the
braces of LaTeX, JavaScript or prose. Read with a stack, so that no nesting is too deep, in linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<open>frozenset\(\{|[{\[(])"
    r"|(?P<close>\}\)|[}\])])"
    r"|(?P<comma>,\s{1,200})"
    r"|(?P<colon>: {1,9})"
    r"|(?P<atom>(?:[rRbB]{1,2})?'(?:[^'\\\n]|\\.){0,100000}'|[bB]?\"(?:[^\"\\\n]|\\.){0,100000}\""
    r"|[+-]?[\d.][\w.]{0,400}(?:(?<=e)[+-]\d{1,4})?(?:[+-][\d.]{1,40}(?:e[+-]?\d{1,3})?j)?"
    r"|True|False|None|nan|inf|-inf|(?:frozen)?set\(\))"
    r"|(?P<other>[^\s{}\[\]()'\",:]{1,400}|['\"][^\n]{0,100000}|[\s\S])"  # a quote without an end takes its line along
)
_PLAIN = r"(?:'[^'\\\n{}\[\](),:]{0,200}'|-?\d[\w.]{0,40})"
_BARE = r"[^\s'\"{}\[\](),:;=<>]{1,200}"
"""A word of a set as pandas writes it, in a column."""
COLUMN = "  "
"""What stands before each column but the first."""
_FLAT = re.compile(
    rf"\{{(?:{_PLAIN}(?:, {_PLAIN})*|{_PLAIN}: {_PLAIN}(?:, {_PLAIN}: {_PLAIN})*|{_BARE}(?:, {_BARE})+)\}}"
)
"""A set or dict of plain words and numbers, as most are: read at once, where tokens would take ten times as long."""
_BEFORE = 12
"""How many characters before a bracket tell what it is: `OrderedDict(` is the longest."""
_CLOSES = {"{": "}", "[": "]", "(": ")", "frozenset({": "})"}
LONGEST = 500_000
"""Longer texts are not read for sets: tokens take memory and time."""


@dataclass
class _Open:
    """A bracket that is not closed yet, and what was read in it."""

    bracket: str
    before: str
    """The few characters in front of it."""
    parts: list[str] = field(default_factory=list)
    """What stands in it as it was written."""
    items: list[str] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    literal: bool = True
    keys: int = 0


def same_sets(one: str, other: str) -> bool:
    """Whether two texts differ only in the order, and the wrapping, of what sets and dicts hold."""
    if "{" not in one or "{" not in other or max(len(one), len(other)) > LONGEST:
        return False
    there, here = "".join(one.split()), "".join(other.split())
    if len(there) != len(here) or sorted(there) != sorted(here):
        return False
    return sets(one) == sets(other)


def sets(text: str) -> str:
    """The text with the elements of sets, and the items of dicts, in the order of the alphabet."""
    done: list[str] = []
    at = 0
    while (start := text.find("{", at)) >= 0:
        flat = None
        if text.startswith("frozenset(", max(0, start - 10)):
            start -= 10
        else:
            flat = _FLAT.match(text, start)
        done.append(text[at:start])
        written, at = (_of_flat(flat), flat.end()) if flat else _one(text, start)
        done.append(written)
    return "".join(done) + text[at:]


def _of_flat(found: re.Match[str]) -> str:
    """A set or dict of plain items in the order of the alphabet, if it is one."""
    items = found[0][1:-1].split(", ")
    before = found.string[max(0, found.start() - _BEFORE) : found.start()]
    if not re.fullmatch(rf"\{{(?:{_PLAIN}|, |: )+\}}", found[0]) and not before.endswith(COLUMN):
        return found[0]
    is_one = _stands_for_one(before) and len({item.partition(": ")[0] for item in items}) == len(items)
    return "{" + ", ".join(sorted(items)) + "}" if is_one else found[0]


def _one(text: str, start: int) -> tuple[str, int]:
    """What the bracket that opens here becomes, and where it ends; without an end, the whole rest as it is."""
    stack = [_Open("", "")]
    for found in _TOKEN.finditer(text, start):
        kind, token = found.lastgroup, found[0]
        if kind == "open":
            stack.append(_Open(token, text[max(0, found.start() - _BEFORE) : found.start()]))
        elif kind == "close" and token == "})" and len(stack) == 2 and stack[-1].bracket == "{":
            _close(stack, "}")
            return "".join(stack[0].parts), found.start() + 1
        elif kind == "close":
            _close(stack, token)
        else:
            _read(stack[-1], str(kind), token)
        if len(stack) == 1:
            return "".join(stack[0].parts), found.end()
    return text[start:], len(text)


def _read(top: _Open, kind: str, token: str) -> None:
    top.parts.append(token)
    if kind == "comma":
        _end_item(top)
    elif kind == "colon" and len(top.item) == 1 and top.bracket == "{":
        top.item.append(": ")
        top.keys += 1
    elif kind == "atom" and (not top.item or top.item[-1] == ": "):
        top.item.append(token)
    elif not (token.isspace() and top.bracket):
        top.literal = False


def _end_item(top: _Open) -> None:
    """Keep the item that was read, if it is one."""
    if len(top.item) in (1, 3):
        top.items.append("".join(top.item))
    else:
        top.literal = False
    top.item = []


def _close(stack: list[_Open], token: str) -> None:
    """Put what a bracket holds into what holds the bracket."""
    if token == "})" and stack[-1].bracket != "frozenset({":  # two brackets, as in ({1, 2})
        _close(stack, "}")
        _close(stack, ")")
        return
    opened = stack.pop()
    top = stack[-1]
    empty = not opened.parts
    if opened.item:
        _end_item(opened)
    sound = opened.literal and _CLOSES[opened.bracket] == token
    written = opened.bracket + "".join(opened.parts) + token
    if sound and not empty and "}" in token and _is_one(opened):
        written = opened.bracket + ", ".join(sorted(opened.items)) + token
    top.parts.append(written)
    if sound and (not top.item or top.item[-1] == ": "):
        top.item.append(written)
    else:
        top.literal = False


def _is_one(opened: _Open) -> bool:
    """Whether the braces hold a set or a dict, and stand where no index or command of another language has them."""
    if not _stands_for_one(opened.before):
        return False
    if opened.keys not in (0, len(opened.items)):
        return False
    names = [item.partition(": ")[0] for item in opened.items] if opened.keys else opened.items
    return len(set(names)) == len(names)


def _stands_for_one(before: str) -> bool:
    """Whether what stands before a brace lets it open a set or a dict."""
    last = before[-1:]
    return not (last and (last.isalnum() or last in "_^\\}$")) and not before.endswith("OrderedDict(")
