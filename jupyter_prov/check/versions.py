"""Versions of a notebook: files, and what git keeps of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from jupyter_prov.check import notebook
from jupyter_prov.record.errors import UnreadableNotebook, UsageError


def version(name: str, of: Path | None = None) -> Any:
    """The notebook that a person means: a file, `REVISION:FILE`, or with `of` that file in this revision of git."""
    if of is not None:
        return _of_revision(name, of)
    revision, colon, file = name.rpartition(":")
    if colon and len(revision) > 1 and not Path(name).exists():  # a single letter is a drive of Windows
        return _of_revision(revision, Path(file))
    return notebook.read(Path(name))


def _of_revision(revision: str, file: Path) -> Any:
    """A notebook as it was in a revision of git; raises UnreadableNotebook or UsageError."""
    if revision.startswith("-"):
        raise UsageError(f"{revision} is no revision of git.")
    command = ["git", "show", f"{revision}:./{file.name}"]
    try:
        shown = subprocess.run(command, cwd=file.parent, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError(f"{file} of {revision} cannot be had: there is no git, or no folder {file.parent}.") from None
    if shown.returncode:
        reason = (shown.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0]
        raise UnreadableNotebook(f"git does not give {file} of {revision}: {reason.removeprefix('fatal: ')}.")
    return notebook.parsed(shown.stdout.decode("utf-8", "replace"), f"{revision}:{file}")
