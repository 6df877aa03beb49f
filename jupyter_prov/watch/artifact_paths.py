"""Which files are artifacts of a notebook, and which belong to Python, the system or a cache."""

from __future__ import annotations

import functools
import pathlib
import re
import site
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from typing import Any

from jupyter_prov.record.errors import was_sent
from jupyter_prov.record.file_digests import status_of
from jupyter_prov.record.original_os import os
from jupyter_prov.record.portable_paths import Place

OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
"""The folder of this package."""
_SYSTEM = (
    "/proc",
    "/sys",
    "/dev",
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/sbin",
    "/run",
    "/var/lib",
    "/var/cache",
    "/opt/conda",
)
_PARTS = frozenset(
    {
        "__pycache__",
        ".ipynb_checkpoints",
        "site-packages",
        "dist-packages",
        ".git",
        ".jupyter_prov",
        "node_modules",
    }
)
_SUFFIXES = (".pyc", ".pyo", ".prov.json", ".ipynb-meta", "-journal", "-wal", "-shm", ".swp")
_ENDS = tuple(f"{end}/" for end in (*_SUFFIXES, *_PARTS))
_PREFIXES = (".~", ".#", ".nfs", ".prov-")
_PATH = re.compile(r"""(?:^|(?<=[\s'"=(,:<>]))(?:/|~/|\.\./)[^\s'"`;|&<>(){}*?]*|(?<=["'])(?:/|~/|\.\./)[^'"\n{*?]*""")
"""What looks like a path that may lead out of the notebook's folder, in Python or in a shell's line."""
_MOST_NAMED = 50
_MOST_FOLDERS = 20_000


def _prefixes() -> tuple[str, ...]:
    """Folders whose files are installed: the interpreter's, its environment's, and per-user packages."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    folders.update(site.getsitepackages() if hasattr(site, "getsitepackages") else ())
    folders.add(site.getusersitepackages())
    folders |= {os.path.realpath(folder) for folder in folders}
    folders -= {"/usr", "/usr/local", "/"}  # homes of much else; their packages are among the other folders
    return tuple(folder.rstrip(os.sep) + os.sep for folder in folders if folder.rstrip(os.sep))


def _private() -> tuple[str, ...]:
    """Folders in which tools keep caches and settings of their own."""
    home = os.path.expanduser("~")
    names = (
        ".cache",
        ".config",
        ".ipython",
        ".jupyter",
        ".matplotlib",
        ".local/share",
        ".keras",
        ".conda",
        ".pyenv",
        ".vscode",
        ".vscode-server",
    )
    found = {os.path.join(home, *name.split("/")) for name in names}
    for variable in (
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "IPYTHONDIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTER_CONFIG_DIR",
        "MPLCONFIGDIR",
    ):
        if os.environ.get(variable):
            found.add(os.path.realpath(os.environ[variable]))
    return tuple(folder.rstrip(os.sep) + os.sep for folder in found)


@functools.cache
def _installed() -> tuple[str, ...]:
    return _prefixes()


@functools.cache
def _outside() -> tuple[str, ...]:
    return (*_private(), *(folder + "/" for folder in _SYSTEM if os.sep == "/"))


@functools.cache
def _elsewhere() -> tuple[str, ...]:
    return (*_installed(), "<")


def is_installed(path: str) -> bool:
    """Whether an absolute path belongs to the interpreter or to an installed package, or is no file (`<…>`)."""
    return path.startswith(_elsewhere()) or "site-packages" in path


def is_skipped(folder: str) -> bool:
    """Whether a folder within a project holds a cache, a tool's files or an environment rather than data."""
    name = os.path.basename(folder)
    if name in _PARTS or name.startswith(".") or name.endswith((".egg-info", ".dist-info")):
        return True
    return any(status_of(os.path.join(folder, mark)) for mark in ("pyvenv.cfg", "conda-meta"))


@functools.lru_cache(maxsize=256)
def is_shared(folder: str) -> bool:
    """Whether everybody puts files into this folder, as into /tmp: what happens there may be anybody's."""
    status = status_of(folder)
    return status is not None and bool(status.st_mode & stat.S_ISVTX)


def in_shared(folder: str) -> bool:
    """Whether this folder, or one above it, is one into which everybody puts files."""
    while not is_shared(folder):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return True


