"""Versions of a notebook: files, and what git keeps of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_prov.check import read_notebook
from jupyter_prov.record import safe_reading
from jupyter_prov.record.errors import UnreadableNotebook, UsageError
from jupyter_prov.watch import git_objects


def version(name: str, of: Path | None = None) -> Any:
    """The notebook that a person means: a file, `REVISION:FILE`, or with `of` that file in this revision of git."""
    if of is not None:
        return _of_revision(name, of)
    revision, colon, file = name.rpartition(":")
    if colon and len(revision) > 1 and not Path(name).exists():  # a single letter is a drive of Windows
        return _of_revision(revision, Path(file))
    return read_notebook.read(Path(name))


def _of_revision(revision: str, file: Path) -> Any:
    """A notebook as it was in a revision of git; raises UnreadableNotebook or UsageError."""
    if revision.startswith("-"):
        raise UsageError(f"{revision} is no revision of git.")
    name, blob = f"{revision}:{file}", f"{revision}:./{file.name}"
    try:
        size = int(git_objects.answer(str(file.parent), "cat-file", "-s", blob))
        if size > safe_reading.LARGEST_NOTEBOOK:
            raise UnreadableNotebook(f"{safe_reading.too_large(name, safe_reading.LARGEST_NOTEBOOK)}.")
        content = git_objects.answer(str(file.parent), "cat-file", "blob", blob)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{file} of {revision} cannot be had: there is no git, or no folder {file.parent}.") from None
    except (git_objects.GitFailed, OSError, ValueError) as error:
        reason = (str(error).splitlines() or ["no reason given"])[0].removeprefix("fatal: ")
        raise UnreadableNotebook(f"git does not give {file} of {revision}: {reason}.") from None
    return read_notebook.parsed(content.decode("utf-8", "replace"), name)
