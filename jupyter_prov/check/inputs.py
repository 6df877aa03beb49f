"""The inputs of a notebook: whether each is still what was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prov.check.stage import Stage, made_by
from jupyter_prov.record.model import Record, Session
from jupyter_prov.watch.helper_process import digest


def compared_inputs(record: Record | None, again: Session, stage: Stage) -> list[dict[str, str]]:
    """Every file that the record or the re-run read and that neither made: same, changed, missing or new."""
    if record is None:
        return [{"path": path, "status": "new"} for path in sorted(dict(_read(again)))]
    made = made_by(record)
    there: dict[str, str | None] = {}
    for session in record.sessions:
        for path, known in _read(session):
            there.setdefault(path, known)
    here = dict(_read(again))
    told = []
    for path in sorted(there.keys() | here.keys()):
        if path in made:
            continue
        status = "new" if path not in there else _status(path, there[path], here, stage)
        told.append({"path": path, "status": status})
    return told


def _read(session: Session) -> Iterator[tuple[str, str | None]]:
    """Inputs and project code of a session with their digests."""
    for execution in session.executions:
        for kind in ("data", "code"):
            for file in execution.evidence.get(kind, {}).get("files", ()):
                if file["role"] != "output":
                    yield file["path"], file.get("digest")


def _status(path: str, recorded: str | None, here: dict[str, str | None], stage: Stage) -> str:
    now = here.get(path)
    if now is None:
        found = digest(str(stage.place.resolve(path)))
        if found is None:
            return "missing"
        now = found[0]
    return "same" if recorded in (now, None) else "changed"
