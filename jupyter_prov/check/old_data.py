"""Old contents of files, found by their digest. Nothing is fetched.

They are looked for in the project's input store, in git's objects, in what Git LFS keeps, and in the cache of DVC.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from blake3 import blake3

from jupyter_prov.record import safe_reading
from jupyter_prov.record.file_digests import Digests, status_of
from jupyter_prov.record.input_store import InputStore
from jupyter_prov.record.portable_paths import project_root
from jupyter_prov.watch import git_objects

_CHUNK = 1 << 20
_TWO_DIGITS, _DIGITS = re.compile(r"[0-9a-f]{2}").fullmatch, re.compile(r"[0-9a-f]{30,64}(\.dir)?").fullmatch
_LISTED = ("--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname) %(objectsize)")


@dataclass(frozen=True)
class Content:
    """A content that is kept somewhere: as a blob of the repository around a folder, or as a file."""

    path: str
    blob: str = ""

    def chunks(self) -> Iterator[bytes]:
        """The content piece by piece; raises OSError."""
        if not self.blob:
            with open(safe_reading.open_regular(self.path), "rb") as file:
                yield from iter(partial(file.read, _CHUNK), b"")
            return
        with git_objects.reading(self.path, "cat-file", "blob", self.blob) as stream:
            yield from iter(partial(stream.read, _CHUNK), b"")

    def is_of(self, digest: str) -> bool:
        """Whether this is the content that has this digest."""
        hasher = blake3()
        try:
            for chunk in self.chunks():
                hasher.update(chunk)
        except OSError:
            return False
        return f"blake3:{hasher.hexdigest()}" == digest


def old_contents(folder: str, wanted: Mapping[str, int]) -> dict[str, Content]:
    """The contents with these digests and sizes in bytes that are kept for the project of a folder, by digest."""
    sizes = set(wanted.values())
    found = _stored(folder, wanted)
    for content, size in _kept(folder, sizes) if len(found) < len(wanted) else ():
        for digest in wanted.keys() - found.keys():
            if wanted[digest] == size and content.is_of(digest):
                found[digest] = content
        if len(found) == len(wanted):
            break
    return found


def _stored(folder: str, wanted: Collection[str]) -> dict[str, Content]:
    """What the project's own store has."""
    store = InputStore(project_root(folder), 0)
    paths = {digest: store.path_of(digest) for digest in wanted}
    return {digest: Content(path) for digest, path in paths.items() if Content(path).is_of(digest)}


def is_kept(path: Path) -> bool:
    """Whether what a file holds now is kept for its project, so that it can be overwritten and had again."""
    now = Digests().of(str(path))
    return now is not None and not now.sampled and bool(old_contents(str(path.parent), {now.digest: now.size}))


def _kept(folder: str, sizes: set[int]) -> Iterator[tuple[Content, int]]:
    """Every content of one of these sizes that is kept, with its size."""
    try:
        yield from _blobs(folder, sizes)
        stores = [*((store, 2) for store in _lfs(folder))]
    except OSError:  # there is no git, or it does not answer
        stores = []
    for store, depth in [*stores, *((store, 1) for store in _dvc(Path(folder)))]:
        yield from ((Content(path), size) for path, size in _hashed(store, depth) if size in sizes)


def _hashed(store: str, depth: int) -> Iterator[tuple[str, int]]:
    """The files, with their sizes, that a store keeps by their hash: so many folders of two digits, then the others.

    Nothing else is looked at: the configuration of a project may name any folder as such a store.
    """
    with contextlib.suppress(OSError, ValueError), os.scandir(store) as entries:
        for entry in entries:
            if depth and _TWO_DIGITS(entry.name):
                yield from _hashed(entry.path, depth - 1)
            elif not depth and _DIGITS(entry.name):
                status = status_of(entry.path)  # None where it is gone by now
                if status is not None and stat.S_ISREG(status.st_mode):
                    yield entry.path, status.st_size


def _blobs(folder: str, sizes: set[int]) -> Iterator[tuple[Content, int]]:
    """Blobs of all commits, branches and stashes, and those that no name leads to any more."""
    with git_objects.reading(folder, "cat-file", *_LISTED) as stream:
        for line in stream:
            kind, name, *size = line.decode().split()
            if kind == "blob" and size and int(size[0]) in sizes:
                yield Content(folder, name), int(size[0])


def _lfs(folder: str) -> Iterable[str]:
    """The folder in which Git LFS keeps contents, if there is a repository."""
    with git_objects.reading(folder, "rev-parse", "--git-common-dir") as stream:
        told = os.fsdecode(stream.read().strip())
    return [os.path.join(folder, told, "lfs", "objects")] if told else []


def _dvc(folder: Path) -> Iterator[str]:
    """The folders in which DVC keeps contents, as its configuration says."""
    home = next((above / ".dvc" for above in (folder, *folder.parents) if (above / ".dvc").is_dir()), None)
    if home is None:
        return
    yield from _dvc_stores(home / "cache")
    config = configparser.ConfigParser(interpolation=None, strict=False)
    for name in ("config", "config.local"):
        try:
            config.read_string(safe_reading.text_of(home / name, safe_reading.LARGEST_SETTINGS))
        except (configparser.Error, FileNotFoundError, safe_reading.Unreadable):
            continue
    if elsewhere := config.get("cache", "dir", fallback=""):
        yield from _dvc_stores(home / elsewhere)


def _dvc_stores(cache: Path) -> Iterator[str]:
    """Where DVC keeps contents in its cache, since version 3 and before."""
    yield str(cache / "files" / "md5")
    yield str(cache)
