"""Reading and writing `NAME.prov.json`: the bytes, their validation, and replacing a file atomically."""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import re
import secrets
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.model import SCHEMA, Json, Record, from_json, to_json

SUFFIX = ".prov.json"
_SURROGATE = re.compile("[\ud800-\udfff]")


def record_path(notebook: str) -> str:
    """The path of the record that belongs beside a notebook."""
    stem = notebook[: -len(".ipynb")] if notebook.endswith(".ipynb") else notebook
    return stem + SUFFIX


def dumps(data: Json) -> str:
    """JSON as every file of ours is written: UTF-8, sorted keys, two spaces, one newline at the end.

    The bytes are the same whether orjson is there or not. What JSON has no word for (NaN, infinities) becomes null.
    """
    try:
        import orjson
    except ImportError:  # in a kernel, where only the kernel part's own libraries are sure to be
        return _plain(data)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(_floats(data, lambda number: orjson.Fragment(repr(number))), option=options).decode()
    except TypeError:  # a lone surrogate, or an integer of more than 64 bits
        return _plain(data)


def _plain(data: Json) -> str:
    text = json.dumps(_floats(data, float), indent=2, sort_keys=True, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _floats(value: Any, written: Callable[[float], Any]) -> Any:
    """The value with each float as it is to be written, since orjson and json do not write all of them alike."""
    kind = type(value)
    if kind is dict:
        return {key: _floats(inner, written) for key, inner in value.items()}
    if kind is list:
        return [_floats(inner, written) for inner in value]
    if kind is float:
        return written(value) if math.isfinite(value) else None
    return value


def loads(text: str, name: str) -> Record:
    """A record from the text of its file; raises UnreadableRecord with what is wrong with it.

    `name` is what messages call the file.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
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
    """Put this text into a file so that a reader sees the old or the new one whole; raises OSError.

    A link stays a link: the file that it leads to is replaced.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".prov-{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
