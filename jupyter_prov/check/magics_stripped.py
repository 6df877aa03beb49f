"""What a cell runs as in a kernel that does not have the kernel part, and so does not know our magics."""

from __future__ import annotations

import re

from jupyter_prov.analysis.cell_source import without_exemption

_LINE = re.compile(r"^([ \t]*)%prov(?:[ \t]+(?!seed\b)[^\r\n]*|[ \t]*)$", re.MULTILINE)
"""A line with our magic, unless it sets seeds: without these the cell would show something else."""


def without_our_magics(source: str) -> str:
    """A cell's source without the magics that only show, declare or mark, its lines where they were."""
    text = "".join(without_exemption(source.splitlines(keepends=True)))
    return _LINE.sub(r"\1pass", text)
