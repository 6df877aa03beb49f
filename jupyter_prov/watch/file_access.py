"""What an execution did to one file, in the words of the record."""

from __future__ import annotations

from dataclasses import dataclass

INPUT, OUTPUT, CODE = "input", "output", "code"
SELF, CHILD, OTHER = "self", "child", "other"
SCRIPTS = (".py", ".sh", ".r", ".R", ".jl", ".pl")
"""Endings of what child processes open to run it."""


@dataclass
class Access:
    """One file, or a folder that stands for one thing, which an execution read or wrote."""

    path: str
    role: str
    via: str
    by: str
    version: str | None
    """What tells the state that was read or left from others; None where that can't be known any more."""
    changed: bool = False
    """Whether it changed after it had been read, in a way that nobody could wait for."""
    existed: str | bool = False
    """Of what was written: the digest of what was there before, True where that was too large to be read first."""
