"""Completion of `%prov`: its commands, and paths where a command takes them."""

from __future__ import annotations

import glob
import os
from typing import Any

from IPython.core.error import TryNext

from jupyter_prov.analysis.cell_source import SKIP, VOLATILE
from jupyter_prov.kernel.magics.commands import COMMANDS
from jupyter_prov.kernel.magics.words import SECTIONS

_KEYS = {
    "%prov": tuple(name for name in (*SECTIONS, *COMMANDS) if name != SKIP),
    "%%prov": (VOLATILE, SKIP),
}
"""What can stand behind each."""
_PATHS: dict[str, tuple[str, ...]] = {"input": ("",), "output": ("",), "save": (".ipynb", ".prov.json")}
"""The commands that take paths, and how the names of these files end."""
_MOST = 500


def install(shell: Any) -> None:
    """Have IPython complete what stands behind `%prov` and `%%prov`."""
    for key in _KEYS:
        shell.set_hook("complete_command", complete, str_key=key)


def remove(shell: Any) -> None:
    """Remove the completer."""
    for key in _KEYS:
        shell.strdispatchers["complete_command"].strs.pop(key, None)


def complete(shell: Any, event: Any) -> list[str]:
    """What can stand in the place of `event.symbol`; raises TryNext where that is none of our business."""
    magic, _, behind = str(event.text_until_cursor).lstrip().partition(" ")
    if magic not in _KEYS:
        raise TryNext
    done = behind.split(" ")[:-1]
    if not any(done):
        return [name for name in _KEYS[magic] if name.startswith(event.symbol)]
    if magic == "%prov" and (ends := _PATHS.get(next(filter(None, done)))):
        return _paths(event.symbol, ends)
    raise TryNext


def _paths(begun: str, ends: tuple[str, ...]) -> list[str]:
    """The folders whose paths begin so, and the files that end so."""
    begin = os.path.expanduser(begun) if begun.startswith("~") else begun
    found = [(path, os.path.isdir(path)) for path in sorted(glob.glob(glob.escape(begin) + "*"))]
    fitting = [(path, is_folder) for path, is_folder in found if is_folder or path.endswith(ends)]
    return [begun + path[len(begin) :] + (os.sep if is_folder else "") for path, is_folder in fitting[:_MOST]]
