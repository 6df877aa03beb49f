"""Writing a fixed notebook and its record, as the trial has shown them, or nothing at all."""

from __future__ import annotations

import copy
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_prov.check.accept import save as write
from jupyter_prov.check.rerun_plan import runs
from jupyter_prov.fix.fix_loop import Fix, original_of
from jupyter_prov.fix.restore_data import write_back
from jupyter_prov.fix.trial import Trial
from jupyter_prov.fix.version_pins import Pinned
from jupyter_prov.record import record_file, safe_reading, settings
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.model import Record
from jupyter_prov.record.portable_paths import Place


def must_be_writable(path: Path) -> None:
    """Raise UsageError where a notebook could not be saved, before anything is run."""
    if path.exists() and not (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)):
        raise UsageError(f"{path} cannot be saved: the file or its folder is read-only.")


def content_of(path: Path) -> bytes:
    """The bytes of a notebook's file; raises UsageError where it cannot be read."""
    try:
        return safe_reading.bytes_of(path, safe_reading.LARGEST_NOTEBOOK)
    except FileNotFoundError:
        raise UsageError(f"There is no notebook {path}.") from None
    except safe_reading.Unreadable as error:
        raise UsageError(f"{error}.") from None


def save(made: Fix, before: bytes) -> None:
    """Restore files, pin versions, and write the edited notebook with what the trial showed, and its record.

    `before` is what the notebook's file held when it was read; raises UsageError where it holds something else now.
    """
    assert made.trial is not None
    path = made.case.path
    notebook = _notebook(made, made.trial)
    record = _record(made, made.trial, notebook)
    with _uninterrupted():
        _must_hold(path, before)
        if made.pinned is not None:
            _must_hold(made.pinned.path, made.pinned.before.encode())
            _pin(made.pinned)
        write_back(path, made.restored)
        write(path, notebook, record)


def _must_hold(path: Path, before: bytes) -> None:
    try:
        is_same = safe_reading.bytes_of(path, len(before)) == before
    except (FileNotFoundError, safe_reading.Unreadable):
        is_same = False
    if not is_same:
        raise UsageError(f"{path} was changed while it was being fixed; nothing was written: fix it again.")


def _pin(pinned: Pinned) -> None:
    try:
        record_file.replace(pinned.path, pinned.after)
    except OSError as error:
        raise UsageError(f"{pinned.path} could not be saved: {error.strerror or error}.") from None


def _notebook(made: Fix, trial: Trial) -> Any:
    """The edited notebook; cells in which something is left, and those that are never run, keep their outputs."""
    notebook = copy.deepcopy(trial.notebook)
    for cell in notebook.cells:
        old = original_of(made, cell.get("id", ""))
        if cell.cell_type == "code" and old is not None and (cell.id in made.left or not runs(cell)):
            cell.outputs, cell.execution_count = old.outputs, old.execution_count
    return notebook


def _record(made: Fix, trial: Trial, notebook: Any) -> Record | None:
    if not trial.first.result.recorded:
        return None
    log = trial.first.result.log
    kept = [replace(run, count=None) if run.cell in made.left else run for run in log.executions]
    stage = trial.first.stage
    place = Place(str(stage.folder), str(stage.root))
    keep = settings.of_project(stage.place.root).keep_sources
    return assemble(made.case.path.name, notebook, [replace(log, executions=kept)], made.case.record, place, keep)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait, so that notebook and record are either both written or neither."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.signal(number, lambda found, _: caught.append(found)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
    if caught:
        raise KeyboardInterrupt
