"""Whether a cell starts threads or processes, whose lines may come in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STARTS = re.compile(
    r"\b(?:threading|_thread|Thread|concurrent\.futures|multiprocessing|joblib|Parallel|to_thread)\b|Pool"
)
_BINDS = re.compile(
    r"^(?:(?:async )?(?:def|class) (\w{1,80})|(\w{1,80})[ \t]{0,9}(?::[^=\n]{0,80})?=(?!=))", re.MULTILINE
)
_COMMENT = re.compile(r"#[^\n\"']*$", re.MULTILINE)
_WORD = re.compile(r"\w{1,80}")


def starts_threads(source: str) -> bool:
    """Whether a source itself names what starts threads or processes."""
    return _STARTS.search(_COMMENT.sub("", source)) is not None


def reaches_threads(source: str, earlier: Sequence[str]) -> bool:
    """Whether a source starts threads, or uses what an earlier cell that does so has defined."""
    if starts_threads(source):
        return True
    defined = {name for cell in earlier if starts_threads(cell) for names in _BINDS.findall(cell) for name in names}
    return not defined.isdisjoint(_WORD.findall(source))
