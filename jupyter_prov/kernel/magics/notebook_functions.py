"""What a notebook says and asks of its own recording, by Python calls; the magics say the same.

Where no session records (a script, a terminal, JUPYTER_PROV=0) seeds are set all the same, and the rest does nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_prov.analysis.cell_source import VOLATILE
from jupyter_prov.kernel.shell import recording_of
from jupyter_prov.record.errors import UsageError

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording


def current() -> Recording | None:
    """The recording of the session that this code runs in, if there is one."""
    shell = shell_here()
    return None if shell is None else recording_of(shell)


def shell_here() -> Any:
    """The shell of IPython that this code runs in; None in plain Python, where IPython is not to be imported."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def values(kind: str, given: Mapping[str, Any]) -> None:
    """Declare parameters or metrics."""
    if recording := current():
        recording.guard.within_cell(f"declaring {kind}", recording.declared.values, kind, given)


def note(text: str) -> None:
    """Declare a note."""
    if recording := current():
        recording.guard.within_cell("declaring a note", recording.declared.note, str(text))


def volatile(reason: str) -> None:
    """Say that a difference of the cell that runs is not to count."""
    if recording := current():
        recording.guard.within_cell("declaring", recording.declared.exempt, VOLATILE, str(reason))


def seed(value: Any, asked: str) -> list[str]:
    """Seed all generators that are loaded, as `asked` in the notebook; gives their modules, raises UsageError."""
    from jupyter_prov.factors.random.libraries import SEEDS
    from jupyter_prov.factors.random.libraries import seed as seed_all

    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() not in SEEDS:
        raise UsageError(f"A seed is a whole number from 0 to {SEEDS[-1]}, not {value!r}.")
    if recording := current():
        from jupyter_prov.factors.random.watcher import RandomWatcher

        if random := recording.watcher(RandomWatcher):
            return random.seed(value.__index__(), asked)
    return seed_all(value.__index__())


def file(path: str | os.PathLike[str], role: str) -> bool:
    """Declare a file or folder that is read (`input`) or written (`output`); whether it is there by now."""
    name = os.path.expanduser(os.fspath(path))
    there = os.path.exists(name)
    if recording := current():
        from jupyter_prov.factors.data.watcher import DataWatcher

        data = recording.watcher(DataWatcher)
        if "://" in name:
            from jupyter_prov.record.masked_urls import mask_url

            recording.guard.note(f"{mask_url(name)} is declared as an {role}, and is a URL rather than a file.")
        elif not there and role == "input":
            recording.guard.note(f"{name} is declared as an input, and there is no such file.")
        elif data is not None:
            recording.guard.within_cell("declaring a file", data.declare, name, role)
    return there


def save(path: str | os.PathLike[str] | None) -> str | None:
    """Write the record, beside the notebook if no path is given; gives the path of the record, raises UsageError.

    None where there is nothing to write: no session records, or this is a check's own.
    """
    recording = current()
    if recording is None or recording.is_rerun:
        return None
    with recording.aside():
        from jupyter_prov.kernel.save_record import save

        return save(shell_here(), recording, None if path is None else os.fspath(path))
