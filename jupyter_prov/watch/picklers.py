"""Picklers that choose by a function's exact type how to write it, as cloudpickle, its copies and dill do.

Their tables get the types of our stand-ins too, with what they have for the function's own: so a stand-in is written
as the function is, and digests and keys of caches made of that stay the same.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from jupyter_prov.watch.imports import Listener, ignore, listen
from jupyter_prov.watch.standins import kinds
from jupyter_prov.watch.wall import Wall

_TABLES = ("_dispatch_table", "dispatch")


class Picklers(Listener):
    """Finds the tables of each module that has a class `Pickler`, whenever it is imported."""

    def __init__(self, wall: Wall) -> None:
        self._tables: list[dict[type, Any]] = []
        self._added: list[tuple[dict[type, Any], type]] = []
        self._taught = (0, 0)
        for module in tuple(sys.modules.values()):
            self._find(module)
        listen(wall, self)

    def stop(self) -> None:
        """Take out what was added."""
        ignore(self)
        for table, kind in self._added:
            table.pop(kind, None)

    def ends(self, name: str, module: ModuleType | None) -> None:
        self._find(module)

    def _find(self, module: Any) -> None:
        pickler = getattr(module, "__dict__", {}).get("Pickler")
        for name in _TABLES if isinstance(pickler, type) else ():
            table = vars(pickler).get(name)
            if isinstance(table, dict) and not any(table is known for known in self._tables):
                self._tables.append(table)
        self.teach()

    def teach(self) -> None:
        """Add the types of stand-ins that have been made since."""
        known = (len(self._tables), len(kinds))
        if known == self._taught:
            return
        self._taught = known
        for table in self._tables:
            for kind, own in kinds.items():
                if own in table and kind not in table:
                    table[kind] = table[own]
                    self._added.append((table, kind))
