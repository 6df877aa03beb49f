"""What a rule of comparison is. Each module that hides something keeps its own in a tuple `RULES`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One way in which two outputs may differ and still mean the same."""

    name: str
    """The noise, as reports name it; several rules may share one name."""
    kind: str
    """What it is put on: text, stream, error, html, table, image, json …"""
    reason: str
    """What is hidden, what is not, and why that changes no meaning; a sentence."""
    example: tuple[str, str]
    """Recorded and re-run; of text and errors, two outputs that compare as equivalent by this rule alone."""
    source: str = ""
    """The source of the cell, where the rule looks at it."""
