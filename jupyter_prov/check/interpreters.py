"""Finding a Python of a recorded version on this machine."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_prov.check import uv
from jupyter_prov.record.errors import EnvironmentFailed

_VERSION = re.compile(r"\d+\.\d+[0-9A-Za-z.+]*")


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine; `note` says how it falls short of the one asked for."""

    path: str
    version: str
    note: str = ""


def find(version: str) -> Interpreter:
    """The Python nearest to a version: that very one, another patch of it, or the one that runs this."""
    here = platform.python_version()
    if version in (here, ""):
        return Interpreter(_base(), here)
    if not _VERSION.fullmatch(version):
        raise EnvironmentFailed(f"The record names a Python of no known version: {version[:40]!r}.")
    if exact := _installed(version) or uv.run("python", "find", "--no-project", f"=={version}", check=False):
        return Interpreter(exact, version)
    minor = ".".join(version.split(".")[:2])
    if here.startswith(f"{minor}."):
        return Interpreter(_base(), here, f"Python {version} was not found; {here} was used.")
    near = _installed(f"{minor}.*") or uv.run("python", "find", "--no-project", minor, check=False)
    if near:
        return Interpreter(near, minor, f"Python {version} was not found; another {minor} was used.")
    return Interpreter(_base(), here, f"Python {version} was not found, nor another {minor}; {here} was used.")


def _base() -> str:
    """The interpreter behind the virtual environment that this runs in."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _installed(version: str) -> str:
    """A Python that pyenv or conda installed, which uv does not look for; '' where there is none."""
    return next((str(path) for path in _candidates(version) if os.access(path, os.X_OK)), "")


def _candidates(version: str) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(root.glob(f"{version}/bin/python"), reverse=True)
