"""Data: absolute paths that lie in the project are made relative."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.source_edits import Source
from jupyter_prov.record.portable_paths import Place


def make_relative(scene: Scene, path: Path) -> None:
    """Edit the absolute paths of files that could not be read and that the project holds, or of their folders."""
    place = Place.of_folder(path.parent)
    subjects = {cause.subject for cause in scene.causes("data")}
    for cell, source in list(scene.draft.cells()) if subjects else ():
        edits, reached = [], set[str]()
        for node, text in _absolute(source):
            relative = _within(place, text)
            if led := {subject for subject in subjects if relative and _leads(text, relative, subject)}:
                edits.append(source.instead(node, repr(relative + "/" * text.endswith("/"))))
                reached |= led
        if edits:
            told = f"the path is relative to the notebook: {', '.join(ast.literal_eval(edit.text) for edit in edits)}"
            scene.draft.edit(cell, edits, "data", told, reached)


def _within(place: Place, path: str) -> str:
    """The longest end of an absolute path that the project holds, relative to the notebook; '' if there is none."""
    parts = PurePosixPath(path).parts
    ends = [os.path.join(place.root, *parts[start:]) for start in range(1, len(parts))]
    found = next(filter(os.path.exists, [path] * place.contains(path) + ends), "")
    return place.portable(found) if found else ""


def _leads(path: str, relative: str, subject: str) -> bool:
    """Whether a path leads to a file as the record has it: it may have been in the project already, or outside."""
    return any(f"{os.path.expanduser(subject)}/".startswith(f"{one.rstrip('/')}/") for one in (path, relative))


def _absolute(source: Source) -> Iterator[tuple[ast.Constant, str]]:
    """The texts in a source that are absolute paths."""
    inside = {id(part) for node in ast.walk(source.tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and os.path.isabs(node.value):
            yield from [(node, node.value)] if id(node) not in inside and source.holds(node) else ()
