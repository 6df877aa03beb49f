"""Where this session's notebook lies, and writing its record from within the kernel."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_prov.factors.data.watcher import DataWatcher
from jupyter_prov.record import obstacles, record_file, safe_reading, settings
from jupyter_prov.record.assemble import assemble, live, same_but_times
from jupyter_prov.record.atomic_write import sweep
from jupyter_prov.record.belonging import belonging
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.match_cells import with_ids
from jupyter_prov.record.model import Record
from jupyter_prov.record.notebook_shape import is_notebook
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

SUFFIX = ".ipynb"
SETTLE_SECONDS = 5.0
_UNKNOWN = "Where this notebook lies is not known here; give its path, as in `%prov save analysis.ipynb`."
_NO_RECORD = "{} is there already and is no record that can be read here, so it is left as it is; give another path."
_NOTHING_NEW = "The saved {} shows nothing yet that was run, so its record is left as it is; save the notebook first."


def notebook_of(shell: Any, recording: Recording) -> str | None:
    """The notebook's path: as the user gave it, as the server tells it, as VS Code does; None where nobody does."""
    if recording.notebook:
        return recording.notebook
    known = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
    if not isinstance(known, str) or not known:
        return None
    folder, name = os.path.split(known)
    return os.path.join(folder if os.path.isdir(folder) and os.path.isabs(folder) else recording.place.folder, name)


def read(path: str) -> dict[str, Any] | None:
    """The saved notebook's JSON, its cells with ids; None where it is none, or is just being written."""
    try:
        notebook = safe_reading.json_of(safe_reading.text_of(Path(path), safe_reading.LARGEST_NOTEBOOK), path)
    except (FileNotFoundError, safe_reading.Unreadable):
        return None
    if not is_notebook(notebook):
        return None
    return with_ids(notebook)


def outline(path: str | None) -> dict[str, Any] | None:
    """The saved notebook without its outputs, read anew only where it was saved anew; None where it is not known."""
    try:
        return _outline(path, os.stat(path).st_mtime_ns) if path else None
    except OSError:
        return None


@functools.lru_cache(maxsize=1)
def _outline(path: str, _: int) -> dict[str, Any] | None:
    notebook = read(path)
    if notebook is None:
        return None
    keys = ("id", "cell_type", "source", "execution_count")
    return {"cells": [{key: cell[key] for key in keys if key in cell} for cell in notebook["cells"]]}


def live_of(recording: Recording, path: str | None) -> Record:
    """Everything that is known by now of this session, whose notebook lies there."""
    log = log_of(recording, outline(path))
    place = place_of(recording, path)
    return live(os.path.basename(path or "notebook.ipynb"), log, place, _keeps_sources(recording, place))


def log_of(recording: Recording, notebook: Mapping[str, Any] | None) -> SessionLog:
    """The log as it is now, with the ids that cells have in the notebook.

    Cells that start and end meanwhile wait for no more than that.
    """
    with recording.still() as log:
        return log.snapshot() if notebook is None else belonging(log, notebook)


def save(shell: Any, recording: Recording, path: str | None) -> str:
    """Write the session's record, by default beside the notebook; gives where. Raises UsageError.

    A path of a notebook or of its record says where the notebook is; from then on its record follows it. Beside a saved
    notebook the record goes on with what it said of earlier sessions. No other file is ever replaced.
    """
    target = None if path is None else Path(os.path.abspath(os.path.expanduser(path)))
    named = target
    if target and target.name.endswith(record_file.SUFFIX):
        named = record_file.notebook_beside(target)
    if named and named.name.endswith(SUFFIX):
        recording.notebook = str(named)
    notebook = notebook_of(shell, recording)
    if target is None or target.name.endswith(SUFFIX):
        if notebook is None:
            raise UsageError(_UNKNOWN)
        target = record_file.beside(Path(notebook))
    recording.settle(SETTLE_SECONDS)
    try:
        before = record_file.replaceable(target, os.path.basename(notebook) if notebook else None)
        record_file.replace(target, record_file.text_of(_to_save(recording, notebook, str(target), before)))
    except UnreadableRecord:
        raise UsageError(_NO_RECORD.format(target)) from None
    except OSError as error:
        raise UsageError(f"The record could not be written to {target}: {error.strerror or error}.") from None
    return str(target)


def _to_save(recording: Recording, path: str | None, target: str, before: Record | None) -> Record:
    """The record of the saved notebook if it belongs beside it, else all that the session ran."""
    notebook = read(path) if path and str(record_file.beside(Path(path))) == target else None
    if path is None or notebook is None:
        return live_of(recording, path)
    found = _assembled(path, notebook, recording, before)
    if found.cells:
        return found
    if before and any(session.started != recording.log.started for session in before.sessions):
        raise UsageError(_NOTHING_NEW.format(os.path.basename(path)))
    return live_of(recording, path)


def _assembled(path: str, notebook: Mapping[str, Any], recording: Recording, before: Record | None) -> Record:
    place = place_of(recording, path)
    log, keep = log_of(recording, notebook), _keeps_sources(recording, place)
    return assemble(os.path.basename(path), notebook, [log], before, place, keep)


def write(path: str, recording: Recording) -> None:
    """Write the record of a notebook that was saved, as a server would; raises OSError.

    Nothing is written where the notebook wants no record, has no outputs of known origin, or the record would say
    nothing new. A record that cannot be read is left as it is.
    """
    notebook = read(path)
    if notebook is None or _wants_no_record(notebook):
        return
    try:
        beside = record_file.beside(Path(path))
        before = record_file.replaceable(beside, os.path.basename(path))
    except UnreadableRecord as error:
        recording.guard.note(obstacles.occupied(os.path.basename(path), error))
        return
    except UsageError as error:
        recording.guard.note(obstacles.unnamed(os.path.basename(path), error))
        return
    record = _assembled(path, notebook, recording, before)
    if record.cells and not (before and same_but_times(before, record)):
        record_file.replace(beside, record_file.text_of(record))
    else:
        sweep(beside)


def place_of(recording: Recording, path: str | None) -> Place:
    """The place that the paths of a record of this notebook are in."""
    return Place.of_folder(os.path.dirname(path)) if path else recording.place


def _wants_no_record(notebook: Mapping[str, Any]) -> bool:
    metadata = notebook.get("metadata")
    prov = metadata.get("prov") if isinstance(metadata, dict) else None
    return isinstance(prov, dict) and prov.get("record") is False


def _keeps_sources(recording: Recording, place: Place) -> bool:
    if data := recording.watcher(DataWatcher):
        data.pass_over(os.path.join(place.root, settings.FILE))
    try:
        return settings.of_project(place.root).keep_sources
    except UsageError:  # which a check tells
        return False
