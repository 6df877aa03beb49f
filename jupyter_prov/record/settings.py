"""What a project asks for in `[tool.jupyter-prov]` of its pyproject.toml."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prov.record import safe_reading
from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.file_size import in_bytes

FILE = "pyproject.toml"
TABLE = "[tool.jupyter-prov]"
STEM = "{stem}"
SUFFIX = ".prov.json"
RECORD_NAME = STEM + SUFFIX
_SHOWN = 80
"""How many characters of a wrong value a message shows."""


@dataclass(frozen=True)
class Settings:
    """The settings of a project; each is that of a key with dashes in its name."""

    rtol: float | None = None
    """The relative tolerance for numbers, from 0 to 1."""
    keep_sources: bool = False
    """Whether the text of sources that ran, and are in the saved notebook no more, enters the record."""
    keep_inputs: int = 0
    """Bytes up to which the content of an input is kept in the project's input store; 0 for none."""
    record_name: str = RECORD_NAME
    """The name of records, in which `{stem}` stands for that of the notebook without its suffix."""


def of_project(root: str) -> Settings:
    """The settings in the project's root folder; raises UsageError, which says what is wrong with them."""
    return of_text(text_of(root), FILE)


def record_name(root: str) -> str:
    """The name of records in a project, whatever is wrong with its other settings; raises UsageError."""
    return record_name_of(text_of(root), FILE)


def of_text(text: str, name: str) -> Settings:
    """The settings in the text of a pyproject.toml, which messages call `name`; raises UsageError."""
    asked = _table(text, name)
    if unknown := sorted(asked.keys() - _READERS.keys()):
        raise UsageError(f"{name}: {TABLE} has no setting {unknown[0]!r}, only {', '.join(_READERS)}.")
    return Settings(**{key.replace("-", "_"): _value(key, value, name) for key, value in asked.items()})


def record_name_of(text: str, name: str) -> str:
    """The name of records alone, as `of_text` gives it; raises UsageError."""
    if "record-name" not in text:
        return RECORD_NAME
    asked = _table(text, name)
    found = _value("record-name", asked["record-name"], name) if "record-name" in asked else RECORD_NAME
    return str(found)


def text_of(root: str) -> str:
    """The text of the pyproject.toml in a folder; '' where none can be read."""
    try:
        return safe_reading.text_of(Path(root, FILE), safe_reading.LARGEST_SETTINGS)
    except (FileNotFoundError, safe_reading.Unreadable):
        return ""


@functools.lru_cache(maxsize=16)
def _table(text: str, name: str) -> dict[str, Any]:
    """Our table in the text of a pyproject.toml; raises UsageError."""
    if "jupyter-prov" not in text:
        return {}
    try:
        table = safe_reading.toml_of(text, name).get("tool", {}).get("jupyter-prov", {})
        return {str(key): value for key, value in table.items()}
    except ImportError:  # in a kernel of Python 3.10, where only the kernel part's own libraries are sure to be
        raise UsageError(f"{name} cannot be read without the package tomli on this Python.") from None
    except safe_reading.Unreadable as error:
        raise UsageError(f"{error}.") from None
    except AttributeError as error:
        raise UsageError(f"{name} cannot be read: {error}.") from None


def _value(key: str, value: Any, name: str) -> Any:
    read, wanted = _READERS[key]
    try:
        return read(value)
    except ValueError:
        raise UsageError(f"{name}: {key} in {TABLE} is {repr(value)[:_SHOWN]}; give {wanted}.") from None


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


def _name(value: Any) -> str:
    """A name without folders that ends like every record's; the notebook's name comes before one that is a suffix."""
    if not isinstance(value, str) or not value.endswith(SUFFIX) or value.count(STEM) > 1:
        raise ValueError
    name = STEM + value if value.startswith(".") else value
    if not name.isprintable() or set(name.replace(STEM, "")) & set('{}/\\:*?"<>|'):
        raise ValueError
    return name


_READERS = {
    "rtol": (_tolerance, "a number from 0 to 1, such as 1e-6"),
    "keep-sources": (_yes, "true or false"),
    "keep-inputs": (_size, 'the size of the largest input to keep, such as "100M"'),
    "record-name": (_name, f'a file name that ends in {SUFFIX}, such as "{STEM}.repro{SUFFIX}"'),
}
