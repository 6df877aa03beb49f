"""What is on disk now of the files that a session has read: the same, another, or gone.

A file is read only where its size and times do not say whether its content is still the same.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jupyter_prov.record.evidence import FileEvidence
from jupyter_prov.record.file_digests import CLOCK_TICK, TREE, Digests, changed_since, files_below, version_of
from jupyter_prov.record.noted_files import files_of, known_digest
from jupyter_prov.record.sessionlog import SessionLog

OTHER = "other"
"""Stands for the digest of a content that is known to be none of those that were read or written."""
Disk = Mapping[str, str | None]
"""The digest of what is on disk now by absolute path; None where there is no file, nothing where that is not known."""


@dataclass
class Known:
    """What a session knows of a file that it read."""

    digests: dict[str, str] = field(default_factory=dict)
    """By version."""
    sizes: set[int] = field(default_factory=set)
    moment: int = 0
    """When a folder was last known to have its digest, in nanoseconds."""
    digest: str = ""
    """The folder's digest then."""

    def add(self, file: FileEvidence, version: str) -> None:
        """Take in one reading or writing."""
        digest = file["digest"]
        self.digests[version] = digest
        self.sizes.add(file["size"])
        if version.startswith(TREE) and int(version[len(TREE) :]) > self.moment:
            self.moment, self.digest = int(version[len(TREE) :]), digest


def inputs_of(log: SessionLog) -> dict[str, Known]:
    """The files that the latest execution of each cell has read, by their absolute paths."""
    wanted = {
        file["path"]: Known() for run in log.latest.values() for file in files_of(run) if file["role"] != "output"
    }
    for execution in log.executions if wanted else ():
        for file in files_of(execution):
            if file["path"] in wanted and known_digest(file) and "version" in file:
                wanted[file["path"]].add(file, file["version"])
    return {path: known for path, known in wanted.items() if known.digests}


class Eyes:
    """Looks at files, each content only once."""

    def __init__(self, most: int | None = None, reading: Callable[[str], None] | None = None) -> None:
        """Of what is larger than `most` bytes nothing is read: it is known by its state alone, or not.

        `reading` is told of each file before it is read.
        """
        self._digests, self._most, self._reading = Digests(), most, reading
        self._trees: dict[str, tuple[int, str]] = {}

    def look(self, wanted: Mapping[str, Known]) -> dict[str, str | None]:
        """What is on disk now."""
        found: dict[str, str | None] = {}
        for path, known in wanted.items():
            try:
                digest = self._digest(path, known)
            except FileNotFoundError:
                found[path] = None
            except (OSError, ValueError):
                continue
            else:
                if digest is not None:
                    found[path] = digest
        return found

    def _digest(self, path: str, known: Known) -> str | None:
        """The digest of a file or folder; None where it cannot be read. Raises OSError."""
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return self._of_folder(path, known)
        if (digest := known.digests.get(version_of(path) or "")) is not None:
            return digest
        if status.st_size not in known.sizes:
            return OTHER
        return self._read(path, [(path, status.st_size)])

    def _of_folder(self, path: str, known: Known) -> str | None:
        moment, digest = max(self._trees.get(path, (0, "")), (known.moment, known.digest))
        begun = time.time_ns() - int(CLOCK_TICK * 1e9)
        if changed_since(path, moment):
            found = self._read(path, list(files_below(path)))
            if found is None:
                return None
            digest = found
        self._trees[path] = begun if begun > moment else moment, digest
        return digest

    def _read(self, path: str, files: Sequence[tuple[str, int]]) -> str | None:
        """The digest of what holds these files of so many bytes; None where it cannot be read, or is too large."""
        if self._most is not None and sum(size for _, size in files) > self._most:
            return None
        if self._reading is not None:
            for file, _ in files:
                self._reading(file)
        found = self._digests.of(path)
        return found.digest if found else None
