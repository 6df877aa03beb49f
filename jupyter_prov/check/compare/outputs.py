"""The outputs of a cell: paired, and each pair given to the comparer of its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from jupyter_prov.check.compare import bundle, error, installer_output, text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, shortened
from jupyter_prov.check.compare.plugins import plugged
from jupyter_prov.record.digests import canonical, is_display, shows_session
from jupyter_prov.record.masking import mask_urls
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, Hidden, OutputComparison

Output = Mapping[str, Any]
_SESSION = "session-display"


def compare_cell(recorded: Sequence[Output], rerun: Sequence[Output], context: Context) -> list[OutputComparison]:
    """Compare all outputs of a cell; how the chunks of two streams were interleaved means nothing."""
    old, new = canonical(recorded, context.source), canonical(rerun, context.source)
    found = [_compare(index, there, here, context) for index, (there, here) in enumerate(_pairs(old, new))]
    if shows_session(context.source):
        found += _left_out(len(found), recorded, rerun)
    return [_masked(one) for one in found]


def _masked(found: OutputComparison) -> OutputComparison:
    """A comparison in whose words no credentials of URLs stand, as messages of errors have them."""
    hidden = [Hidden(one.noise, mask_urls(one.recorded), mask_urls(one.rerun)) for one in found.hidden]
    return replace(found, summary=mask_urls(found.summary), hidden=hidden)


def _left_out(index: int, recorded: Iterable[Output], rerun: Iterable[Output]) -> Iterator[OutputComparison]:
    """What `%prov` showed of the session is no result, so that it may be another; an example tells that it is."""
    for there, here in zip_longest(filter(is_display, recorded), filter(is_display, rerun)):
        if there is None or here is None or there["data"] != here["data"]:
            told = Hidden(_SESSION, *("nothing" if one is None else _shown(one) for one in (there, here)))
            yield OutputComparison(index, _mime(there or here or {}), EQUIVALENT, [_SESSION], "", [told])
            return


def _pairs(
    recorded: list[dict[str, Any]], rerun: list[dict[str, Any]]
) -> Iterator[tuple[Output | None, Output | None]]:
    """Streams by their name, everything else by its position."""
    streams = {o["name"]: o for o in rerun if o["output_type"] == "stream"}
    others = iter([o for o in rerun if o["output_type"] != "stream"])
    for there in recorded:
        if there["output_type"] == "stream":
            yield there, streams.pop(there["name"], None)
        else:
            yield there, next(others, None)
    for here in (*others, *streams.values()):
        yield None, here


def _compare(index: int, there: Output | None, here: Output | None, context: Context) -> OutputComparison:
    if there is None or here is None:
        side, output = ("the record", there) if here is None else ("the re-run", here)
        assert output is not None
        alone = _reports_alone(index, output, context, here is None)
        return alone or OutputComparison(index, _mime(output), DIFFERS, [], f"only in {side}: {_shown(output)}")
    if there["output_type"] != here["output_type"]:
        summary = f"{_kind(there)} → {_kind(here)}: {_shown(here)}"
        return OutputComparison(index, _mime(here), DIFFERS, [], summary)
    mime, found = _pair(there, here, context)
    return OutputComparison(index, mime, found.verdict, list(found.noise), found.summary, list(found.hidden))


def _reports_alone(index: int, only: Output, context: Context, is_recorded: bool) -> OutputComparison | None:
    """A stream that only one side has, where it holds nothing but what an installer reported."""
    if only["output_type"] != "stream" or not installer_output.installs(context):
        return None
    there, here = (only["text"], "") if is_recorded else ("", only["text"])
    found = text.compare_stream(there, here, context)
    if found.verdict != EQUIVALENT or "installer" not in found.noise:
        return None
    return OutputComparison(index, _mime(only), EQUIVALENT, list(found.noise), "", list(found.hidden))


def _pair(there: Output, here: Output, context: Context) -> tuple[str, Comparison]:
    """Compare two outputs of one type."""
    kind = there["output_type"]
    if kind == "stream":
        return _mime(there), plugged(kind, text.compare_stream)(there["text"], here["text"], context)
    if kind == "error":
        return _mime(there), plugged(kind, error.compare)(there, here, context)
    if kind == "display_data":
        return bundle.compare(there.get("data", {}), here.get("data", {}), context)
    return kind, SAME if there == here else Comparison(DIFFERS, (), f"an output of the unknown type {kind} differs")


def _mime(output: Output) -> str:
    if output["output_type"] == "stream":
        return f"stream/{output.get('name', '')}"
    if output["output_type"] == "error":
        return "error"
    return min(output.get("data", {}), key=bundle.rank, default="")


def _kind(output: Output) -> str:
    return {"stream": "printed text", "error": "an error"}.get(output["output_type"], "a shown value")


def _shown(output: Output) -> str:
    if output["output_type"] == "error":
        return shortened(f"{output.get('ename')}: {output.get('evalue')}")
    return shortened(str(output.get("text") or output.get("data", {}).get("text/plain", _mime(output))))
