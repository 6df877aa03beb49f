"""The masks: each hides one way in which texts may differ and still mean the same, and has a name."""

from __future__ import annotations

import re
from collections.abc import Callable

from jupyter_prov.check.compare.base import Context

Mask = Callable[[str, Context], str]

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-fA-F]{4,16}\b")
_TIMING_MAGIC = re.compile(r"^\s*(?:\w+\s*=\s*)?%{1,2}(?:time|timeit|prun)\b", re.MULTILINE)
_UNIT = r"(?:ns|[µμu]s|ms|s|min|h|d)"
_TIMES = (
    re.compile(rf"\d[\d.]*(?:e[+-]?\d+)? {_UNIT}(?: ± \d[\d.]*(?:e[+-]?\d+)? {_UNIT})? per loop"),
    re.compile(rf"(?<=CPU times: ).*|(?<=Wall time: )\d.*|(?:\d+(?:\.\d+)?\s?{_UNIT}\s?)+(?=$)", re.MULTILINE),
    re.compile(r"The slowest run took \d[\d.]* times longer than the fastest\.[^\n]*\n(?:[^\n]*cached\.?[^\n]*\n)?"),
)
_PROMPT = re.compile(r"(?:Cell )?In ?\[\d+\]|<ipython-input-\d+-[0-9a-f]+>|/[^\s\"']*/ipykernel_\d+/\d+\.py")


def terminal(text: str, _: Context) -> str:
    """Text as a terminal shows it: colours left out, `\\r` and `\\b` applied."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_typed(line) for line in text.split("\n"))


def _typed(line: str) -> str:
    """What stands on a line after the cursor has gone back and forth on it."""
    if "\b" not in line:
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        return shown
    cells: list[str] = []
    at = 0
    for character in line:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(0, at - 1)
        else:
            cells[at : at + 1] = [character]
            at += 1
    return "".join(cells)


def paths(text: str, context: Context) -> str:
    """The stage's paths, as the paths that they stand for."""
    for staged, original in context.moved:
        text = text.replace(staged, original)
    return text


def address(text: str, _: Context) -> str:
    """Memory addresses in the form of Python's default repr, `<A object at 0x7f…>`."""
    return _ADDRESS.sub("0x…", text)


def timing(text: str, context: Context) -> str:
    """The times that `%timeit`, `%%time` and `%prun` print, in cells that use one of them."""
    if not _TIMING_MAGIC.search(context.source):
        return text
    for pattern in _TIMES:
        text = pattern.sub("…", text)
    return text


def blanks(text: str, _: Context) -> str:
    """Blanks at the ends of lines, and empty lines at the end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def prompt(text: str, _: Context) -> str:
    """The number of the prompt, and the file that stands for a cell, in tracebacks."""
    return _PROMPT.sub("Cell", text)


TEXT: tuple[tuple[str, Mask], ...] = (
    ("terminal", terminal),
    ("layout", blanks),
    ("stage-path", paths),
    ("memory-address", address),
    ("timing", timing),
)
TRACEBACK: tuple[tuple[str, Mask], ...] = (*TEXT, ("prompt", prompt))
