"""Reading and writing `NAME.prov.json`: the bytes, their validation, and replacing a file atomically."""

from __future__ import annotations

import functools
import json
import os
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.model import SCHEMA, Json, Record, from_json, to_json

SUFFIX = ".prov.json"


def record_path(notebook: str) -> str:
    """The path of the record that belongs beside a notebook."""
    stem = notebook[: -len(".ipynb")] if notebook.endswith(".ipynb") else notebook
    return stem + SUFFIX


def dumps(data: Json) -> str:
    """JSON as every file of ours is written: UTF-8, sorted keys, two spaces, one newline at the end."""
    try:
        import orjson
    except ImportError:  # in a kernel, where only the kernel part's own libraries are sure to be
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(data, option=options).decode()


def loads(text: str, name: str) -> Record:
    """A record from the text of its file; raises UnreadableRecord with what is wrong with it.

    `name` is what messages call the file.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UnreadableRecord(
            f"{name} is not valid JSON ({error}); restore it or record the notebook again."
        ) from None
    return from_json(validated(data, name))


def validated(data: Any, name: str) -> Json:
    """The parsed record, checked against the JSON Schema; raises UnreadableRecord."""
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str) or not schema.startswith("jupyter-prov/record/"):
        raise UnreadableRecord(f"{name} is not a jupyter-prov record; delete it or record the notebook again.")
    if schema != SCHEMA:
        raise UnreadableRecord(
            f"{name} has the format {schema!r}, which is not known here ({SCHEMA}); update jupyter-prov."
        )
    from fastjsonschema import JsonSchemaValueException

    try:
        _validator()(data)
    except JsonSchemaValueException as error:
        raise UnreadableRecord(f"{name} is damaged ({error.message[:160]}); record the notebook again.") from None
    assert isinstance(data, dict)
    return data


@functools.cache
def _validator() -> Callable[[Any], Any]:
    import fastjsonschema

    compiled: Callable[[Any], Any] = fastjsonschema.compile(record_schema())
    return compiled


@functools.cache
def record_schema() -> Json:
    """The JSON Schema of a record, as shipped."""
    schema: Json = json.loads(resources.files(__package__).joinpath("record.schema.json").read_text("utf-8"))
    return schema


def read(path: Path) -> Record:
    """The record in this file; raises UnreadableRecord."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UnreadableRecord(f"There is no record {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableRecord(f"{path.name} cannot be read ({error}).") from None
    return loads(text, path.name)


def write(path: Path, record: Record) -> None:
    """Write a record, replacing the file at once or not at all; raises OSError."""
    replace(path, dumps(to_json(record)))


def replace(path: Path, text: str) -> None:
    """Put this text into a file so that a reader sees the old or the new one whole; raises OSError."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
