"""Data in the kernel: which files an execution reads and writes."""

from __future__ import annotations

import os

from jupyter_prov.factors.data.accesses import Accesses
from jupyter_prov.factors.data.child_processes import Children
from jupyter_prov.factors.data.declared_files import DeclaredFiles
from jupyter_prov.factors.data.opens import Opens
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import FileEvidence, FilesEvidence
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.file_access import Access


class DataWatcher(Watcher):
    """Notes which files were read and written, by whichever way."""

    kind = "data"

    def load(self, watch: Watch) -> None:
        self._accesses = Accesses(watch.guard, watch.helper, watch.place)
        self._declared = DeclaredFiles(watch.helper)
        self._opens = Opens(watch.guard, watch.frames, self._accesses)

    def unload(self) -> None:
        self._opens.close()
        self._accesses.native.close()

    def before(self, cell: Cell) -> None:
        self._accesses.begin(cell.text)
        self._opens.begin()

    def after(self, cell: Cell) -> FilesEvidence | None:
        self._opens.end()
        files = [_noted(access) for access in self._declared.end(self._accesses.end(cell.number))]
        return {"files": sorted(files, key=lambda f: (f["path"], f["role"]))} if files else None

    @property
    def is_late(self) -> bool:
        return self._accesses.is_late

    def sent(self) -> None:
        self._accesses.look()

    def declare(self, path: str, role: str) -> None:
        """The notebook says that it reads or writes a file or folder."""
        with Quiet():
            self._declared.add(path, role)

    def follow(self, notebook: str) -> None:
        """Where the notebook itself lies, which is none of its data."""
        self._accesses.notebook = os.path.realpath(notebook)

    def pass_over(self, path: str) -> None:
        """We read a file ourselves while a cell runs."""
        self._accesses.pass_over(path)

    @property
    def children(self) -> Children:
        """The children of the kernel."""
        return self._accesses.children


def _noted(access: Access) -> FileEvidence:
    noted: FileEvidence = {"path": access.path, "role": access.role, "via": access.via, "by": access.by}
    if access.version is not None:
        noted["version"] = access.version
    if access.changed:
        noted["changed_while_running"] = True
    if access.existed:
        noted["existed"] = access.existed
    return noted
