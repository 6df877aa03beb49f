"""The files that factors noted for an execution: all of them, their digests, and their paths in a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from jupyter_prov.record.evidence import FileEvidence
from jupyter_prov.record.model import Execution, Json
from jupyter_prov.record.portable_paths import Place


def files_of(execution: Execution) -> list[FileEvidence]:
    """Every file that any factor noted for this execution, to be read or completed in place."""
    return [file for _, noted in _notes(execution) for file in noted.get("files", ())]


def _notes(execution: Execution) -> Iterator[tuple[str, Json]]:
    """The notes of all factors, those of plug-ins too, by kind."""
    for kind, noted in execution.evidence.items():
        yield kind, cast(Json, noted)


def known_digest(file: FileEvidence) -> str | None:
    """The digest of what was read or written of a file; None where that is not known.

    A digest that was taken after the file had changed again is that of another content.
    """
    return None if file.get("changed_while_running") else file.get("digest")


def portable(execution: Execution, place: Place) -> Execution:
    """A copy of an execution as the record keeps it: its paths portable, its file versions dropped."""
    evidence = {kind: _portable_files(noted, place) for kind, noted in _notes(execution)}
    return Execution(**{**vars(execution), "evidence": evidence})


def _portable_files(noted: Json, place: Place) -> Json:
    if "files" not in noted:
        return noted
    files = [{**f, "path": place.portable(f["path"])} for f in noted["files"]]
    for file in files:
        file.pop("version", None)
    return {**noted, "files": files}


def give_digest(file: FileEvidence, found: list[Any]) -> None:
    """Give a file its digest, at once for who reads it in a thread."""
    facts = {"changed_while_running": found[2], **dict(zip(("files", "sampled"), found[3:], strict=False))}
    more = {key: fact for key, fact in facts.items() if fact not in (None, False)}
    file |= cast(FileEvidence, {"digest": found[0], "size": found[1], **more})
