"""Where this session's notebook lies, and writing its record from within the kernel."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_prov.factors.data import Data
from jupyter_prov.record import files, settings
from jupyter_prov.record.assemble import assemble, live, same_but_times
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.identify import identify, with_ids
from jupyter_prov.record.model import Record, from_json, to_json
from jupyter_prov.record.place import Place

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

SUFFIX = ".ipynb"
SETTLE_SECONDS = 5.0
_UNKNOWN = "Where this notebook lies is not known here; give its path, as in `%prov save analysis.ipynb`."


def notebook_of(shell: Any, recording: Recording) -> str | None:
    """The notebook's path: as the user gave it, as the server tells it, as VS Code does; None where nobody does."""
    if recording.following.given:
        return recording.following.given
    known = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
    if not isinstance(known, str) or not known:
        return None
    folder, name = os.path.split(known)
    return os.path.join(folder if os.path.isdir(folder) and os.path.isabs(folder) else recording.place.folder, name)


def read(path: str) -> dict[str, Any] | None:
    """The saved notebook's JSON, its cells with ids; None where it is none, or is just being written."""
    try:
        with open(path, encoding="utf-8") as file:
            notebook = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    found: dict[str, Any] = with_ids(notebook)
    return found


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
    notebook = outline(path) if recording.following.has_no_ids else None
    place = _place(recording, path)
    keep = _keeps_sources(recording, place)
    with recording.still() as log:
        if notebook is not None:
            identify(log, notebook)
        return live(os.path.basename(path or "notebook.ipynb"), log, place, keep)


def save(shell: Any, recording: Recording, path: str | None) -> str:
    """Write the session's record, by default beside the notebook; gives where. Raises UsageError.

    A path of a notebook or of its record says where the notebook is; from then on its record follows it.
    """
    target = None if path is None else os.path.abspath(os.path.expanduser(path))
    if target and target.endswith(SUFFIX):
        recording.following.give(target)
    elif target and target.endswith(files.SUFFIX):
        recording.following.give(target.removesuffix(files.SUFFIX) + SUFFIX)
    notebook = notebook_of(shell, recording)
    if target is None and notebook is None:
        raise UsageError(_UNKNOWN)
    recording.settle(SETTLE_SECONDS)
    if target is None or target.endswith(SUFFIX):
        target = files.record_path(str(notebook))
    try:
        files.write(Path(target), live_of(recording, notebook))
    except OSError as error:
        raise UsageError(f"The record could not be written to {target}: {error.strerror or error}.") from None
    return target


def write(path: str, recording: Recording) -> None:
    """Write the record of a notebook that was saved, as a server would; raises OSError.

    Nothing is written where the notebook wants no record, has no outputs of known origin, or the record would say
    nothing new. A record that cannot be read is left as it is.
    """
    notebook = read(path)
    if notebook is None or _wants_no_record(notebook):
        return
    beside = Path(files.record_path(path))
    try:
        before = _read_record(beside) if beside.exists() else None
    except UnreadableRecord as error:
        recording.wall.note(f"{error} It is left as it is.")
        return
    place = _place(recording, path)
    keep = _keeps_sources(recording, place)
    with recording.still() as log:
        if recording.following.has_no_ids:
            identify(log, notebook)
        record = assemble(os.path.basename(path), notebook, [log], before, place, keep)
        text, told = files.dumps(to_json(record)), to_json(record)
    if record.cells and not (before and same_but_times(to_json(before), told)):
        files.replace(beside, text)


def _read_record(path: Path) -> Record:
    """The record that is there; raises UnreadableRecord, or something else where nothing is there to validate it."""
    try:
        return files.read(path)
    except ImportError:  # in a kernel, where only the kernel part's own libraries are sure to be
        return from_json(json.loads(path.read_text(encoding="utf-8")))


def _place(recording: Recording, path: str | None) -> Place:
    return Place.of_folder(os.path.dirname(path)) if path else recording.place


def _wants_no_record(notebook: Mapping[str, Any]) -> bool:
    metadata = notebook.get("metadata")
    prov = metadata.get("prov") if isinstance(metadata, dict) else None
    return isinstance(prov, dict) and prov.get("record") is False


def _keeps_sources(recording: Recording, place: Place) -> bool:
    if data := recording.factor(Data):
        data.pass_over(os.path.join(place.root, settings.FILE))
    try:
        return settings.of_project(place.root).keep_sources
    except UsageError:  # which a check tells
        return False
