"""Importing a module without the optional packages that it would pull in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Make packages that were not imported yet look uninstalled while the block imports something.

    An optional import of them then takes no time, and leaves no trace in the list of imported packages.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
