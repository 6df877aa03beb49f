"""Where a report goes that a command writes as JSON: a file, or standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jupyter_prov.record.errors import UsageError


def target_of(name: str | None) -> Path | None:
    """The file that is meant, whose folder must be there; None for standard output or where none is wanted."""
    target = None if name in (None, "-") else Path(name)
    if target is not None and not target.absolute().parent.is_dir():
        raise UsageError(f"The report cannot be written: there is no folder {target.absolute().parent}.")
    return target


def write(report: dict[str, Any], target: Path | None) -> None:
    """Write a report to its file, or to standard output."""
    from jupyter_prov.record import files

    if target is None:
        sys.stdout.write(files.dumps(report))
        return
    try:
        files.replace(target, files.dumps(report))
    except OSError as error:
        raise UsageError(f"The report cannot be written to {target}: {error.strerror or error}.") from None
