"""The commit that a working copy of git has checked out, and whether its files differ from it; for the helper process.

`git status` would know the latter sooner, but it runs the filters that the repository names. Here each file is held
against its blob: as it is, with the ends of lines that git would have stored, and as Git LFS stores it. Where another
filter may explain a difference, nothing is said.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_prov.record.original_os import os
from jupyter_prov.watch import git_objects

_SECONDS = 5.0
_MOST_FILES, _MOST_BYTES = 20_000, 256 << 20
"""What is read at most to find out whether files differ."""
_FILTERS = re.compile(r"\b(?:filter=(?!lfs\b)|filter\b(?!=)|ident\b|working-tree-encoding)")
"""Attributes, or macros of them, by which git stores other bytes than those of the file."""
_LINK, _FILE = "120000", "100"
_POINTER = b"version https://git-lfs.github.com/spec/"


class _Entry(NamedTuple):
    """A file as a commit has it."""

    mode: str
    blob: str
    path: str


def working_copy(folder: str) -> dict[str, Any]:
    """The commit that is checked out around a folder, and as `dirty` whether its files below the folder differ."""
    try:
        head = git_objects.answer(folder, "rev-parse", "HEAD", seconds=_SECONDS).decode().strip()
    except (git_objects.GitFailed, OSError, ValueError):
        return {}
    try:
        dirty = _differs(folder, list(_entries(folder, head)))
    except (git_objects.GitFailed, OSError, ValueError):
        dirty = None
    return {"vcs": "git", "commit_id": head, **({} if dirty is None else {"dirty": dirty})}


def _entries(folder: str, head: str) -> Iterator[_Entry]:
    """Files and links of a commit below a folder, with paths relative to that."""
    listed = git_objects.answer(folder, "ls-tree", "-r", "-z", head, seconds=_SECONDS).decode(
        "utf-8", "surrogateescape"
    )
    for line in listed.split("\0"):
        about, _, path = line.partition("\t")
        mode, _, blob = about.partition(" ")
        if mode.startswith(_FILE) or mode == _LINK:
            yield _Entry(mode, blob.rpartition(" ")[2], path)


def _differs(folder: str, entries: list[_Entry]) -> bool | None:
    """Whether any file differs from its blob; None where that is not known. Raises OSError and GitFailed."""
    if len(entries) > _MOST_FILES:
        return None
    left = _MOST_BYTES
    unlike: list[_Entry] = []
    for entry in entries:
        path = os.path.join(folder, entry.path)
        left -= _size(path)
        if left < 0:
            return None
        if not _is_blob(path, entry):
            unlike.append(entry)
    changed = [os.path.basename(entry.path) for entry in unlike if not _is_lfs(folder, entry)]
    patterns = list(_unknown(folder, entries)) if changed else []
    known = [name for name in changed if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    return True if known else None if changed else False


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _is_blob(path: str, entry: _Entry) -> bool:
    """Whether git would store this blob for a file or link, but for filters."""
    content = _content(path, entry.mode == _LINK)
    if content is None:
        return False
    if _name(content, entry.blob) == entry.blob:
        return True
    return b"\0" not in content and _name(content.replace(b"\r\n", b"\n"), entry.blob) == entry.blob


def _content(path: str, is_link: bool) -> bytes | None:
    """What a file holds, or where a link leads; None where there is neither."""
    try:
        mode = os.lstat(path).st_mode
        if is_link and stat.S_ISLNK(mode):
            return os.fsencode(os.readlink(path))
        return Path(path).read_bytes() if stat.S_ISREG(mode) else None
    except OSError:
        return None


def _name(content: bytes, like: str) -> str:
    """The name of a blob, in the hash function of a repository that has names like this one."""
    hasher = hashlib.new("sha1" if len(like) == 40 else "sha256", usedforsecurity=False)
    hasher.update(b"blob %d\0" % len(content))
    hasher.update(content)
    return hasher.hexdigest()


def _is_lfs(folder: str, entry: _Entry) -> bool:
    """Whether the blob is the pointer by which Git LFS stores what the file holds."""
    content = _content(os.path.join(folder, entry.path), is_link=False)
    if content is None:
        return False
    with git_objects.reading(folder, "cat-file", "blob", entry.blob) as stream:
        pointer = stream.read(1024)
    return pointer.startswith(_POINTER) and f"sha256:{hashlib.sha256(content).hexdigest()}".encode() in pointer


def _unknown(folder: str, entries: list[_Entry]) -> Iterator[str]:
    """Patterns of the names of files that git may store as something else than they hold; all in a sparse checkout."""
    if os.path.exists(_git_path(folder, "info/sparse-checkout")):
        yield "*"
    top = _said(folder, "--show-toplevel")
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    yield from _filtered(_git_path(folder, "info/attributes"))
    yield from _filtered(os.path.join(config, "git", "attributes"))
    for above in Path(os.path.realpath(folder)).parents:
        if Path(top) in (above, *above.parents):
            yield from _filtered(str(above / ".gitattributes"))
    for entry in entries:
        if os.path.basename(entry.path) == ".gitattributes":
            yield from _filtered(os.path.join(folder, entry.path))


def _filtered(path: str) -> Iterator[str]:
    """The patterns of names in a file of attributes that git stores differently; their folders are left out."""
    for line in (_content(path, is_link=False) or b"").decode("utf-8", "replace").splitlines():
        pattern, _, attributes = line.strip().partition(" ")
        if _FILTERS.search(attributes):
            yield pattern.strip('"').rpartition("/")[2] or "*"


def _git_path(folder: str, name: str) -> str:
    return os.path.join(folder, _said(folder, "--git-path", name))


def _said(folder: str, *arguments: str) -> str:
    said = git_objects.answer(folder, "rev-parse", *arguments, seconds=_SECONDS)
    return said.decode("utf-8", "surrogateescape").strip()
