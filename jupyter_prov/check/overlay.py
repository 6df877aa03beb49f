"""The overlay: the kernel part and its two libraries, brought into an environment without being installed there."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jupyter_prov
from jupyter_prov.check import uv
from jupyter_prov.check.environment import Environment
from jupyter_prov.check.environment_cache import caches
from jupyter_prov.record import digests
from jupyter_prov.record.errors import EnvironmentFailed

LIBRARIES = ("blake3", "time-machine")
_ROOMS = ("record", "analysis", "watch", "factors", "diagnosis", "report", "kernel")


def overlay_for(environment: Environment) -> str:
    """The folder to append to `sys.path` of a kernel of this environment; raises EnvironmentFailed.

    It is appended, so that nothing recorded is shadowed, and it is kept for the next check.
    """
    minor = ".".join(environment.python.split(".")[:2])
    rooms = list(_files())
    stamp = digests.of_text(repr([(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in rooms]))
    folder = caches() / "overlays" / f"{jupyter_prov.__version__}-{minor}-{stamp.partition(':')[2][:12]}"
    if not folder.exists():
        try:
            _fill(folder, environment, minor)
        except OSError as error:
            raise EnvironmentFailed(
                f"The kernel part cannot be kept in {folder.parent} ({error.strerror or error}); "
                "set XDG_CACHE_HOME to a folder that can be written to."
            ) from None
    return str(folder)


def _files() -> Iterator[Path]:
    package = Path(jupyter_prov.__file__).parent
    yield package / "__init__.py"
    for room in _ROOMS:
        yield from sorted(path for path in (package / room).rglob("*") if path.suffix in (".py", ".json", ".bin"))


def _fill(folder: Path, environment: Environment, minor: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        package = Path(jupyter_prov.__file__).parent
        for file in _files():
            target = aside / "jupyter_prov" / file.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if minor == f"{sys.version_info[0]}.{sys.version_info[1]}":
            _copy_libraries(aside)
        else:
            python = environment.argv[0]
            uv.run(
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                str(aside),
                "--python",
                python,
                *LIBRARIES,
            )
        if not folder.exists():
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copy_libraries(target: Path) -> None:
    """The libraries as they are installed beside us: the same Python, so the same binaries."""
    for name in LIBRARIES:
        for file in importlib.metadata.files(name) or ():
            if ".." not in file.parts and "__pycache__" not in file.parts and ".dist-info" not in file.parts[0]:
                copy = target / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(os.fspath(file.locate()), copy)
