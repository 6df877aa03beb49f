"""Which notebooks the kernels serve, and which executions are theirs.

A client that renames a notebook through the contents API alone leaves the old path in its session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_prov.record.belonging import belonging
from jupyter_prov.record.match_cells import Shown
from jupyter_prov.record.sessionlog import SessionLog


@dataclass
class Served:
    """One session of Jupyter Server: a document on a kernel."""

    kernel: str
    said: str
    """Its path as the server says it."""
    path: str
    """Its path as it is now."""
    is_notebook: bool
    """Whether it is a notebook, and no console or file."""


class Serving:
    """The sessions of Jupyter Server as they were last seen, and the notebooks as they were saved last."""

    def __init__(self) -> None:
        self.outlines: dict[str, list[Shown]] = {}
        """The code cells of saved notebooks, by path."""
        self._sessions: dict[str, Served] = {}

    def update(self, sessions: Iterable[Mapping[str, Any]]) -> None:
        """Take in what the server says of all its sessions now."""
        found: dict[str, Served] = {}
        for session in sessions:
            said, old = str(session["path"]).strip("/"), self._sessions.get(session["id"])
            path = old.path if old is not None and old.said == said else said
            kernel = (session.get("kernel") or {}).get("id", "")
            found[session["id"]] = Served(kernel, said, path, session.get("type", "notebook") == "notebook")
        self._sessions = found

    def of(self, kernel: str) -> list[Served]:
        """The sessions of one kernel."""
        return [one for one in self._sessions.values() if one.kernel == kernel]

    def rename(self, old: str, new: str) -> None:
        """A file or folder was renamed."""
        for one in self._sessions.values():
            one.path = moved(one.path, old, new)
        self.outlines = {moved(path, old, new): cells for path, cells in self.outlines.items()}

    def note_saved(self, path: str) -> None:
        """A client saved under this path: one that still says it does not follow what was renamed."""
        for one in self._sessions.values():
            if one.said == path:
                one.path = path

    def view(
        self, log: SessionLog, path: str, cells: Sequence[Shown], served: Iterable[str], is_shared: bool
    ) -> SessionLog:
        """A session of a kernel as it is now, as one of the notebooks that the kernel has served is to see it."""
        paths = [other for other in served if other != path and other.endswith(".ipynb")]
        others = [self.outlines[other] for other in paths if other in self.outlines]
        return belonging(log, cells, others, alone=not paths and not is_shared)


def moved(path: str, old: str, new: str) -> str:
    """A path after a file or folder was renamed."""
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
