"""The masks: each hides one way in which texts may differ and still mean the same, and has a name.

Every pattern is bounded, so that no text, however long or hostile, takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from jupyter_prov.check.compare.base import Context

Mask = Callable[[str, Context], str]

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>@-Z\\-_])")
_OVERTYPED = re.compile("[^\r\n\b]\b(?=[^\r\n\b])")
_KEYS = re.compile("[^\r\b]+|\r+|\b+")
_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-fA-F]{6,16}\b")
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
    (
        ": ",
        re.compile(rf"(?<=CPU times: )(?:user {_SPAN}, sys: {_SPAN}, )?total: {_SPAN}|(?<=Wall time: ){_SPAN}"),
        "…",
    ),
    ("\nCompiler", re.compile(rf"\nCompiler(?: :| time:) {_SPAN}"), ""),
    ("\nParser", re.compile(rf"\nParser {{3}}: {_SPAN}"), ""),
    (
        "The slowest run",
        re.compile(r"^The slowest run took \d[\d.]{0,12} times longer than [^\n]*\n", re.MULTILINE),
        "",
    ),
)
"""What each pattern needs to find anything, the pattern, and what stands for it."""
_CLOCK = r"(?:\d{1,4}:)?\d\d:\d\d"
_RATE = r"(?:\?|\d{1,9}(?:\.\d{1,9})?[kMGTPE]?)(?:[^\s\],/]{0,20}/s|s/[^\s\],/]{1,20})"
_PROGRESS = re.compile(rf"(?<=\[){_CLOCK}(?:<(?:{_CLOCK}|\?))?, {{1,4}}{_RATE}(?=[\],])")
_CELL_FILE = re.compile(r"<ipython-input-\d{1,9}-[0-9a-f]{1,40}>|(?<![^\s\"'(])/[^\s\"'()]*/ipykernel_\d+/\d+\.py")
_PACKAGES = re.compile(r"/(?:lib/python3\.\d{1,2}/)?(?:site|dist)-packages/")
_PATH_WINDOW = 300
"""How long the path of a folder of installed packages can be."""
_BEFORE_PATH = re.compile(r"[\s\"'()=:]")
_PROMPT = re.compile(
    r"(?:Cell )?In ?\[\d{1,9}\]|<ipython-input-\d{1,9}-[0-9a-f]{1,40}>|(?<![^\s\"'(])/[^\s\"'()]*/ipykernel_\d+/\d+\.py"
)


def terminal(text: str, _: Context) -> str:
    """Text as a terminal shows it: colours left out, `\\r` and `\\b` applied."""
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    text = text.replace("\r\n", "\n")
    if "\r" not in text and "\b" not in text:
        return text
    text = _OVERTYPED.sub("", text)
    return "\n".join(_typed(line) if "\r" in line or "\b" in line else line for line in text.split("\n"))


def _typed(line: str) -> str:
    """What stands on a line after the cursor has gone back and forth on it."""
    cells: list[str] = []
    at = 0
    for run in _KEYS.findall(line):
        if run[0] == "\r":
            at = 0
        elif run[0] == "\b":
            at = max(0, at - len(run))
        else:
            cells[at : at + len(run)] = run
            at += len(run)
    return "".join(cells)


def paths(text: str, context: Context) -> str:
    """The stage's paths, as the paths that they stand for."""
    for staged, original in context.moved:
        text = text.replace(staged, original)
    return text


def address(text: str, _: Context) -> str:
    """Memory addresses in the form of Python's default repr, `<A object at 0x7f…>`; no other hexadecimal number."""
    if "at 0x" not in text:
        return text
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


def progress(text: str, _: Context) -> str:
    """Elapsed and remaining time and rate of a tqdm progress bar; its counts and what is told beside them stay."""
    return _PROGRESS.sub("…", text) if "/s" in text or "s/" in text else text


def blanks(text: str, _: Context) -> str:
    """Blanks at the ends of lines, and empty lines at the end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def prompt(text: str, _: Context) -> str:
    """The number of the prompt, and the file that stands for a cell, in tracebacks."""
    return _PROMPT.sub("Cell", text)


def cell_file(text: str, _: Context) -> str:
    """The temporary file that stands for a cell, as warnings name it."""
    return _CELL_FILE.sub("Cell", text) if "ipykernel_" in text or "ipython-input" in text else text


def library_path(text: str, _: Context) -> str:
    """The folder in which packages are installed: another environment has them elsewhere."""
    shown, end = [], 0
    for found in _PACKAGES.finditer(text):
        window = text[max(end, found.start() - _PATH_WINDOW) : found.start()]
        begin = max((mark.end() for mark in _BEFORE_PATH.finditer(window)), default=0)
        shown.append(text[end : found.start() - len(window) + begin] + "…/")
        end = found.end()
    return "".join(shown) + text[end:]


TEXT: tuple[tuple[str, Mask], ...] = (
    ("terminal", terminal),
    ("layout", blanks),
    ("stage-path", paths),
    ("cell-file", cell_file),
    ("library-path", library_path),
    ("memory-address", address),
    ("timing", timing),
    ("progress", progress),
)
TRACEBACK: tuple[tuple[str, Mask], ...] = (*TEXT, ("prompt", prompt))
