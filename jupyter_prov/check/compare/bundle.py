"""MIME bundles: the representations of one value, of which the richest that both sides have decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_prov.check.compare import json_structure
from jupyter_prov.check.compare.base import SAME, Comparison, Context
from jupyter_prov.check.compare.dispatch import comparer_of
from jupyter_prov.check.compare.json_structure import is_json
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

Data = Mapping[str, Any]
RICHNESS = (
    "application/vnd.jupyter.widget-view+json",
    "application/json",
    "text/html",
    "application/javascript",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/latex",
    "text/markdown",
    "text/plain",
)
"""MIME types from rich to poor; those not named here, which some library made for itself, come first."""


def compare(there: Data, here: Data, context: Context) -> tuple[str, Comparison]:
    """The MIME type that decides, and the verdict; that another representation differs or is missing is told.

    Where only poorer ones are shared than one side has (a plot became a line of text), the output differs.
    """
    if not there and not here:
        return "", SAME
    shared = sorted(there.keys() & here.keys(), key=rank)
    single = sorted(there.keys() ^ here.keys(), key=rank)
    alone = [f"{mime} is only in {'the record' if mime in there else 'the re-run'}" for mime in single]
    if not shared or any(mime in RICHNESS and rank(mime) < rank(shared[0]) for mime in single):
        return (single or shared)[0], Comparison(DIFFERS, (), "; ".join(alone))
    found = {mime: _represented(mime, there[mime], here[mime], context) for mime in shared}
    mime = next((m for m in shared if found[m].decides and (there[m] or here[m])), shared[0])
    decides = found[mime]
    if decides.verdict == DIFFERS:
        return mime, decides
    richer = [name for m in shared if rank(m) < rank(mime) for name in found[m].noise if not found[m].decides]
    beside = [f"{other} differs: {c.summary}" for other, c in found.items() if c.verdict == DIFFERS] + alone
    noise = tuple(dict.fromkeys((*richer, *decides.noise, *(("representation",) if beside else ()))))
    return mime, Comparison(EQUIVALENT, noise, "; ".join(beside), decides.hidden) if noise else decides


def _represented(mime: str, there: Any, here: Any, context: Context) -> Comparison:
    """Compare one representation; data of a shape that its type does not have are compared as they are."""
    if is_json(mime) or (isinstance(there, str) and isinstance(here, str)):
        return comparer_of(mime)(there, here, context)
    return json_structure.compare(there, here, context)


def rank(mime: str) -> tuple[int, str]:
    """Sorts MIME types from rich to poor."""
    return (RICHNESS.index(mime) if mime in RICHNESS else -1, mime)
