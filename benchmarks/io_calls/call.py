"""One call of the catalogue: a cell, and the files that it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.io_calls.inputs import INPUTS

OUTSIDE = "OUTSIDE"
"""Stands in code and paths for a folder beside the project."""


@dataclass(frozen=True)
class Call:
    """Paths are relative to the folder in which the cell runs, with `*` as in glob; a folder's means all that it holds.

    A file that is read is made beforehand by `prepare`, or, where that is empty, by the code of `INPUTS` for its path.
    """

    name: str
    code: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    needs: str = ""
    """The modules without which the call cannot be made."""
    prepare: str = ""
    also: tuple[str, ...] = ()
    """What the call touches as well, so that it may be noted, and need not be: journals, the old content of a file."""

    @property
    def direction(self) -> str:
        """What this call is counted as; one that does both is a write."""
        return "write" if self.writes else "read"

    @property
    def preparing(self) -> str:
        """The code that makes the files which are there before the cell runs."""
        return self.prepare or "\n".join(INPUTS[path] for path in self.reads)


def read(name: str, path: str, code: str, needs: str = "", prepare: str = "", also: tuple[str, ...] = ()) -> Call:
    """A call that reads one file."""
    return Call(name, code, reads=(path,), needs=needs, prepare=prepare, also=also)


def write(name: str, path: str, code: str, needs: str = "", prepare: str = "", also: tuple[str, ...] = ()) -> Call:
    """A call that writes one file."""
    return Call(name, code, writes=(path,), needs=needs, prepare=prepare, also=also)
