"""A throwaway copy of a kept environment, in which a notebook may install what it likes.

A copy, and not a virtual environment that looks into the kept one: so pip, uv and scripts find one environment whose
packages can be upgraded and removed, with its data files, under one `sys.prefix`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jupyter_prov.check.environment import Environment
from jupyter_prov.check.environment_cache import MARKER, caches
from jupyter_prov.record.errors import EnvironmentFailed

_DAY = 86_400.0


@contextlib.contextmanager
def layered(environment: Environment) -> Iterator[Environment]:
    """The environment itself, or a copy of it that ends with the block where the notebook installs something."""
    if environment.kept is None or not environment.installers.needed:
        yield environment
        return
    folder = _copy(environment.kept)
    try:
        if environment.installers.uv:
            _bring_uv(folder)
        python = folder / Path(environment.argv[0]).relative_to(environment.kept)
        yield replace(
            environment,
            argv=[str(python), *environment.argv[1:]],
            environ={**environment.environ, "VIRTUAL_ENV": str(folder)},
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(kept: Path) -> Path:
    layers = caches() / "layers"  # on the same file system, so that links can be made
    try:
        layers.mkdir(parents=True, exist_ok=True)
        for old in layers.iterdir():  # of a check that was killed
            if old.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="layer-", dir=layers))
        _copy_folder(str(kept), str(folder))
    except OSError as error:
        raise EnvironmentFailed(
            f"The environment cannot be copied for what the notebook installs ({error.strerror or error}); "
            "set XDG_CACHE_HOME to a folder that can be written to."
        ) from None
    (folder / MARKER).unlink(missing_ok=True)
    return folder


def _copy_folder(source: str, target: str) -> None:
    """Copy a folder into an empty one by links, as installers replace files; where one is written into, that is found.

    Raises OSError.
    """
    with os.scandir(source) as entries:
        for entry in entries:
            copy = os.path.join(target, entry.name)
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), copy)
            elif entry.is_dir():
                os.mkdir(copy)
                _copy_folder(entry.path, copy)
            else:
                _link(entry.path, copy)


def _link(source: str, copy: str) -> None:
    try:
        os.link(source, copy)
    except OSError:  # a file system without links, or with too many to this file
        shutil.copy2(source, copy)


def _bring_uv(folder: Path) -> None:
    """Put our uv beside the interpreter, unless the environment has one of its own."""
    from uv import find_uv_bin

    with contextlib.suppress(FileExistsError, OSError):
        binary = Path(find_uv_bin())
        (folder / ("Scripts" if os.name == "nt" else "bin") / binary.name).symlink_to(binary)