def has_one_name(path: str) -> bool:
    """Whether a file is known by this name alone, as far as links in its own folder or to itself go."""
    try:
        status = os.lstat(path)
    except OSError as error:
        if was_sent(error):
            raise
        return False
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1


def named_folders(text: str) -> Iterator[str]:
    """The folders that a cell's source names by absolute paths, or by paths through `~` or `..`."""
    for written in list(dict.fromkeys(_PATH.findall(text)))[:_MOST_NAMED]:
        path = os.path.abspath(os.path.expanduser(written)).replace("//", "/")
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        if folder != os.path.dirname(folder) and os.path.isdir(folder):
            yield folder


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError as error:  # a link that nobody may follow
        if was_sent(error):
            raise
        return False


def entries_of(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:  # it is gone already, or not to be read
        if was_sent(error):
            raise
        return []


def holds_distributions(folder: str) -> bool:
    """Whether something was installed into this folder (`pip install --target`)."""
    try:
        return _holds_distributions(folder, os.stat(folder).st_mtime_ns)
    except (OSError, ValueError):
        return False


@functools.lru_cache(maxsize=256)
def _holds_distributions(folder: str, _: int) -> bool:
    return os.path.isdir(folder) and any(name.endswith(".dist-info") for name in os.listdir(folder))


def is_artifact(path: str, place: Place) -> bool:
    """Whether an absolute path can be a file that the notebook depends on or makes."""
    folder, _, name = path.rpartition(os.sep)
    return _holds_artifacts(folder, place) and _is_artifact_name(name)


def _holds_artifacts(folder: str, place: Place) -> bool:
    inside = folder + os.sep
    if inside.startswith(_installed()) or (not place.contains(folder) and inside.startswith(_outside())):
        return False
    return _PARTS.isdisjoint(folder.split(os.sep))


def _is_artifact_name(name: str) -> bool:
    return not (name.endswith(_SUFFIXES) or name.startswith(_PREFIXES) or name in _PARTS)


def are_artifact_names(names: Iterable[str]) -> bool:
    """Whether all these names surely are names of artifacts: asked of thousands at once."""
    text = f"/{'/'.join(names)}/"
    return "/." not in text and all(end not in text for end in _ENDS)


def counts(path: str) -> bool:
    """Whether what lies in a folder of artifacts is a file or folder of data too."""
    return _is_artifact_name(os.path.basename(path)) and not is_skipped(path)


class Artifacts:
    """Tells artifacts from other files, each folder looked at once."""

    def __init__(self, place: Place) -> None:
        self.temporary: set[str] = set()
        """Files and folders that the tempfile module made."""
        self._place = place
        self._folders: dict[str, bool] = {}

    def contain(self, path: str) -> bool:
        """Whether this file is one."""
        return self.in_folder(path.rpartition(os.sep)[0]) and self.may_be(path)

    def may_be(self, path: str) -> bool:
        """Whether this file of a folder of artifacts is one."""
        name = path.rpartition(os.sep)[2]
        return _is_artifact_name(name) and not (self.temporary and self._is_temporary(path))

    def among(self, folder: str, paths: dict[str, str]) -> dict[str, str]:
        """Those of these paths of a folder, with what belongs to each, that are files of data."""
        if not self.in_folder(folder):
            return {}
        skipped = len(folder) + 1
        if not self.temporary and are_artifact_names([path[skipped:] for path in paths]):
            return paths
        return {path: name for path, name in paths.items() if self.may_be(path)}

    def in_folder(self, folder: str) -> bool:
        """Whether files of this folder may be."""
        found = self._folders.get(folder)
        if found is None:
            if len(self._folders) > _MOST_FOLDERS:
                self._folders.clear()
            found = self._folders[folder] = _holds_artifacts(folder, self._place)
        return found

    def _is_temporary(self, path: str) -> bool:
        while path not in self.temporary:
            above = os.path.dirname(path)
            if above == path:
                return False
            path = above
        return True


_PLAIN = (bytes, os.DirEntry, pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
"""The classes of paths whose own code is that of Python."""


def as_text(name: Any) -> str | None:
    """The text of a path, without calling any code of the notebook's; None for a descriptor and what has such code."""
    kind = type(name)
    if any(kind is known for known in _PLAIN):  # and not `in`, which may call code of its metaclass
        return os.fsdecode(name)
    return str.__str__(name) if issubclass(kind, str) else None
