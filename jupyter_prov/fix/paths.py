"""Data: absolute paths that lie in the project are made relative; of what is missing, what to restore is said."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from jupyter_prov.fix.scene import Scene
from jupyter_prov.fix.source import Source
from jupyter_prov.record.place import Place


def make_relative(scene: Scene, path: Path) -> None:
    """Edit the absolute paths of files that could not be read and that the project holds."""
    place = Place.of_folder(path.parent)
    for cause in scene.causes("data"):
        subject = os.path.expanduser(cause.subject)
        relative = _within(place, subject) if os.path.isabs(subject) else None
        if relative is None:
            continue
        for cell, source in list(scene.draft.cells()):
            edits = [source.instead(node, repr(relative)) for node in _texts(source) if node.value == subject]
            if edits:
                scene.draft.edit(cell, edits, "data", f"the path is relative to the notebook: {relative}")


def _within(place: Place, path: str) -> str | None:
    """The longest end of a path that is there in the project, relative to the notebook."""
    if place.contains(path) and os.path.exists(path):
        return place.portable(path)
    parts = PurePosixPath(path).parts
    for start in range(1, len(parts)):
        if os.path.isfile(found := os.path.join(place.root, *parts[start:])):
            return place.portable(found)
    return None


def _texts(source: Source) -> Iterator[ast.Constant]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
