"""Files that the notebook says it reads or writes, where no watcher can see it."""

from __future__ import annotations

import time

from jupyter_prov.record.file_digests import TREE, version_of
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.file_access import INPUT, OUTPUT, SELF, Access
from jupyter_prov.watch.helper import Helper

VIA = "declared"


class DeclaredFiles:
    """The files declared since the last cell ended; what a watcher has seen itself is left to it."""

    def __init__(self, helper: Helper) -> None:
        self._helper = helper
        self._inputs: dict[str, str | None] = {}
        self._outputs: dict[str, None] = {}

    def add(self, path: str, role: str) -> None:
        """A file or folder is declared: an input as it is now, an output as it will be when the cell ends."""
        path = os.path.abspath(path)
        if role == OUTPUT:
            self._outputs[path] = None
        elif path not in self._inputs:
            self._inputs[path] = self._version(path)
            self._helper.flush()

    def end(self, seen: list[Access]) -> list[Access]:
        """What a cell that has ended accessed: what was seen, and what was declared besides."""
        inputs, self._inputs = self._inputs, {}
        outputs, self._outputs = self._outputs, {}
        known = {(access.path, access.role) for access in seen}
        found = [Access(path, INPUT, VIA, SELF, version) for path, version in inputs.items()]
        left = [path for path in outputs if (path, OUTPUT) not in known]
        found += [Access(path, OUTPUT, VIA, SELF, self._version(path)) for path in left]
        if left:
            self._helper.flush()
        return [*seen, *(access for access in found if (access.path, access.role) not in known)]

    def _version(self, path: str) -> str | None:
        """The version of a file or folder, whose digest is asked for; None where there is none."""
        version = f"{TREE}{time.time_ns()}" if os.path.isdir(path) else version_of(path)
        if version is not None:
            self._helper.digest([(path, version)])
        return version
