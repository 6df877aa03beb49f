"""Whether a cell starts threads or processes, whose lines may come in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_prov.check.compare.called_code import reaches

_STARTS = re.compile(
    r"\b(?:threading|_thread|Thread|concurrent\.futures|multiprocessing|joblib|Parallel|to_thread)\b|Pool"
)
_COMMENT = re.compile(r"^((?:.*[\"'])?[^#\n\"']*)#[^\n\"']*$", re.MULTILINE)
"""A comment behind the last quote of its line, with what stands before it."""


def starts_threads(source: str) -> bool:
    """Whether a source itself names what starts threads or processes."""
    return _STARTS.search(_COMMENT.sub(r"\1", source)) is not None


def reaches_threads(source: str, earlier: Sequence[str]) -> bool:
    """Whether a source starts threads, or uses what an earlier cell that does so has defined."""
    return reaches(starts_threads, source, earlier)
