"""Whether a piece of text looks drawn by lot, as keys and ids are, rather than written by a person.

Both hypotheses have a length in bits: what the text would cost if a person had put it together from words, numbers and
abbreviations, and what it costs as independent symbols of the smallest alphabet that has them all. How likely a letter
follows two others was counted in words of programs and names of packages (`tools/letter_statistics.py`).
"""

from __future__ import annotations

import functools
import math
import re
from pathlib import Path

MASK = "…"
"""Stands for what is not written down."""
_LETTERS = 27
"""The letters, and the beginning or the end of a word."""
_SURE = 10.0
"""Bits by which drawing must be the likelier explanation: a text written by a person gets there once in 200 times, a
drawn one of 16 symbols fails to once in 500 (8 symbols: once in 14)."""
_COSTS = Path(__file__).with_name("letters.bin").read_bytes()
"""Sixteenths of bits by which a letter follows two others; read at once, as a cell must not be seen reading it."""
_SYMBOLS = {"l": 26, "u": 26, "d": 10}
_DIGIT = math.log2(10)
_END = 0.5
"""The weight of a word's end: abbreviations end anywhere."""
_STEPS = {
    " l": 0.0, " u": 0.7, " d": 0.7,
    "ll": 0.25, "lu": 4.5, "ld": 4.5,
    "ul": 1.2, "uu": 1.0, "ud": 3.5,
    "dl": 4.0, "du": 4.5, "dd": 0.4,
}  # fmt: skip
"""Bits for going from one kind of symbol to the next: a lower or upper case letter, a digit; from none at first."""
_SEPARATOR = -2.5
"""Bits for separators in a row between other symbols, which a person puts more often than chance does."""
_HEX = re.compile(r"(?:[0-9a-f]|[\W_])+|(?:[0-9A-F]|[\W_])+", re.ASCII)
_PIECE = re.compile(r"[^\W_]{8,}", re.ASCII)
"""What may have been drawn in a text whose other words a person wrote."""
_HEX_RUN = re.compile(r"(?<![^\W_])(?=\d+[a-f]+\d|[a-f]+\d+[a-f])[0-9a-f]{12,}(?![^\W_])", re.IGNORECASE)
"""A run of hexadecimal digits in which letters and numbers change places more than once."""
_UUID = re.compile(r"(?<![^\W_])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![^\W_])", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d)\d{15,}", re.ASCII)
"""A number longer than any time stamp, unless it begins with a date."""


@functools.lru_cache(maxsize=4096)
def looks_random(text: str) -> bool:
    """Whether it is much likelier that this text was drawn than that a person has written it."""
    pieces = [text, *_PIECE.findall(text)]
    return any(_bits(piece[:1000]) > _SURE for piece in pieces) or bool(
        _HEX_RUN.search(text) or _LONG_NUMBER.search(text) or _UUID.search(text)
    )


def _bits(text: str) -> float:
    """How many bits fewer it takes to explain a text by drawing than by writing."""
    written, count, kinds = 0.0, 0, set()
    one = two = 0
    last = " "
    for symbol in text:
        kind = _kind(symbol)
        goes_on = kind in "lu" and last in "lu" and last + kind != "lu"
        if last in "lu" and not goes_on:
            written += _END * _cost(one, two, _LETTERS - 1)
        if not goes_on:
            one = two = 0
        if kind != " ":
            written += _STEPS[last + kind] + (_SEPARATOR if last == " " and count else 0)
            kinds.add(kind)
            count += 1
        if kind == "d":
            written += _DIGIT
        elif kind != " ":
            letter = ord(symbol.lower()) - ord("a")
            written += _cost(one, two, letter)
            one, two = two, letter + 1
        last = kind
    if last in "lu":
        written += _END * _cost(one, two, _LETTERS - 1)
    return written - count * math.log2(_alphabet(text, kinds)) if kinds else 0.0


def _kind(symbol: str) -> str:
    if "a" <= symbol <= "z":
        return "l"
    if "A" <= symbol <= "Z":
        return "u"
    return "d" if "0" <= symbol <= "9" else " "


def _alphabet(text: str, kinds: set[str]) -> int:
    """The size of the smallest usual alphabet that a text may be drawn from."""
    if "d" in kinds and len(kinds) == 2 and _HEX.fullmatch(text):
        return 16
    return sum(_SYMBOLS[kind] for kind in kinds)


def _cost(one: int, two: int, next_: int) -> float:
    """Bits for a letter (from 0), or for the end of a word, after two letters (from 1; 0 is the beginning)."""
    return _COSTS[(one * _LETTERS + two) * _LETTERS + next_] / 16
