"""The masks: each hides one way in which texts may differ and still mean the same, and has a name.

Every pattern is bounded, so that no text, however long or hostile, takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from jupyter_prov.check.compare import path_masks
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.progress_bars import progress
from jupyter_prov.check.compare.terminal_text import line_ends, terminal

Mask = Callable[[str, Context], str]

_ADDRESS = re.compile(r"0x(?<=\bat 0x)[0-9a-fA-F]{6,16}\b")
_REPR = re.compile(r"<[^<>\n]{0,290}\bat 0x[0-9a-fA-F]{6,16}\b")
"""The beginning of the simplest repr with an address, of which most texts hold no other."""
_NUMPY = re.compile(r"\b((?:Generator|RandomState)\(\w{1,40}\) at 0x)[0-9a-fA-F]{6,16}\b")
_HANDLE = re.compile(r"<DisplayHandle display_id=[0-9a-f]{32}>")
_THREAD = re.compile(r"(?<=, started )\d{6,20}(?=\)>)|(?<=, started daemon )\d{6,20}(?=\)>)")
_ADDRESS_WINDOW = 300
"""How far before an address the `<` of its repr may stand."""
_TIMING_MAGIC = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?%{1,2}(?:time|timeit)\b", re.MULTILINE)
_NUMBER = r"(?<![\d.])\d{1,12}(?:\.\d{1,12})?"
_SPAN = rf"(?:{_NUMBER}(?:e[+-]?\d{{1,3}})? ?(?:ns|[μµu]s|ms|s|min|h|d) ?){{1,4}}"
_LOOP = "per loop"
_LOOP_WINDOW = 150
"""How long before `per loop` its times can be."""
_LOOP_TIMES = re.compile(rf"{_SPAN}(?:(?:±|\+-|\+/-) {_SPAN})?\Z")
_LOOP_COUNTS = re.compile(r" \(mean (?:±|\+-|\+/-) std\. dev\. of \d{1,9} runs?, [\d,]{1,15} loops? each\)")
_TIMES = (
    ("Wall time: ", re.compile(rf"Wall time: {_SPAN}"), "Wall time: …"),
    ("CPU times: ", re.compile(rf"CPU times: (?:user {_SPAN}, sys: {_SPAN}, )?total: {_SPAN}"), "CPU times: …"),
    ("\nCompiler", re.compile(rf"\nCompiler(?: :| time:) {_SPAN}"), ""),
    ("\nParser", re.compile(rf"\nParser {{3}}: {_SPAN}"), ""),
    (
        "The slowest run",
        re.compile(r"^The slowest run took \d[\d.]{0,12} times longer than [^\n]*\n", re.MULTILINE),
        "",
    ),
)
"""What each pattern needs to find anything, the pattern, and what stands for it."""
_WHOLE_LINES = tuple(needed for needed, _, instead in _TIMES if not instead)
_PROMPT = re.compile(
    r"(?:Cell )?In ?\[\d{1,9}\]|<ipython-input-\d{1,9}-[0-9a-f]{1,40}>|(?<![^\s\"'(])/[^\s\"'()]*/ipykernel_\d+/\d+\.py"
)

_SYNTAX_ERROR = re.compile(r"\((?:<ipython-input-\d{1,9}-[0-9a-f]{1,40}>|\d{1,12}\.py),(?= line \d{1,9}\)\Z)")


def address(text: str, _: Context) -> str:
    """Memory addresses in the reprs of Python and numpy, and the identities of threads and display handles."""
    if ", started " in text:
        text = _THREAD.sub("…", text)
    if "<DisplayHandle" in text:
        text = _HANDLE.sub("<DisplayHandle …>", text)
    if "at 0x" not in text:
        return text
    text = _NUMPY.sub(r"\1…", text)
    if len(_REPR.findall(text)) == len(_ADDRESS.findall(text)):
        return _ADDRESS.sub("0x…", text)
    return _ADDRESS.sub(lambda found: "0x…" if _in_repr(text, found.start()) else found[0], text)


def _in_repr(text: str, at: int) -> bool:
    """Whether a `<` stands open at this place of its line."""
    before = text[max(text.rfind("\n", max(0, at - _ADDRESS_WINDOW), at) + 1, at - _ADDRESS_WINDOW, 0) : at]
    closed = before.count(">") - before.count("->") - before.count("=>")
    return before.count("<") > closed


def timing(text: str, context: Context) -> str:
    """The times that `%timeit` and `%%time` print, in cells that use one of them."""
    if not _TIMING_MAGIC.search(context.source):
        return text
    for needed, pattern, instead in _TIMES:
        if needed in text:
            text = pattern.sub(instead, text)
    parts = text.split(_LOOP)
    for number in range(len(parts) - 1):
        at = max(0, len(parts[number]) - _LOOP_WINDOW)
        parts[number] = parts[number][:at] + _LOOP_TIMES.sub("…", parts[number][at:])
        if counts := _LOOP_COUNTS.match(parts[number + 1]):
            parts[number + 1] = parts[number + 1][counts.end() :]
    return _LOOP.join(parts)


def takes_up_lines(text: str, context: Context) -> bool:
    """Whether times may stand on lines of their own, which the mask of times leaves out."""
    return any(part in text for part in _WHOLE_LINES) and _TIMING_MAGIC.search(context.source) is not None


def blanks(text: str, _: Context) -> str:
    """Blanks at the ends of lines, and empty lines at the end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def prompt(text: str, _: Context) -> str:
    """The number of the prompt, and the file that stands for a cell, in tracebacks."""
    return _PROMPT.sub("Cell", text).replace('File "Cell"', "Cell")


def cell_in_message(text: str, _: Context) -> str:
    """The file that stands for a cell at the end of a syntax error's message; not the line in it."""
    return _SYNTAX_ERROR.sub("(Cell,", text)


_PLACES: tuple[tuple[str, Mask], ...] = (
    ("stage-path", path_masks.stage),
    ("cell-file", path_masks.cell_file),
    ("library-path", path_masks.library),
    ("temporary-path", path_masks.temporary),
    ("home", path_masks.home),
    ("memory-address", address),
)
MARKUP: tuple[tuple[str, Mask], ...] = (("layout", line_ends), ("terminal", terminal), ("layout", blanks), *_PLACES)
"""For LaTeX and Markdown, in which braces are no sets."""
TEXT: tuple[tuple[str, Mask], ...] = (*MARKUP, ("timing", timing), ("progress", progress))
MESSAGE: tuple[tuple[str, Mask], ...] = (*TEXT, ("layout", cell_in_message))
TRACEBACK: tuple[tuple[str, Mask], ...] = (*TEXT, ("layout", prompt))
