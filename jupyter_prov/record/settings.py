"""What a project asks for in `[tool.jupyter-prov]` of its pyproject.toml."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.size import in_bytes

FILE = "pyproject.toml"
TABLE = "[tool.jupyter-prov]"


@dataclass(frozen=True)
class Settings:
    """The settings of a project; each is that of a key with dashes in its name."""

    rtol: float | None = None
    """The relative tolerance for numbers, from 0 to 1."""
    keep_sources: bool = False
    """Whether the text of sources that ran, and are in the saved notebook no more, enters the record."""
    keep_inputs: int = 0
    """Bytes up to which the content of an input is kept in the project's input store; 0 for none."""


def of_project(root: str) -> Settings:
    """The settings in the project's root folder; raises UsageError, which says what is wrong with them."""
    path = Path(root, FILE)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Settings()
    if "jupyter-prov" not in text:
        return Settings()
    try:
        if sys.version_info >= (3, 11):
            import tomllib
        else:
            import tomli as tomllib
    except ImportError:  # in a kernel of Python 3.10, where only the kernel part's own libraries are sure to be
        raise UsageError(f"{path.name} cannot be read without the package tomli on this Python.") from None
    try:
        table = tomllib.loads(text).get("tool", {}).get("jupyter-prov", {})
        asked: dict[str, Any] = {str(key): value for key, value in table.items()}
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}.") from None
    if unknown := sorted(asked.keys() - _READERS.keys()):
        raise UsageError(f"{path.name}: {TABLE} has no setting {unknown[0]!r}, only {', '.join(_READERS)}.")
    found: dict[str, Any] = {}
    for key, value in asked.items():
        read, wanted = _READERS[key]
        try:
            found[key.replace("-", "_")] = read(value)
        except ValueError:
            raise UsageError(f"{path.name}: {key} in {TABLE} is {value!r}; give {wanted}.") from None
    return Settings(**found)


def _tolerance(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError
    return float(value)


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _size(value: Any) -> int:
    size = in_bytes(value if isinstance(value, str) else "")
    if size < 0:
        raise ValueError
    return size


_READERS = {
    "rtol": (_tolerance, "a number from 0 to 1, such as 1e-6"),
    "keep-sources": (_yes, "true or false"),
    "keep-inputs": (_size, 'the size of the largest input to keep, such as "100M"'),
}
