"""Progress bars: their times and rates mean nothing; their counts, totals and what is told beside them do."""

from __future__ import annotations

import re

from jupyter_prov.check.compare.base import Context

_CLOCK = r"(?:\d{1,4}:)?\d\d:\d\d"
_RATE = r"(?:\?|\d{1,9}(?:\.\d{1,9})?[kMGTPE]?)(?:[^\s\],/]{0,20}/s|s/[^\s\],/]{1,20})"
_TQDM = re.compile(rf"\[{_CLOCK}(?:(?:<|&lt;)(?:{_CLOCK}|\?))?,[ \u2007]{{1,4}}{_RATE}(?=[\],])")
"""The bar of a widget holds HTML, in which `<` is written `&lt;`, and blanks as wide as digits."""
_BLOCKS = re.compile(r"(?<=[█▏▎▍▌▋▊▉ ]\| )(\d{1,6}(?:\.\d)? [kKMG]?B) \d{1,6}(?:\.\d)? [kKMG]?B/s(?: eta [\d:-]{1,9})?")
"""What older pips write behind their bar: the size, the rate, the time that is left."""
_BAR = re.compile("[━╸╺]{5,}")
"""A bar of rich, pip or keras."""
_TIMES = re.compile(
    r"(?<![\w:.])(?:"
    r"eta (?:\d{1,3}:\d\d:\d\d|-:--:--)"  # pip
    r"|(?:\d{1,3}:\d\d:\d\d|-:--:--)"  # rich
    r"|\d{1,6}(?:\.\d{1,3})? (?:[kKMGT]i?B|bytes)/s|\? (?:bytes|B)/s"  # pip and rich
    r"|\d{1,6}(?:\.\d{1,3})?(?:s|ms|us|μs|µs)(?:/(?:step|epoch))?"  # keras
    r")(?![\w:.])"
)


def progress(text: str, _: Context) -> str:
    """Times and rates of progress bars, each as `…`."""
    if "/s" in text or "s/" in text:
        text = _TQDM.sub("[…", text)
    if "B/s" in text and "| " in text:
        text = _BLOCKS.sub(r"\1 …", text)
    return "\n".join(map(_without_times, text.split("\n"))) if "━━" in text else text


def _without_times(line: str) -> str:
    """A line without the times and rates behind its bar; what keras measured stands behind a dash and stays."""
    bar = _BAR.search(line)
    if bar is None:
        return line
    told, dash, measured = line[bar.end() :].partition(" - ")
    return line[: bar.end()] + _TIMES.sub("…", told) + dash + measured
