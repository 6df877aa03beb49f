"""The past of a record: its environment and the contents of its inputs, as far as they can be had again."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from jupyter_prov.check import environment as environments
from jupyter_prov.check.environment import BY_RECORD, Building, Environment
from jupyter_prov.check.old_data import Content, old_contents
from jupyter_prov.check.stage import Stage, made_by
from jupyter_prov.record.errors import CannotReplay, EnvironmentFailed
from jupyter_prov.record.evidence import FileEvidence, data_files
from jupyter_prov.record.file_digests import Digests, can_be
from jupyter_prov.record.model import Record
from jupyter_prov.record.noted_files import known_digest
from jupyter_prov.record.portable_paths import Place

PACKAGE, DATA = "package", "data"


class Past:
    """Looks for each thing once, when it is first asked for; attempts in several threads share it."""

    def __init__(self, record: Record | None, place: Place, building: Building = BY_RECORD) -> None:
        self._record, self._place, self._building = record, place, building
        self._lock = threading.Lock()
        self._environment: Environment | EnvironmentFailed | None = None
        self._contents: dict[str, Content] | None = None
        self._lost: list[str] = []
        """Of inputs that cannot be put back: which and why."""

    def environment(self) -> Environment:
        """The recorded environment; raises CannotReplay."""
        if self._record is None:
            raise CannotReplay("there is no record")
        with self._lock:
            if self._environment is None:
                try:
                    self._environment = environments.recorded(self._record, how=self._building)
                except EnvironmentFailed as failure:
                    self._environment = failure
        if isinstance(self._environment, EnvironmentFailed):  # what it advises is what is being done already
            raise CannotReplay(str(self._environment).partition(";")[0].rstrip("."))
        return self._environment

    def contents(self) -> dict[str, Content]:
        """The old contents of inputs that are others now or gone, by the path in the record; raises CannotReplay."""
        with self._lock:
            if self._contents is None:
                self._contents = self._found()
        if self._lost and not self._contents:
            raise CannotReplay("; ".join(self._lost))
        return self._contents

    def only(self, paths: Collection[str]) -> Past:
        """The same past, of which nothing is put back but what was at these paths; raises CannotReplay."""
        past = Past(self._record, self._place, self._building)
        past._environment = self._environment
        past._contents = {path: content for path, content in self.contents().items() if path in paths} if paths else {}
        return past

    @property
    def notes(self) -> list[str]:
        """What could not be put back although other inputs were, in sentences."""
        return [f"Not put back: {one}." for one in self._lost] if self._contents else []

    def unplayable(self, kind: str) -> str:
        """Why a kind of factor cannot be played back, as far as that depends on this; '' where it can."""
        try:
            if kind == PACKAGE:
                self.environment()
            elif kind == DATA and not self.contents():
                return "every input that can be put back is as it was recorded"
        except CannotReplay as reason:
            return str(reason)
        return ""

    def is_unchanged(self, kind: str) -> bool:
        """Whether a kind cannot be played back for the reason alone that nothing of it has changed."""
        return kind == DATA and bool(self.unplayable(kind)) and not self._lost

    def is_partial(self, kind: str) -> bool:
        """Whether some of what makes up a kind of factor stays as it is when that is played back."""
        if kind == PACKAGE:
            environment = self.environment()
            return bool(environment.missing or environment.notes)
        return kind == DATA and bool(self.notes)

    def put_back(self, stage: Stage) -> None:
        """Give inputs on the stage, and nowhere else, the contents that they had; raises CannotReplay."""
        root = os.path.realpath(stage.root)
        for path, content in self.contents().items():
            target = stage.folder / path
            folder = os.path.realpath(target.parent)
            if folder != root and not folder.startswith(root + os.sep):
                stage.notes.append(f"{path} was not put back: its folder is not staged.")
                continue
            try:
                os.makedirs(folder, exist_ok=True)
                _replace(target, content)
            except OSError as error:
                raise CannotReplay(f"{path} cannot be put back ({error.strerror or error})") from None

    def _found(self) -> dict[str, Content]:
        changed = dict(self._changed())
        wanted = {file["digest"]: file["size"] for file in changed.values()}
        kept = old_contents(self._place.folder, wanted) if wanted else {}
        self._lost += [
            f"{path}: neither the input store nor git nor a cache of DVC has the content that was recorded"
            for path, file in changed.items()
            if file["digest"] not in kept
        ]
        return {path: kept[file["digest"]] for path, file in changed.items() if file["digest"] in kept}

    def _changed(self) -> Iterator[tuple[str, FileEvidence]]:
        """The inputs whose content is another than the recorded one, or that are gone, as they were recorded."""
        made, digests = made_by(self._record), Digests()
        for path, file in _inputs(self._record).items():
            if path in made or not known_digest(file):
                continue
            original = str(self._place.resolve(path))
            if can_be(original, file.get("size"), file.get("files")):
                now = digests.of(original)
                if now is not None and now.digest == file["digest"]:
                    continue
            if reason := _beyond(path, file):
                self._lost.append(f"{path}: {reason}")
            else:
                yield path, file


def _inputs(record: Record | None) -> dict[str, FileEvidence]:
    """What each file was like when a session first read it; the later session wins."""
    found: dict[str, FileEvidence] = {}
    for session in reversed(record.sessions if record else ()):
        for execution in session.executions:
            for file in data_files(execution.evidence):
                if file["role"] == "input":
                    found.setdefault(file["path"], file)
    return found


def _beyond(path: str, file: FileEvidence) -> str:
    """Why a file is none that can be put back at all; '' where it may be."""
    if path.startswith(("/", "~")) or Path(path).is_absolute():
        return "it lies outside the project, where nothing is put back"
    if "files" in file:
        return "it is a folder, which is not put back"
    if file.get("sampled"):
        return "it is too large for its content to be known by its digest"
    return ""


def _replace(target: Path, content: Content) -> None:
    """Write a content to a path, which may be a link that leads out of the stage, or to a copy without the right."""
    if os.path.lexists(target):
        target.unlink()
    with open(target, "wb") as file:
        for chunk in content.chunks():
            file.write(chunk)
