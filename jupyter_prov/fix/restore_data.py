"""Data: files that are gone or changed get their recorded content back, where it is kept and nothing is lost by it."""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_prov.check.attempt import Case
from jupyter_prov.check.old_data import Content, is_kept
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.record.errors import CannotReplay, UsageError
from jupyter_prov.record.portable_paths import Place


def restore_data(scene: Scene, case: Case) -> dict[str, Content]:
    """The contents that files which made cells differ can be given back, by their paths in the record."""
    root = Path(Place.of_folder(case.path.parent).root)
    kept = [(path, content, _target(case.path, path)) for path, content in _kept(scene, case)]
    inside = [one for one in kept if root in one[2].parents]
    found = {path: content for path, content, target in inside if not os.path.lexists(target) or is_kept(target)}
    for path, content in found.items():
        told = f"{path} gets its recorded content back, from {_origin(content)}"
        scene.draft.say("data", "", told, [path])
    return found


def _kept(scene: Scene, case: Case) -> Iterator[tuple[str, Content]]:
    try:
        contents = case.past.contents() if scene.causes("data") else {}
    except CannotReplay:
        return
    for path in sorted({cause.subject for cause in scene.causes("data")} & contents.keys()):
        yield path, contents[path]


def commands(case: Case) -> dict[str, str]:
    """What a person types to give files their recorded contents back, by their paths in the record."""
    try:
        contents = case.past.contents()
    except CannotReplay:
        return {}
    return {path: _command(_target(case.path, path), content) for path, content in contents.items()}


def _command(target: Path, content: Content) -> str:
    to = shlex.quote(os.path.relpath(target))
    return f"git cat-file blob {content.blob[:12]} > {to}" if content.blob else f"cp {shlex.quote(content.path)} {to}"


def _origin(content: Content) -> str:
    return f"git's {content.blob[:12]}" if content.blob else content.path


def _target(notebook: Path, path: str) -> Path:
    return Path(os.path.realpath(Place.of_folder(notebook.parent).resolve(path)))


def write_back(notebook: Path, contents: Mapping[str, Content]) -> None:
    """Write these contents, each file replaced at once or not at all; raises UsageError."""
    root = Path(Place.of_folder(notebook.parent).root)
    targets = {path: _target(notebook, path) for path in contents}
    for path, target in targets.items():
        if root not in target.parents:
            raise UsageError(f"{path} lies outside the project, where nothing is restored; nothing was written.")
    for path, content in contents.items():
        target = targets[path]
        try:
            _write(target, content)
        except OSError as error:
            raise UsageError(f"{path} cannot be restored: {error.strerror or error}.") from None


def _write(target: Path, content: Content) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".prov-{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb") as file:
            file.writelines(content.chunks())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
