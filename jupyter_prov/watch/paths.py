"""Which files are artifacts of a notebook, and which belong to Python, the system or a cache."""

from __future__ import annotations

import functools
import os
import site
import sys
import sysconfig

from jupyter_prov.record.place import Place

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
_SUFFIXES = (".pyc", ".pyo", ".prov.json", ".ipynb-meta")


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


@functools.lru_cache(maxsize=4096)
def is_installed(path: str) -> bool:
    """Whether an absolute path belongs to the interpreter or to an installed package, or is no file (`<…>`)."""
    return path.startswith(_installed()) or "site-packages" in path or path.startswith("<")


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
    if path.startswith(_installed()) or path.endswith(_SUFFIXES):
        return False
    if not place.contains(path) and path.startswith(_outside()):
        return False
    return _PARTS.isdisjoint(path.split(os.sep))
