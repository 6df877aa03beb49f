"""Folders that stand for one thing: zarr and other stores, partitioned tables, folders accessed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection

from jupyter_prov.record.file_digests import status_of
from jupyter_prov.record.original_os import os

_ENDINGS = (".zarr", ".n5", ".lance", ".parquet", ".pq", ".orc", ".delta", ".gdb", ".tdb")
"""Endings of the names of folders that hold one array or table."""
_MARKS = ("zarr.json", ".zgroup", ".zarray", "_delta_log", "dataset_info.json", "_metadata", "_SUCCESS")
"""Files and folders that only such a folder has."""
MANY = 100
"""Files of one folder from which on it counts as one, if all of them are accessed."""
_LEVELS = 4
"""Levels above a file at which marks are looked for."""


def _is_marked(folder: str) -> bool:
    return any(status_of(f"{folder}/{mark}") is not None for mark in _MARKS)


def store_of(folder: str, is_marked: Callable[[str], bool] = _is_marked) -> str | None:
    """The topmost folder, this one or above it, that is a store or a partitioned table; None where there is none."""
    found, here, level = None, folder, 0
    while True:
        above, _, name = here.rpartition(os.sep)
        if not above or not name:
            return found
        if "=" in name:  # a partition, as Hive names it
            found = above
        elif name.endswith(_ENDINGS) or ((found or level < _LEVELS) and is_marked(here)):
            found = here
        here, level = above, level + 1


class Stores:
    """Remembers for one cell which folders belong to stores."""

    def __init__(self) -> None:
        self._found: dict[str, str | None] = {}
        self._marked: dict[str, bool] = {}

    def known(self) -> set[str]:
        """The stores found so far."""
        return {store for store in self._found.values() if store}

    def of(self, folder: str) -> str | None:
        """What `store_of` says of this folder, asked once."""
        if folder not in self._found:
            self._found[folder] = store_of(folder, self._is_marked)
        return self._found[folder]

    def _is_marked(self, folder: str) -> bool:
        if folder not in self._marked:
            self._marked[folder] = _is_marked(folder)
        return self._marked[folder]


def is_whole(folder: str, paths: Collection[str], counts: Callable[[str], bool]) -> bool:
    """Whether these are all files of a folder that count, and it has no folders in it that do."""
    try:
        with os.scandir(folder) as entries:
            return all(entry.path in paths or not counts(entry.path) for entry in entries)
    except OSError:
        return False
