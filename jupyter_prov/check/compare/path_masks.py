"""Paths that are others on another machine or in another process, and stand for the same place."""

from __future__ import annotations

import re

from jupyter_prov.check.compare.base import Context

_NO_PATH = r"(?<![\w.~/\\:-]"
"""What may not stand before a path. Patterns begin with a letter of the path itself, so that others are passed fast."""
_CELL_FILE = re.compile(r"ipykernel_(?<=[/\\]ipykernel_)\d{1,20}[/\\]\d{1,40}\.py")
_WINDOWS_CELL_FILE = re.compile(
    r"[A-Za-z](?<![^\s\"'(=][A-Za-z]):\\(?:[^\\/:*?\"<>|\n]{1,64}\\){1,12}ipykernel_\d{1,9}\\\d{1,12}\.py"
)
"""A path in which a user's name may have blanks."""
_CELL_NAME = re.compile(r"<ipython-input-\d{1,9}-[0-9a-f]{1,40}>")
_ROOT = re.compile(r"(?:\A|(?<==))(?:/|[A-Za-z]:\\)")
_TEMPORARY = re.compile(
    rf"/{_NO_PATH}/)(?:private/)?(?:tmp|var/tmp|var/folders/\w{{2}}/\w{{1,40}}/T|dev/shm)/tmp[a-z0-9_]{{8}}(?!\w)"
)
_WINDOWS_TEMPORARY = re.compile(
    rf"[A-Za-z]{_NO_PATH}[A-Za-z]):\\(?:[^\s\"'\\]{{1,64}}\\){{1,8}}Temp\\tmp[a-z0-9_]{{8}}(?!\w)"
)
_HOME = re.compile(rf"/{_NO_PATH}/)(?:home/[\w.-]{{1,64}}|Users/[\w.-]{{1,64}}|root)(?=/[\w.~-])")
_WINDOWS_HOME = re.compile(rf"[A-Za-z]{_NO_PATH}[A-Za-z]):\\Users\\[\w.-]{{1,64}}(?=\\)")
_PACKAGES = re.compile(r"[/\\](?:lib[/\\]python3\.\d{1,2}t?[/\\]|Lib[/\\])?(?:site|dist)-packages(?:[/\\]|(?![\w.-]))")
_PATH_WINDOW = 300
"""How long the path of a folder of installed packages, or of kernels' files, can be."""
_ENDS_PATH = re.compile(r"[\s\"'()=]|:(?![A-Za-z]\b)")
_ENDS_WORD = re.compile(r"[\s\"'()]")
"""What stands before a path, for a text that is read backwards."""


def stage(text: str, context: Context) -> str:
    """The stage's paths, as the paths that they stand for."""
    for staged, original in context.moved:
        text = text.replace(staged, original)
    return text


def cell_file(text: str, _: Context) -> str:
    """The temporary file that stands for a cell, in whose path is the kernel's process id."""
    if "ipython-input" in text:
        text = _CELL_NAME.sub("Cell", text)
    if "ipykernel_" not in text:
        return text
    if ":\\" in text:
        text = _WINDOWS_CELL_FILE.sub("Cell", text)
    shown, end = [], 0
    for found in _CELL_FILE.finditer(text):
        word = _before(text, max(end, found.start() - _PATH_WINDOW), found.start(), _ENDS_WORD)
        if root := _ROOT.search(word):
            shown += [text[end : found.start() - len(word) + root.start()], "Cell"]
            end = found.end()
    return "".join(shown) + text[end:]


def temporary(text: str, _: Context) -> str:
    """Folders and files with the random names that `tempfile` gives; what is in them keeps its name."""
    if "/tmp" in text:
        text = _TEMPORARY.sub("/tmp/…", text)
    return _WINDOWS_TEMPORARY.sub("/tmp/…", text) if "\\Temp\\tmp" in text else text


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
        folder = _before(text, max(end, found.start() - _PATH_WINDOW), found.start(), _ENDS_PATH)
        shown += [text[end : found.start() - len(folder)], "…/"]
        end = found.end()
    return "".join(shown) + text[end:]


def _before(text: str, start: int, end: int, ending: re.Pattern[str]) -> str:
    """The part of a text, up to a place, that nothing ends."""
    backwards = text[start:end][::-1]
    found = ending.search(backwards)
    return backwards[: found.start() if found else None][::-1]
