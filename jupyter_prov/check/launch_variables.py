"""Which environment variables reach a clean re-run, and uv: those that name no environment and no interpreter."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path

_MANAGERS = frozenset(
    "PIP PIPX PIPENV UV CONDA CE MAMBA MICROMAMBA PIXI VIRTUAL VIRTUALENV VIRTUALENVWRAPPER WORKON POETRY PDM HATCH "
    "RYE PYENV PYVENV PY PYTHON ASDF MISE RTX TOX NOX SPACK".split()
)
"""First words of the variables that say which environment or interpreter a tool is to use."""
_KEPT = frozenset(
    "DISABLE INDEX LINKS HOST CERT CERTS CA BUNDLE SSL TLS PROXY HTTP HTTPS TIMEOUT RETRIES KEYRING USERNAME PASSWORD "
    "TOKEN REPOSITORIES CHANNELS CHANNEL MIRROR OFFLINE CACHE AUTH CREDENTIALS".split()
)
"""Words in the names of variables that say how an index is reached; nothing else of these tools' variables is kept."""
_NAMES_AN_ENVIRONMENT = frozenset("ENV ENVIRONMENT PREFIX TARGET".split())
_READ_ALONE = frozenset("CERT CERTS CA BUNDLE SSL TLS PROXY".split())
"""Words of variables whose files are certificates, wherever these lie: conda keeps them in its environments."""
_PARTS = frozenset(
    "bin sbin lib lib64 include share etc ssl libexec var condabin conda-meta envs pkgs scripts library dlls".split()
)
"""Folders of an environment that are its own; beside them a project may lie whose root is an environment as well."""
_OF_THE_MACHINE = frozenset(("/", "/usr", "/usr/local", "/opt/homebrew", "/opt/local", "/opt"))
"""Prefixes that hold more than a Python: their folders stay in PATH, and pip is asked to leave them alone."""


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables without those that name, or lead into, an environment or interpreter of the person's.

    How indexes, proxies and certificates are reached stays as it is.
    """
    is_prefix = functools.cache(_is_prefix)  # of this moment
    kept = {}
    for name, value in of_no_manager(environ).items():
        outside = value if _words(name).keys() & _READ_ALONE else _outside(value, is_prefix)
        if outside or not value:
            kept[name] = outside
    return kept


def of_no_manager(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables without those by which a manager of environments is told of one."""
    return {name: value for name, value in environ.items() if not _names_environment(name)}


def _names_environment(name: str) -> bool:
    words = _words(name)
    first = next(iter(words), "")
    is_managers = first in _MANAGERS or first.startswith("PYTHON")
    return is_managers and (not words.keys() & _KEPT or bool(words.keys() & _NAMES_AN_ENVIRONMENT))


def _words(name: str) -> dict[str, None]:
    """The words of a name, in their order."""
    return dict.fromkeys(word for word in name.upper().split("_") if word)


def _outside(value: str, is_prefix: Callable[[Path], bool]) -> str:
    """A value, or list of paths, without the paths that lead into an environment."""
    if os.sep not in value:
        return value
    parts = value.split(os.pathsep)
    kept = [part for part in parts if not (os.path.isabs(part) and _is_inside(Path(part), is_prefix))]
    return value if len(kept) == len(parts) else os.pathsep.join(kept)


def _is_inside(path: Path, is_prefix: Callable[[Path], bool]) -> bool:
    """Whether a path leads into an environment's own folders; those of shims lead into one as well."""
    return any(_is_own(one, is_prefix) for one in {path, Path(os.path.realpath(path))})


def _is_own(path: Path, is_prefix: Callable[[Path], bool]) -> bool:
    if path.name == "shims" and any((path / name).exists() for name in ("python", "python3", "pip")):
        return True
    for prefix in (path, *path.parents):
        if is_prefix(prefix):
            below = path.relative_to(prefix).parts
            return not below or below[0].lower() in _PARTS
    return False


def _is_prefix(folder: Path) -> bool:
    """Whether a folder is an environment, or holds a Python of its own."""
    if str(folder) in _OF_THE_MACHINE:
        return False
    return (
        (folder / "pyvenv.cfg").exists() or (folder / "conda-meta").is_dir() or any(folder.glob("lib/python3*/os.py"))
    )
