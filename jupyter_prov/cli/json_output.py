"""Where a report goes that a command writes as JSON: a file, or standard output."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from jupyter_prov.record.errors import UsageError

_OURS = ("jupyter-prov/check/", "jupyter-prov/fix/", "jupyter-prov/bisect/")
"""Beginnings of the `schema` of reports."""


def target_of(name: str | None) -> Path | None:
    """The file that is meant, whose folder must be there; None for standard output or where none is wanted.

    Raises UsageError where it holds anything but a report: `--json *.ipynb` names a notebook.
    """
    target = None if name in (None, "-") else Path(name)
    if target is None:
        return None
    if not target.absolute().parent.is_dir():
        raise UsageError(f"The report cannot be written: there is no folder {target.absolute().parent}.")
    if _is_file(target) and not _is_report(target):
        raise UsageError(f"The report is not written: {target} is there and is not a report; give another file.")
    return target


def _is_file(target: Path) -> bool:
    try:
        found = os.stat(target)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def _is_report(target: Path) -> bool:
    from jupyter_prov.record import safe_reading

    try:
        data = safe_reading.json_of(safe_reading.text_of(target, safe_reading.LARGEST_NOTEBOOK), str(target))
    except (FileNotFoundError, safe_reading.Unreadable):
        return False
    return isinstance(data, dict) and str(data.get("schema")).startswith(_OURS)


def write(report: dict[str, Any], target: Path | None) -> None:
    """Write a report to its file, or to standard output."""
    from jupyter_prov.record import record_file

    text = record_file.dumps(report)
    if target is None:
        sys.stdout.write(text)
        return
    try:
        if target.exists() and not target.is_file():  # a pipe or a device, in whose place no file is to be
            target.write_text(text, encoding="utf-8")
        else:
            record_file.replace(target, text)
    except OSError as error:
        raise UsageError(f"The report cannot be written to {target}: {error.strerror or error}.") from None
