"""Text for a terminal: what a notebook printed, or a hostile file says, must not steer the terminal that shows it."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """The text with control characters, marks of writing direction and lone surrogates written as escapes."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text.replace("\t", " "))
