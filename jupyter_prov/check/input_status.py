"""What goes into a notebook and comes out: whether each input is still what was recorded, and each output the same."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator

from jupyter_prov.check.stage import Stage, found_by, made_by
from jupyter_prov.factors.network.request_comparison import Fetched, by_url, status
from jupyter_prov.record.evidence import FileEvidence, data_and_code_files, data_files
from jupyter_prov.record.file_digests import Digests, can_be
from jupyter_prov.record.model import Record, Session
from jupyter_prov.record.noted_files import known_digest


def compared_inputs(
    record: Record | None, again: Session, stage: Stage, differing: Collection[str] = ()
) -> list[dict[str, str]]:
    """Every file that the record or the re-run read and that neither made: same, changed, missing or new.

    What a session overwrote without reading it is no input. It is listed where it is missing now and the cell that
    overwrote it is among the `differing` ones: the cell may have looked whether it was there.
    """
    made_here = made_by(Record("", [], [again]))
    here = {path: known_digest(file) for path, file in _read(again)}
    if record is None:
        return [{"path": path, "status": "new"} for path in sorted(here.keys() - made_here)]
    made = made_by(record)
    there: dict[str, FileEvidence] = {}
    for session in record.sessions:
        for path, file in _read(session):
            there.setdefault(path, file)
    unknown = set(changed_meanwhile(record))
    told = []
    for path in sorted(there.keys() | here.keys() - made_here):
        if path in made or (path in unknown and path in there and known_digest(there[path]) is None):
            continue
        status = "new" if path not in there else _status(path, there[path], here, stage)
        told.append({"path": path, "status": status})
    overwritten = sorted(path for path, cell in found_by(record).items() if cell in differing)
    lost = [path for path in overwritten if not stage.place.resolve(path).exists()]
    return told + [{"path": path, "status": "missing"} for path in lost]


def changed_meanwhile(record: Record | None) -> Iterator[str]:
    """The files that changed while or after a session read them, so that nobody knows what it read."""
    for _, execution in record.executions() if record else ():
        for file in data_and_code_files(execution.evidence):
            if file["role"] != "output" and file.get("changed_while_running"):
                yield file["path"]


def compared_remote(record: Record | None, again: Session) -> list[dict[str, str]]:
    """Every URL that the re-run asked for, where its content is known: same, changed, missing or new."""
    there: dict[str, Fetched] = {}
    for session in record.sessions if record else ():
        there |= _fetched(session)
    here = _fetched(again)
    told = [{"path": url, "status": status(there.get(url), here[url])} for url in sorted(here)]
    return [one for one in told if one["status"]]


def _fetched(session: Session) -> dict[str, Fetched]:
    """URLs that gave something with its digest, and those that could not be reached."""
    noted = (execution.evidence.get("network", {}).get("requests", ()) for execution in session.executions)
    return by_url(request for requests in noted for request in requests if "digest" in request or "error" in request)


def compared_outputs(record: Record | None, again: Session) -> list[dict[str, str]]:
    """Every file that the record says was written, as it was left last: same, changed or missing in the re-run."""
    there: dict[str, str | None] = {}
    for session in record.sessions if record else ():
        there |= dict(_written(session))
    here = dict(_written(again))
    told = []
    for path in sorted(there):
        known, now = there[path], here.get(path)
        status = "missing" if path not in here else "changed" if known and now and known != now else "same"
        told.append({"path": path, "status": status})
    return told


def _written(session: Session) -> Iterator[tuple[str, str | None]]:
    for execution in session.executions:
        for file in data_files(execution.evidence):
            if file["role"] == "output":
                yield file["path"], known_digest(file)


def _read(session: Session) -> Iterator[tuple[str, FileEvidence]]:
    """Inputs and project code of a session, as they were noted."""
    for execution in session.executions:
        for file in data_and_code_files(execution.evidence):
            if file["role"] != "output":
                yield file["path"], file


def _status(path: str, recorded: FileEvidence, here: dict[str, str | None], stage: Stage) -> str:
    now, known = here.get(path), known_digest(recorded)
    if now is None:
        original = str(stage.place.resolve(path))
        if not os.path.exists(original):
            return "missing"
        if known is None:
            return "same"
        if not can_be(original, recorded.get("size"), recorded.get("files")):
            return "changed"
        found = Digests().of(original)
        if found is None:
            return "missing"
        now = found.digest
    return "same" if known in (now, None) else "changed"
