"""Paths that are others on another machine or in another process, and stand for the same place."""

from __future__ import annotations

import re

from jupyter_prov.check.compare.base import Context

_START = r"(?<![\w.~/\\:-])"
_CELL_FILE = re.compile(
    r"<ipython-input-\d{1,9}-[0-9a-f]{1,40}>"
    r"|(?<![^\s\"'(=])(?:/|[A-Za-z]:\\)[^\s\"'()]*[/\\]ipykernel_\d+[/\\]\d+\.py"
    r"|(?<![^\s\"'(=])[A-Za-z]:\\(?:[^\\/:*?\"<>|\n]{1,64}\\){1,12}ipykernel_\d{1,9}\\\d{1,12}\.py"
)
_TEMPORARY = re.compile(
    rf"{_START}(?:/private)?(?:/tmp|/var/tmp|/var/folders/\w{{2}}/\w{{1,40}}/T|/dev/shm)/tmp[a-z0-9_]{{8}}(?![\w])"
    rf"|{_START}[A-Za-z]:\\(?:[^\s\"'\\]{{1,64}}\\){{1,8}}Temp\\tmp[a-z0-9_]{{8}}(?!\w)"
)
_HOME = re.compile(rf"{_START}(?:/home/[\w.-]{{1,64}}|/Users/[\w.-]{{1,64}}|/root)(?=/[\w.~-])")
_WINDOWS_HOME = re.compile(rf"{_START}[A-Za-z]:\\Users\\[\w.-]{{1,64}}(?=\\)")
_PACKAGES = re.compile(r"[/\\](?:lib[/\\]python3\.\d{1,2}t?[/\\]|Lib[/\\])?(?:site|dist)-packages(?:[/\\]|(?![\w.-]))")
_PATH_WINDOW = 300
"""How long the path of a folder of installed packages can be."""
_BEFORE_PATH = re.compile(r"[\s\"'()=]|(?<!\b[A-Za-z]):")


def stage(text: str, context: Context) -> str:
    """The stage's paths, as the paths that they stand for."""
    for staged, original in context.moved:
        text = text.replace(staged, original)
    return text


def cell_file(text: str, _: Context) -> str:
    """The temporary file that stands for a cell, in whose path is the kernel's process id."""
    return _CELL_FILE.sub("Cell", text) if "ipykernel_" in text or "ipython-input" in text else text


def temporary(text: str, _: Context) -> str:
    """Folders and files with the random names that `tempfile` gives; what is in them keeps its name."""
    return _TEMPORARY.sub("/tmp/…", text) if "tmp" in text else text


def home(text: str, _: Context) -> str:
    """The user's home at the beginning of a path that leads into it."""
    if "/home/" in text or "/Users/" in text or "/root/" in text:
        text = _HOME.sub("~", text)
    return _WINDOWS_HOME.sub("~", text) if ":\\Users\\" in text else text


def library(text: str, _: Context) -> str:
    """The folder in which packages are installed: another environment has them elsewhere."""
    if "-packages" not in text:
        return text
    shown, end = [], 0
    for found in _PACKAGES.finditer(text):
        window = text[max(end, found.start() - _PATH_WINDOW) : found.start()]
        begin = max((mark.end() for mark in _BEFORE_PATH.finditer(window)), default=0)
        shown.append(text[end : found.start() - len(window) + begin] + "…/")
        end = found.end()
    return "".join(shown) + text[end:]
