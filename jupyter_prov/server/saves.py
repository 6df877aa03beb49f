"""Saves of notebooks whose records are being made, which takes a while: a notebook may be renamed meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(eq=False)
class Save:
    """One save; `path` is the notebook's path now."""

    path: str


class Saves:
    """The saves whose records are being made."""

    def __init__(self) -> None:
        self._all: list[Save] = []

    @contextlib.contextmanager
    def following(self, path: str) -> Iterator[Save]:
        """Follow a notebook while its record is being made."""
        save = Save(path)
        self._all.append(save)
        try:
            yield save
        finally:
            self._all.remove(save)

    def renamed(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        for save in self._all:
            save.path = moved(save.path, old, new)


def moved(path: str, old: str, new: str) -> str:
    """What a path is after something was renamed: the notebook itself, or a folder above it."""
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
