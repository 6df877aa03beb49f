"""The project's input store: contents of inputs by their digest, kept where the project asks for it.

A content lies at `.jupyter_prov/inputs/AB/CDEF…` below the project's root, by the hexadecimal digits of its digest.
"""

from __future__ import annotations

import contextlib
import secrets

from blake3 import blake3

from jupyter_prov.record.original_os import open, os
from jupyter_prov.record.safe_reading import open_regular

_CHUNK = 1 << 18


def folder_of(root: str) -> str:
    """The folder of the store of a project."""
    return os.path.join(root, ".jupyter_prov", "inputs")


class InputStore:
    """Takes in contents, each once; what cannot be kept is left out."""

    def __init__(self, root: str, most: int) -> None:
        """`most` is the size in bytes of the largest input to keep."""
        self._folder, self._most = folder_of(root), most

    def path_of(self, digest: str) -> str:
        """Where the content of this digest lies, if it is kept."""
        name = digest.removeprefix("blake3:")
        return os.path.join(self._folder, name[:2], name[2:])

    def keep(self, path: str, digest: str, size: int) -> None:
        """Keep what a file holds, if that still is the content of this digest and size."""
        target = self.path_of(digest)
        if size > self._most or os.path.exists(target):
            return
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _ignore(os.path.dirname(self._folder))
            _copy(path, target, digest)


def _ignore(folder: str) -> None:
    """Keep the folder out of git."""
    with contextlib.suppress(FileExistsError), open(os.path.join(folder, ".gitignore"), "x", encoding="utf-8") as file:
        file.write("*\n")


def _copy(path: str, target: str, digest: str) -> None:
    """Copy a file, which may change meanwhile, to a path at which either its whole content appears or nothing."""
    temporary = f"{target}-{secrets.token_hex(4)}"
    hasher = blake3()
    try:
        with open(open_regular(path), "rb", buffering=0) as source, open(temporary, "xb") as copy:
            while chunk := source.read(_CHUNK):
                hasher.update(chunk)
                copy.write(chunk)
        if f"blake3:{hasher.hexdigest()}" == digest:
            os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
