"""Environments that are kept for the next check: found by what they hold, and used only as they were built.

Their files are read-only. What a re-run changes all the same (new files, or any as root) is found, and the environment
is built anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from jupyter_prov.record import digests
from jupyter_prov.record.errors import EnvironmentFailed

MARKER = "jupyter-prov.json"
"""There once the environment is whole; used last when it was changed last."""
_VERIFIED = "jupyter-prov-verified"
"""Found as it was built when this was changed last."""
_LOCK = ".lock"
"""uv makes it whenever it installs, and must be able to write to it."""
UNUSED_DAYS = 60.0
_DAY = 86_400.0
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
Facts = dict[str, Any]
"""What is known of an environment besides its files."""


def caches() -> Path:
    """The folder in which environments and overlays are kept for the next check."""
    return user_cache_path("jupyter-prov", appauthor=False).absolute()


def kept(holds: object, build: Callable[[Path], Facts]) -> tuple[Path, Facts]:
    """The environment that holds this, and its facts; built in a folder that is given, where it is not there yet."""
    folder = caches() / "environments" / digests.of_text(json.dumps(holds)).partition(":")[2][:32]
    if not (is_built(folder) and (_is_verified(folder) or verify(folder))):
        _build(folder, build)
    with contextlib.suppress(PermissionError):  # a cache that others keep
        os.utime(folder / MARKER)
    facts: Facts = json.loads((folder / MARKER).read_text(encoding="utf-8"))["facts"]
    return folder, facts


def verify(folder: Path) -> bool:
    """Whether an environment is as it was built; one that is not is not used again."""
    try:
        built = json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return False
    if _state(folder) != built:
        (folder / MARKER).unlink(missing_ok=True)
        return False
    with contextlib.suppress(PermissionError):
        (folder / _VERIFIED).touch()
    return True


def is_built(folder: Path) -> bool:
    """Whether there is a whole environment, which no re-run is known to have changed."""
    return (folder / MARKER).exists()


def _is_verified(folder: Path) -> bool:
    """Whether it was looked at after its last use."""
    try:
        return (folder / _VERIFIED).stat().st_mtime_ns >= (folder / MARKER).stat().st_mtime_ns
    except OSError:
        return False


def _state(folder: Path) -> str:
    """A digest of which files an environment has, and of their sizes and times; compiled modules come and go."""
    return digests.of_text("\n".join(sorted(_entries(str(folder)))))


def _entries(root: str) -> Iterator[str]:
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(root + folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        folders.append(path)
                elif path not in (f"/{MARKER}", f"/{_VERIFIED}"):
                    status = entry.stat(follow_symlinks=False)
                    yield f"{path}\0{status.st_size}\0{status.st_mtime_ns}"


def _build(folder: Path, build: Callable[[Path], Facts]) -> None:
    """Build an environment aside and move it into its place whole."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _prune(folder.parent)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    except OSError as error:
        raise EnvironmentFailed(f"No environment can be built in {folder.parent}: {error.strerror}.") from None
    try:
        facts = build(aside)
        (aside / _LOCK).unlink(missing_ok=True)
        if os.name == "posix":  # elsewhere a file that is read-only cannot be removed or replaced
            _write_protect(str(aside))
        (aside / _VERIFIED).touch()
        (aside / MARKER).write_text(json.dumps({"facts": facts, "files": _state(aside)}), encoding="utf-8")
        _put(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_protect(folder: str) -> None:
    """Take the write bits from all files below a folder, as far as its file system has any.

    The folders keep theirs: byte code is cached there, and installers replace files in a copy that is made of links.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _write_protect(entry.path)
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    os.chmod(entry.path, entry.stat().st_mode & ~_WRITE)


def _put(aside: Path, folder: Path) -> None:
    if folder.exists() and not is_built(folder):  # one that a re-run has changed
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        with contextlib.suppress(OSError):
            folder.rename(old / "environment")
        shutil.rmtree(old, ignore_errors=True)
    try:
        aside.rename(folder)
    except OSError:  # another check was faster
        if not is_built(folder):
            raise


def _prune(folder: Path) -> None:
    """Remove environments that no check has used for a long time, and what was left unfinished or unfit."""
    for entry in folder.iterdir():
        marker = entry / MARKER
        days = UNUSED_DAYS if marker.exists() else 1.0
        with contextlib.suppress(OSError):
            if (marker if marker.exists() else entry).stat().st_mtime < time.time() - days * _DAY:
                shutil.rmtree(entry, ignore_errors=True)
