"""Keeping what a check has seen: the notebook as it was checked, as it was re-run, and the record of the re-run."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

from jupyter_prov.check.accept import moved_back
from jupyter_prov.check.attempt import Attempt
from jupyter_prov.record import record_file, settings
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.kept_names import RECORD, RECORDED, RERUN
from jupyter_prov.record.model import to_json
from jupyter_prov.record.portable_paths import Place


def must_be_ours(folder: Path) -> None:
    """Raise UsageError where a folder holds notebooks of these names that no check has kept there."""
    try:
        ours = record_file.replaceable(folder / RECORD) is not None
    except UnreadableRecord:
        ours = False
    for name in (RECORDED, RERUN, RECORD):
        if not ours and os.path.lexists(folder / name):
            raise UsageError(f"{folder / name} is there already, and no check has kept it; give another folder.")


def keep(attempt: Attempt, folder: Path) -> None:
    """Write them into a folder, without a record where the re-run was not recorded; raises UsageError."""
    again = copy.deepcopy(attempt.result.notebook)
    for cell in again.cells:
        if cell.cell_type == "code":
            cell.outputs = moved_back(cell.outputs, attempt.stage)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / RECORDED, attempt.case.notebook)
        _write(folder / RERUN, again)
        if attempt.result.recorded:
            stage, name = attempt.stage, attempt.case.path.name
            place, sources = (
                Place(str(stage.folder), str(stage.root)),
                settings.of_project(stage.place.root).keep_sources,
            )
            record = assemble(name, again, [attempt.result.log], None, place, sources)
            record_file.replace(folder / RECORD, record_file.dumps(to_json(record)))
    except OSError as error:
        raise UsageError(f"What the check saw cannot be kept in {folder}: {error.strerror or error}.") from None


def _write(path: Path, notebook: Any) -> None:
    record_file.replace(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
