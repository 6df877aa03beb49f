"""The outputs of a cell: paired, and each pair given to the comparer of its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from jupyter_prov.check.compare import error, html, structure, text
from jupyter_prov.check.compare.base import (
    DIFFERS,
    EQUIVALENT,
    SAME,
    Comparer,
    Comparison,
    Context,
    OutputComparison,
    shortened,
)
from jupyter_prov.record.digest import canonical

Output = Mapping[str, Any]
RICHNESS = (
    "application/vnd.jupyter.widget-view+json",
    "application/json",
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/latex",
    "text/markdown",
    "text/plain",
)
"""MIME types from rich to poor; those not named here, which some library made for itself, come first."""


def compare_cell(recorded: Sequence[Output], rerun: Sequence[Output], context: Context) -> list[OutputComparison]:
    """Compare all outputs of a cell; how the chunks of two streams were interleaved means nothing."""
    return [
        _compare(index, there, here, context)
        for index, (there, here) in enumerate(_pairs(canonical(recorded), canonical(rerun)))
    ]


def _pairs(
    recorded: list[dict[str, Any]], rerun: list[dict[str, Any]]
) -> Iterator[tuple[Output | None, Output | None]]:
    """Streams by their name, everything else by its position."""
    streams = {o["name"]: o for o in rerun if o["output_type"] == "stream"}
    others = [o for o in rerun if o["output_type"] != "stream"]
    for there in recorded:
        if there["output_type"] == "stream":
            yield there, streams.pop(there["name"], None)
        else:
            yield there, others.pop(0) if others else None
    for here in (*others, *streams.values()):
        yield None, here


def _compare(index: int, there: Output | None, here: Output | None, context: Context) -> OutputComparison:
    if there is None or here is None:
        side, output = ("the record", there) if here is None else ("the re-run", here)
        assert output is not None
        return OutputComparison(index, _mime(output), DIFFERS, [], f"only in {side}: {_shown(output)}")
    if there["output_type"] != here["output_type"]:
        summary = f"{_kind(there)} → {_kind(here)}: {_shown(here)}"
        return OutputComparison(index, _mime(here), DIFFERS, [], summary)
    mime, found = _mime(there), SAME
    if there["output_type"] == "stream":
        found = text.compare_stream(there["text"], here["text"], context)
    elif there["output_type"] == "error":
        found = error.compare(there, here, context)
    else:
        mime, found = _bundle(there.get("data", {}), here.get("data", {}), context)
    return OutputComparison(index, mime, found.verdict, list(found.noise), found.summary, list(found.hidden))


def _bundle(there: Output, here: Output, context: Context) -> tuple[str, Comparison]:
    """The richest representation that both have decides; that another differs or is missing is told.

    Where only poorer ones are shared than one side has (a plot became a line of text), the output differs.
    """
    if not there and not here:
        return "", SAME
    shared = sorted(there.keys() & here.keys(), key=_rank)
    single = sorted(there.keys() ^ here.keys(), key=_rank)
    alone = [f"{mime} is only in {'the record' if mime in there else 'the re-run'}" for mime in single]
    if not shared or any(mime in RICHNESS and _rank(mime) < _rank(shared[0]) for mime in single):
        return (single or shared)[0], Comparison(DIFFERS, (), "; ".join(alone))
    found = {mime: _represented(mime, there[mime], here[mime], context) for mime in shared}
    mime, decides = shared[0], found[shared[0]]
    if decides.verdict == DIFFERS:
        return mime, decides
    beside = [f"{other} differs: {c.summary}" for other, c in found.items() if c.verdict == DIFFERS] + alone
    if not beside:
        return mime, decides
    return mime, Comparison(EQUIVALENT, (*decides.noise, "representation"), "; ".join(beside), decides.hidden)


def _represented(mime: str, there: Any, here: Any, context: Context) -> Comparison:
    """Compare one representation; data of a shape that its type does not have are compared as they are."""
    if _is_json(mime) or (isinstance(there, str) and isinstance(here, str)):
        return comparer_of(mime)(there, here, context)
    return structure.compare(there, here, context)


def _is_json(mime: str) -> bool:
    return mime == "application/json" or mime.endswith("+json")


def _rank(mime: str) -> tuple[int, str]:
    return (RICHNESS.index(mime) if mime in RICHNESS else -1, mime)


@cache
def _plugins() -> dict[str, Comparer]:
    """Comparers of other packages, by the MIME type that their entry point is named after."""
    return {point.name: point.load() for point in entry_points(group="jupyter_prov.comparers")}


def comparer_of(mime: str) -> Comparer:
    """The comparer of a MIME type."""
    if plugin := _plugins().get(mime):
        return plugin
    if mime == "text/html":
        return html.compare
    if mime in ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"):
        from jupyter_prov.check.compare import image

        return image.compare
    if _is_json(mime):
        return structure.compare
    if mime in ("text/latex", "text/markdown"):
        return text.compare_markup
    return text.compare if mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript") else _exact


def _exact(there: Any, here: Any, _: Context) -> Comparison:
    return SAME if there == here else Comparison(DIFFERS, (), "the data differ, of a type compared byte by byte")


def _mime(output: Output) -> str:
    if output["output_type"] == "stream":
        return f"stream/{output.get('name', '')}"
    if output["output_type"] == "error":
        return "error"
    return min(output.get("data", {}), key=_rank, default="")


def _kind(output: Output) -> str:
    return {"stream": "printed text", "error": "an error"}.get(output["output_type"], "a shown value")


def _shown(output: Output) -> str:
    if output["output_type"] == "error":
        return shortened(f"{output.get('ename')}: {output.get('evalue')}")
    return shortened(str(output.get("text") or output.get("data", {}).get("text/plain", _mime(output))))
