"""Scripts: the JSON in them by its structure, the code around it as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from jupyter_prov.check.compare import json_structure, random_ids, text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, together
from jupyter_prov.report.model import DIFFERS

_OPENING = re.compile(r"(?<![\w)\]$])[\[{](?=\s{0,99}[\[{\"])")
_MOST_PARTS = 100
_DECODER = json.JSONDecoder()


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two scripts; random names that both use alike are noise."""
    found = between(recorded, rerun, context)
    if found.verdict != DIFFERS:
        return found
    old, new = (random_ids.Ids(random_ids.in_code(one)).replaced(one) for one in (recorded, rerun))
    named = between(old, new, context)
    if named.verdict == DIFFERS:
        return found if (old, new) == (recorded, rerun) else named
    return together([named], "random-id")


def between(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two scripts whose names are canonical."""
    if recorded == rerun:
        return SAME
    there, here = list(_parts(recorded)), list(_parts(rerun))
    if [type(part) is str for part in there] != [type(part) is str for part in here]:
        return text.compare(recorded, rerun, context)
    parts: list[Comparison] = []
    for old, new in zip(there, here, strict=True):
        compare_part = text.compare if type(old) is str else json_structure.compare
        found = compare_part(old, new, context)
        if found.verdict == DIFFERS:
            return found
        parts.append(found)
    same = together(parts)
    return together((), "layout") if same is SAME else same


def _parts(source: str) -> Iterator[Any]:
    """The code and, between, what is JSON: objects and lists of them, decoded."""
    done = 0
    for _ in range(_MOST_PARTS):
        opening = _OPENING.search(source, done)
        if opening is None:
            break
        try:
            value, end = _DECODER.raw_decode(source, opening.start())
        except (ValueError, RecursionError):
            yield source[done : opening.end()]
            done = opening.end()
            continue
        yield source[done : opening.start()]
        yield value
        done = end
    yield source[done:]
