"""HTML by its elements, attributes and text; the layout of its source and random names mean nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from jupyter_prov.check.compare import html_script, html_tables, text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, changed, together
from jupyter_prov.check.compare.dom import Node, masked, named, nodes
from jupyter_prov.check.compare.html_table_rows import Reduced, reduced
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

_TAG = re.compile(r"<[^<>]*>")
_EMBEDDED = re.compile(r"data:(image/[a-z+]{3,8});base64,")
_OPENING = re.compile(r"<[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*[^\s/>=][^\s/>=]*(?:\s*=\s*(?:\"[^\"]*\"?|'[^']*'?|[^\s>]*))?")
_MOST_ATTRIBUTES = 5_000
_DEEPEST = 3
"""How many documents within documents (`<iframe srcdoc=…>`) are looked into."""


def compare(recorded: str, rerun: str, context: Context, depth: int = 0) -> Comparison:
    """Compare two pieces of HTML."""
    if recorded == rerun:
        return SAME
    short = reduced(recorded, rerun, context)
    if short.old == short.new and short.same.verdict == EQUIVALENT:
        return short.same
    found = _of_sources(short, context, depth)
    return together([short.same, found]) if found.verdict == EQUIVALENT else found


def _of_sources(short: Reduced, context: Context, depth: int) -> Comparison:
    """Compare two sources from which rows may have been left out."""
    recorded, rerun = short.old, short.new
    there, here = _parsed(recorded), _parsed(rerun)
    if there is None or here is None:
        return text.compare(recorded, rerun, context)
    old, new = list(nodes(there)), list(nodes(here))
    if old == new:
        # The parser leaves out what it can make no sense of; a difference there is no matter of layout.
        same = _written(recorded) == _written(rerun)
        return Comparison(EQUIVALENT, ("layout",)) if same else text.compare(recorded, rerun, context)
    found = _masked(old, new, context, depth)
    if found.verdict != DIFFERS:
        return found
    told = html_tables.difference(there, here, context, short.more, short.cut)
    return Comparison(DIFFERS, (), told or _in_words(old, new) or found.summary)


def _masked(old: list[Node], new: list[Node], context: Context, depth: int) -> Comparison:
    """Compare node by node, with as few masks as it takes."""
    for one, other, noise in masked(old, new, (("random-id", named), ("layout", _without_preamble))):
        found = _between(one, other, context, depth)
        if found.verdict != DIFFERS:
            same = together([found], *noise)
            return together((), "layout") if same is SAME else same
    return found


def _between(old: list[Node], new: list[Node], context: Context, depth: int) -> Comparison:
    """Compare two lists of nodes; where their elements are not the same, as text."""
    if old == new:
        return SAME
    if len(old) != len(new) or any(a.kind != b.kind or a.tag != b.tag for a, b in zip(old, new, strict=True)):
        return text.compare("\n".join(map(str, old)), "\n".join(map(str, new)), context)
    parts: list[Comparison] = []
    for one, other in zip(old, new, strict=True):
        if one != other:
            found = _of_nodes(one, other, context, depth)
            if found.verdict == DIFFERS:
                return found
            parts.append(found)
    return together(parts)


def _of_nodes(old: Node, new: Node, context: Context, depth: int) -> Comparison:
    """Compare two texts in the same element, or two starts of elements."""
    if old.kind == "text":
        if old.tag == "script":
            return html_script.between(old.text, new.text, context)
        return (text.compare_in_table if old.tag in ("td", "th") else text.compare)(old.text, new.text, context)
    if [name for name, _ in old.attributes] != [name for name, _ in new.attributes]:
        return Comparison(DIFFERS, (), changed(old, new))
    parts: list[Comparison] = []
    for (name, one), (_, other) in zip(old.attributes, new.attributes, strict=True):
        if one != other:
            found = _of_attribute(name, one, other, context, depth)
            if found.verdict == DIFFERS:
                embedded = name == "srcdoc" or one.startswith("data:")
                return Comparison(DIFFERS, (), found.summary if embedded else changed(old, new))
            parts.append(found)
    return together(parts)


def _of_attribute(name: str, old: str, new: str, context: Context, depth: int) -> Comparison:
    """Compare two values of an attribute; some hold a whole picture or document."""
    one, other = _EMBEDDED.match(old), _EMBEDDED.match(new)
    if one and other and one[1] == other[1]:
        from jupyter_prov.check.compare import image

        return image.compare(old[one.end() :], new[other.end() :], context)
    if name == "srcdoc" and depth < _DEEPEST:
        return partial(compare, depth=depth + 1)(old, new, context)
    if name in ("style", "class") and old.split() == new.split():
        return Comparison(EQUIVALENT, ("layout",))
    return text.compare(old, new, context)


def _without_preamble(all_nodes: list[Node]) -> list[Node]:
    """Without the `<style scoped>` that pandas puts before a table; how it looks depends on the version."""
    return list(_unscoped(all_nodes))


def _unscoped(all_nodes: list[Node]) -> Iterator[Node]:
    inside = False
    for node in all_nodes:
        if node.tag == "style" and node.kind == "start" and "scoped" in dict(node.attributes):
            inside = True
        if not inside:
            yield node
        elif node.tag == "style" and node.kind == "end":
            inside = False


def _parsed(source: str) -> Any:
    if _has_endless_tag(source):
        return None
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(source.encode("utf-8", "backslashreplace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _has_endless_tag(source: str) -> bool:
    """Whether a tag has more attributes than any page: the parser compares each of them with all the others."""
    if source.count("=") + source.count(" ") + source.count("\n") < _MOST_ATTRIBUTES:
        return False
    at = 0
    while (tag := _OPENING.search(source, at)) is not None:
        at = tag.end()
        for _ in range(_MOST_ATTRIBUTES):
            if (found := _ATTRIBUTE.match(source, at)) is None:
                break
            at = found.end()
        else:
            return True
    return False


def _written(source: str) -> list[str]:
    """The words of a source between its tags, as they are written; comments do not count."""
    shown, *rest = source.split("<!--")
    shown += " ".join(part.partition("-->")[2] for part in rest)
    return html.unescape(_TAG.sub(" ", shown)).split()


def _in_words(old: list[Node], new: list[Node]) -> str:
    """The first text that differs, or nothing where only tags, attributes and scripts do."""
    there, here = ("\n".join(" ".join(n.text.split()) for n in side if _is_read(n)) for side in (old, new))
    return text.summary(there, here) if there != here else ""


def _is_read(node: Node) -> bool:
    return node.kind == "text" and node.tag not in ("script", "style") and bool(node.text.strip())
