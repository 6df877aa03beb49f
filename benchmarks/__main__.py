"""`python -m benchmarks [NAME…]` prints each promise with what was measured; exit code 1 if one is broken."""

from __future__ import annotations

import sys

from benchmarks.calls import calls
from benchmarks.checks import checking, environments
from benchmarks.clock import clock
from benchmarks.comparing import comparing, hostile
from benchmarks.explaining import explaining
from benchmarks.files import digesting, opening
from benchmarks.kernels import importing, loading, long_session, shutting_down, trivial_cells
from benchmarks.many_files import many_files
from benchmarks.saving import saving

ALL = {
    "loading": loading,
    "shutdown": shutting_down,
    "cells": trivial_cells,
    "session": long_session,
    "imports": importing,
    "opening": opening,
    "many-files": many_files,
    "digests": digesting,
    "clock": clock,
    "calls": calls,
    "saving": saving,
    "checking": checking,
    "environments": environments,
    "comparing": comparing,
    "hostile": hostile,
    "explaining": explaining,
}


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, or all."""
    held = True
    for name in names or ALL:
        for result in ALL[name]():
            print(result.line(), flush=True)
            held &= result.holds
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
