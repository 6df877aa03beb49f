"""SVG by its elements: random ids, metadata, comments and the last digits of coordinates mean nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lxml import etree

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, changed, together
from jupyter_prov.check.compare.dom import Node, masked, nodes
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

_METADATA = "{http://www.w3.org/2000/svg}metadata"
_NUMBER = re.compile(r"[-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")
_MEANT = frozenset({"id", "class", "href", "{http://www.w3.org/1999/xlink}href"})
"""Attributes whose digits are no coordinates."""
_REFERENCE = re.compile(r"#([^\s\"'()#;,{}<>]{1,200})")
_STYLE = "{http://www.w3.org/2000/svg}style"
_UNSEEN = 1e-3
"""Of a unit of the drawing, which is a pixel or a point: a thousandth is not seen."""


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two drawings."""
    if recorded == rerun:
        return SAME
    there, here = _parsed(recorded), _parsed(rerun)
    if there is None or here is None:
        return text.compare(recorded, rerun, context)
    old, new = list(nodes(there)), list(nodes(here))
    if old == new:
        return together((), "layout")
    for one, other, noise in masked(old, new, (("image-metadata", _without_metadata), ("random-id", _named))):
        found = _between(one, other, context)
        if found.verdict != DIFFERS:
            return together([found], *noise)
    return found


def _parsed(source: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(source.encode("utf-8", "backslashreplace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _without_metadata(all_nodes: list[Node]) -> list[Node]:
    kept, inside = [], 0
    for node in all_nodes:
        inside += node.tag == _METADATA and node.kind == "start"
        if not inside:
            kept.append(node)
        inside -= node.tag == _METADATA and node.kind == "end"
    return kept


def _named(all_nodes: list[Node]) -> list[Node]:
    """The nodes with every id, and what refers to it, numbered in the order in which ids stand."""
    ids: dict[str, str] = {}
    for node in all_nodes:
        for name, value in node.attributes:
            if name == "id":
                ids.setdefault(value, f"id-{len(ids) + 1}")

    def referring(value: str) -> str:
        return _REFERENCE.sub(lambda found: "#" + ids.get(found[1], found[1]), value) if "#" in value else value

    def renamed(node: Node) -> Node:
        if node.kind == "text":
            return node._replace(text=referring(node.text)) if node.tag == _STYLE else node
        pairs = ((name, ids[value] if name == "id" else referring(value)) for name, value in node.attributes)
        return node._replace(attributes=tuple(pairs))

    return [renamed(node) for node in all_nodes]


def _between(old: list[Node], new: list[Node], context: Context) -> Comparison:
    """Compare node by node."""
    if [(node.kind, node.tag) for node in old] != [(node.kind, node.tag) for node in new]:
        return Comparison(DIFFERS, (), _of_shapes(old, new))
    parts: list[Comparison] = []
    for one, other in zip(old, new, strict=True):
        if one != other:
            found = _of_nodes(one, other, context)
            if found.verdict == DIFFERS:
                return found
            parts.append(found)
    return together(parts)


def _of_nodes(old: Node, new: Node, context: Context) -> Comparison:
    """Compare two texts in the same element, or two starts of elements."""
    if old.kind == "text":
        return text.compare(old.text, new.text, context)
    if [name for name, _ in old.attributes] != [name for name, _ in new.attributes]:
        return Comparison(DIFFERS, (), changed(old, new))
    parts = []
    for (name, one), (_, other) in zip(old.attributes, new.attributes, strict=True):
        if one != other:
            drawn = name not in _MEANT and _is_drawn_alike(one, other)
            found = Comparison(EQUIVALENT, ("number",)) if drawn else text.compare(one, other, context)
            if found.verdict == DIFFERS:
                return Comparison(DIFFERS, (), f"{_local(old)} {name.rpartition('}')[2]}: {found.summary}")
            parts.append(found)
    return together(parts)


def _is_drawn_alike(one: str, other: str) -> bool:
    """Whether two values differ in the last digits of their coordinates alone."""
    if "." not in one + other or _NUMBER.sub("0", one).split() != _NUMBER.sub("0", other).split():
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(a == b or abs(float(a) - float(b)) <= _UNSEEN for a, b in pairs)


def _of_shapes(old: list[Node], new: list[Node]) -> str:
    """What two drawings of different elements have more or less of."""
    there, here = (Counter(_local(node) for node in side if node.kind == "start") for side in (old, new))
    for tag in sorted(there.keys() | here.keys()):
        if there[tag] != here[tag]:
            return f"{there[tag]:,} → {here[tag]:,} elements of {tag}"
    return "the elements stand in another order"


def _local(node: Node) -> str:
    return node.tag.rpartition("}")[2]
