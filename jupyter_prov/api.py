"""The public Python API: what `jupyter prov` does, as functions that return value objects.

It follows semantic versioning; modules that are not named here may change in any release. docs/api.md shows its use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jupyter_prov.check import number_tolerance
from jupyter_prov.check.checker import Options
from jupyter_prov.check.checker import check as _check
from jupyter_prov.check.execute import Executed
from jupyter_prov.check.execute import execute as _execute
from jupyter_prov.check.kept_artifacts import must_be_ours
from jupyter_prov.check.notebook_diff import CellDiff, compared
from jupyter_prov.check.notebook_revisions import version
from jupyter_prov.check.read_notebook import read
from jupyter_prov.fix.fix_loop import Fix
from jupyter_prov.fix.fix_loop import fix as _fix
from jupyter_prov.fix.save_fixed import content_of, must_be_writable
from jupyter_prov.fix.save_fixed import save as _save_fixed
from jupyter_prov.record import record_file
from jupyter_prov.record.cause import Advice, Cause
from jupyter_prov.record.errors import EnvironmentFailed, ProvError, UnreadableNotebook, UnreadableRecord, UsageError
from jupyter_prov.record.model import CellState, Execution, Record, Session
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.report.model import CellReport, NotebookReport, OutputComparison

__all__ = [
    "Advice",
    "Cause",
    "CellDiff",
    "CellReport",
    "CellState",
    "Difference",
    "EnvironmentFailed",
    "Executed",
    "Execution",
    "Fix",
    "OutputComparison",
    "ProvError",
    "Record",
    "Report",
    "Session",
    "UnreadableNotebook",
    "UnreadableRecord",
    "UsageError",
    "check",
    "diff",
    "fix",
    "read_record",
    "run",
]

AnyPath = str | os.PathLike[str]
Progress = Callable[[str, int, int], None]
"""Called at each step with the phase, and how many of how many cells are done."""
Report = NotebookReport


def _no_progress(phase: str, done: int, total: int) -> None: ...


def _no_announcement(sentence: str) -> None: ...


def check(
    path: AnyPath,
    *,
    env: str = "recorded",
    replay: Iterable[str] = (),
    timeout: float | None = 600.0,
    explain: Literal["no", "quick", "full"] = "quick",
    accept: Sequence[int] | None = None,
    keep: AnyPath | None = None,
    allow_direct_url: bool = False,
    progress: Progress = _no_progress,
    announce: Callable[[str], None] = _no_announcement,
) -> Report:
    """Re-run a notebook in a clean environment, compare its outputs, and look for the causes of what differs.

    The notebook's code runs with your rights, on a copy of its project. Raises ProvError.

    env: `recorded`, `current` (that of the notebook's kernel), or the path of an environment or interpreter.
    replay: kinds of factors to play back from the record, such as `random` and `clock`.
    timeout: the longest time for one cell, in seconds.
    explain: `no` further re-runs, at most three (`quick`), or as many as needed (`full`).
    accept: cells, counted from 1, whose new outputs are stored; all that differ where it is empty.
    keep: a folder into which the notebook is written as it was checked and as it was re-run.
    allow_direct_url: install packages from recorded URLs and folders too, whose content the record does not pin.
    announce: is given a sentence for each package that comes from elsewhere than an index, before it is installed.
    """
    if keep is not None:
        must_be_ours(Path(keep))
    options = Options(
        env=env,
        replay=frozenset(replay),
        timeout=timeout,
        explain=explain,
        accept=None if accept is None else tuple(accept),
        keep=None if keep is None else Path(keep),
        allow_direct_url=allow_direct_url,
        announce=announce,
    )
    return _check(Path(path), options, progress)


def run(
    path: AnyPath,
    *,
    timeout: float | None = None,
    stop_on_error: bool = True,
    progress: Progress = _no_progress,
) -> Executed:
    """Execute a notebook in its own folder, and save it with its record. Raises ProvError.

    timeout: the longest time for one cell, in seconds.
    stop_on_error: whether cells after one that fails are left out.
    """
    return _execute(Path(path), timeout, stop_on_error, lambda done, total: progress("rerun", done, total))


def read_record(path: AnyPath) -> Record:
    """Read the record of a notebook, or the record file of this path. Raises UnreadableRecord. Nothing is run."""
    named = Path(path)
    return record_file.read(record_file.beside(named) if named.suffix == ".ipynb" else named)


@dataclass(frozen=True)
class Difference:
    """The comparison of two versions of a notebook."""

    cells: list[CellDiff]
    """All code cells of both versions."""
    notes: list[str] = field(default_factory=list)
    """Sentences about the comparison itself, such as a comparer that failed."""

    @property
    def is_empty(self) -> bool:
        """Whether the outputs of both versions mean the same."""
        return not any(cell.is_bad for cell in self.cells)


def diff(older: AnyPath, newer: AnyPath, *, revisions: tuple[str | None, str | None] = (None, None)) -> Difference:
    """Compare the outputs of two notebooks by their meaning. Raises UnreadableNotebook and UsageError. Nothing is run.

    revisions: the revisions of git from which each is read, None for the file as it is.
    """
    before, after = _revision(older, revisions[0]), _revision(newer, revisions[1])
    notes: list[str] = []
    tolerance = number_tolerance.of_project(Place.of_folder(Path(newer).parent).root)
    cells = list(compared(before, after, tolerance, notes))
    return Difference(cells, list(dict.fromkeys(notes)))


def _revision(path: AnyPath, revision: str | None) -> Any:
    return version(os.fspath(path)) if revision is None else version(revision, Path(path))


def fix(
    path: AnyPath,
    *,
    write: bool = False,
    env: str = "recorded",
    timeout: float | None = 600.0,
    allow_direct_url: bool = False,
    progress: Progress = _no_progress,
    announce: Callable[[str], None] = _no_announcement,
) -> Fix:
    """Look for edits that make a notebook reproduce, and verify them by re-runs of its code. Raises ProvError.

    write: write the verified edits, with new outputs and record, where there are any. The other arguments are those of
    `check`.
    """
    notebook = Path(path)
    read(notebook)
    if write:
        must_be_writable(notebook)
    before = content_of(notebook)
    options = Options(env=env, timeout=timeout, allow_direct_url=allow_direct_url, announce=announce)
    found = _fix(notebook, options, progress)
    if write and found.is_worth_writing:
        _save_fixed(found, before)
    return found
