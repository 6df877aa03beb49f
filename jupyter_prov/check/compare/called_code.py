"""What a cell does by what it calls, as far as the notebook's own code shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_BINDS = re.compile(
    r"^(?:(?:async )?(?:def|class) (\w{1,80})|(\w{1,80})[ \t]{0,9}(?::[^=\n]{0,80})?=(?!=))", re.MULTILINE
)
_WORD = re.compile(r"\w{1,80}")


def reaches(does: Callable[[str], bool], source: str, earlier: Sequence[str]) -> bool:
    """Whether a source does something itself, or uses what an earlier cell that does it has defined."""
    if does(source):
        return True
    defined = {name for cell in earlier if does(cell) for names in _BINDS.findall(cell) for name in names}
    return not defined.isdisjoint(_WORD.findall(source))
