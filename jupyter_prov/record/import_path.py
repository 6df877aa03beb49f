"""Keeps the working folder out of a search path; imports nothing that is not there when Python has started."""

import os
import sys


def leave_working_folder_out() -> None:
    """Import nothing from the working folder from now on, unless that was installed there (`pip install -e .`).

    `python -m` and PYTHONPATH put their entries before the standard library, installations put theirs behind it.
    """
    library = os.path.dirname(os.__file__)
    count = sys.path.index(library) if library in sys.path else len(sys.path)
    sys.path[:count] = elsewhere(sys.path[:count], ".")


def elsewhere(entries: "list[str]", folder: "str | os.PathLike[str]") -> "list[str]":
    """The entries of a search path that are absolute and are not this folder."""
    here = os.path.realpath(folder)
    return [entry for entry in entries if os.path.isabs(entry) and os.path.realpath(entry) != here]
