"""Where a notebook stands, and how paths are written in its record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_prov.record.original_os import os

_PROJECT_MARKS = (".git", "pyproject.toml")


def project_root(folder: str) -> str:
    """The nearest folder above with `.git` or `pyproject.toml`, else the folder itself.

    The home folder and what lies above it never count as a project: a stray `.git` there would
    make everything a person owns one project.
    """
    home = os.path.realpath(os.path.expanduser("~"))
    here = folder
    while True:
        if os.path.realpath(here) == home and here != folder:
            return folder
        if any(os.path.exists(os.path.join(here, mark)) for mark in _PROJECT_MARKS):
            return here
        parent = os.path.dirname(here)
        if parent == here:
            return folder
        here = parent


@dataclass(frozen=True)
class Place:
    """The folder of a notebook and the root of its project, both absolute."""

    folder: str
    root: str

    @classmethod
    def of_folder(cls, folder: str | os.PathLike[str]) -> Place:
        """The place of a notebook that lies in this folder."""
        real = os.path.realpath(folder)
        return cls(real, project_root(real))

    def contains(self, path: str) -> bool:
        """Whether an absolute path lies in the project."""
        return path == self.root or path.startswith(self.root.rstrip(os.sep) + os.sep)

    def portable(self, path: str) -> str:
        """An absolute path as the record writes it: relative to the notebook, `~/…`, or absolute."""
        if not os.path.isabs(path):
            return path.replace(os.sep, "/")
        if not self.contains(path):  # perhaps only because a folder above it is a link
            through = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
            path = through if self.contains(through) else path
        if self.contains(path):
            relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
            return f"./{relative}" if relative.startswith("~") else relative
        home = os.path.expanduser("~")
        if home != os.sep and path.startswith(home.rstrip(os.sep) + os.sep):
            path = "~" + path[len(home.rstrip(os.sep)) :]
        return path.replace(os.sep, "/")

    def resolve(self, portable: str) -> Path:
        """The absolute path that a record's path means here."""
        return Path(self.folder, os.path.expanduser(portable))
