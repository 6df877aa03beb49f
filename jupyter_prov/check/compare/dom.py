"""Markup as a flat list of nodes, so that trees of any depth are compared without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from lxml import etree

from jupyter_prov.check.compare.random_ids import TOKEN, Ids, in_code

_SPACED = frozenset({"pre", "textarea", "script", "style"})
_CODE = frozenset({"script", "style"})
_REFERENCES = frozenset({"id", "for", "class", "aria-controls", "aria-labelledby", "aria-describedby", "clip-path"})


class Node(NamedTuple):
    """The start of an element, its end, or a text in it."""

    kind: str
    tag: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        if self.kind == "text":
            return self.text
        attributes = "".join(f" {name}={value!r}" for name, value in self.attributes)
        return f"<{'/' if self.kind == 'end' else ''}{self.tag}{attributes}>"


Mask = Callable[[list[Node]], list[Node]]


def nodes(root: Any) -> Iterator[Node]:
    """A tree from start to end; comments and processing instructions say nothing."""
    spaced = 0
    inside: list[str] = []
    plain: dict[str, tuple[Node, Node]] = {}
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            tag = str(element.tag)
            if tag not in plain:
                plain[tag] = Node("start", tag), Node("end", tag)
            attributes = element.items()
            yield Node("start", tag, "", tuple(sorted(attributes))) if attributes else plain[tag][0]
            spaced += tag in _SPACED
            inside.append(tag)
            if shown := _shown(element.text, spaced):
                yield Node("text", tag, shown)
        elif event == "end":
            tag = inside.pop()
            spaced -= tag in _SPACED
            yield plain[tag][1]
        if event != "start" and (shown := _shown(element.tail, spaced)):
            yield Node("text", inside[-1] if inside else "", shown)


def _shown(content: str | None, spaced: int) -> str | None:
    return content if spaced or not content else " ".join(content.split())


def named(all_nodes: list[Node]) -> list[Node]:
    """The nodes with random names made canonical: in attributes, scripts and styles, never in what is read."""
    declared: set[str] = set()
    for node in all_nodes:
        for name, value in node.attributes:
            if name in _REFERENCES or name.endswith(("id", "href")):
                declared.update(TOKEN.findall(value))
        if node.kind == "text" and node.tag in _CODE:
            declared |= in_code(node.text)
    if not declared:
        return all_nodes
    names = Ids(declared)
    return [_renamed(node, names) for node in all_nodes]


def _renamed(node: Node, names: Ids) -> Node:
    if node.kind == "text" and node.tag in _CODE:
        return node._replace(text=names.replaced(node.text))
    if node.attributes:
        return node._replace(attributes=tuple((name, names.replaced(value)) for name, value in node.attributes))
    return node


def masked(
    old: list[Node], new: list[Node], masks: Sequence[tuple[str, Mask]]
) -> Iterator[tuple[list[Node], list[Node], list[str]]]:
    """Both lists as they are, then under each mask, then under more of them at once, with the names of those put on."""
    for count in range(len(masks) + 1):
        for chosen in combinations(masks, count):
            one, other = old, new
            for _, mask in chosen:
                one, other = mask(one), mask(other)
            if not chosen or (one, other) != (old, new):
                yield one, other, [name for name, _ in chosen]
