"""Reading and writing `NAME.prov.json`: where it lies, its bytes, their validation, and what may be replaced."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from jupyter_prov.record import safe_reading, schema_check, settings
from jupyter_prov.record.atomic_write import replace as replace
from jupyter_prov.record.atomic_write import replace_all as replace_all
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.model import SCHEMA, Json, Record, from_json, to_json
from jupyter_prov.record.portable_paths import Place

SUFFIX = settings.SUFFIX
_SURROGATE = re.compile("[\ud800-\udfff]")


def record_path(notebook: str, name: str = settings.RECORD_NAME) -> str:
    """The path of the record that belongs beside a notebook, where records have this name (`record-name`)."""
    stem = _stem(notebook)
    return notebook[: len(notebook) - len(os.path.basename(notebook))] + name.replace(settings.STEM, stem)


def beside(notebook: Path) -> Path:
    """The path of the record of a notebook, as its project names records; raises UsageError."""
    name = settings.record_name(Place.of_folder(notebook.parent).root)
    return notebook.with_name(record_path(notebook.name, name))


def notebook_beside(record: Path) -> Path | None:
    """The path of the notebook whose record has this path; None where the name does not say. Raises UsageError."""
    notebook = notebook_named(record.name, settings.record_name(Place.of_folder(record.parent).root))
    return None if notebook is None else record.with_name(notebook)


def notebook_named(record: str, name: str) -> str | None:
    """The notebook that the name of a record speaks of, where records have this name; None where it speaks of none."""
    before, has_stem, after = name.partition(settings.STEM)
    stem = record.removeprefix(before).removesuffix(after)
    return f"{stem}.ipynb" if has_stem and before + stem + after == record else None


def _stem(notebook: str) -> str:
    return os.path.basename(notebook).removesuffix(".ipynb")


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
        written = _floats(data, lambda number: orjson.Fragment(repr(number))) if _holds_floats(data) else data
        return orjson.dumps(written, option=options).decode()
    except TypeError:  # a lone surrogate, or an integer of more than 64 bits
        return _plain(data)


def _plain(data: Json) -> str:
    text = json.dumps(_floats(data, float), indent=2, sort_keys=True, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _holds_floats(value: Any) -> bool:
    """Whether there is a float anywhere, level by level: records have few, and to look is quicker than to rewrite."""
    values = [value]
    while values:
        if float in set(map(type, values)):
            return True
        containers = [one for one in values if type(one) in (dict, list)]
        values = [inner for one in containers for inner in (one.values() if type(one) is dict else one)]
    return False


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


_latest: OrderedDict[str, tuple[str, Record]] = OrderedDict()
"""The texts written last, by the names of their notebooks: what the next save reads need not be parsed again."""
_LATEST, _LARGEST = 8, 20_000_000


def text_of(record: Record) -> str:
    """The text of the file of a record."""
    text = dumps(to_json(record))
    if len(text) <= _LARGEST:
        _latest.pop(record.notebook, None)
        _latest[record.notebook] = text, _copied(record)
        while len(_latest) > _LATEST:
            _latest.popitem(last=False)
    return text


def _copied(record: Record) -> Record:
    """The record with sessions and cells of its own; executions and facts are shared, as nobody changes them."""
    sessions = [dataclasses.replace(session, executions=list(session.executions)) for session in record.sessions]
    cells = [dataclasses.replace(cell) for cell in record.cells]
    return dataclasses.replace(record, cells=cells, sessions=sessions)


def loads(text: str, name: str) -> Record:
    """A record from the text of its file; raises UnreadableRecord with what is wrong with it.

    `name` is what messages call the file.
    """
    for written, record in tuple(_latest.values()):
        if written == text:
            return _copied(record)
    try:
        data = safe_reading.json_of(text, name)
    except safe_reading.Unreadable as error:
        unreadable = UnreadableRecord(str(error), "restore it")
        unreadable.is_torn = True
        raise unreadable from None
    return from_json(validated(data, name))


def validated(data: Any, name: str) -> Json:
    """The parsed record, checked against the JSON Schema; raises UnreadableRecord."""
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str) or not schema.startswith("jupyter-prov/record/"):
        raise UnreadableRecord(f"{name} is not a jupyter-prov record", "")
    if schema != SCHEMA:
        raise UnreadableRecord(
            f"{name} has the format {schema!r}, which is not known here ({SCHEMA})", "update jupyter-prov"
        )
    if fault := _fault()(data):
        raise UnreadableRecord(f"{name} is damaged ({fault[:160]})", "restore it")
    assert isinstance(data, dict)
    return data


@functools.cache
def _fault() -> Callable[[Any], str]:
    """Gives what is wrong with a record by its schema, or ''."""
    try:
        import fastjsonschema
    except ImportError:  # in a kernel, where only the kernel part's own libraries are sure to be
        return functools.partial(schema_check.fault, schema=record_schema())
    compiled: Callable[[Any], Any] = fastjsonschema.compile(record_schema())

    def fault(data: Any) -> str:
        try:
            compiled(data)
        except fastjsonschema.JsonSchemaValueException as error:
            return str(error.message)
        return ""

    return fault


@functools.cache
def record_schema() -> Json:
    """The JSON Schema of a record, as shipped."""
    schema: Json = json.loads(resources.files(__package__).joinpath("record.schema.json").read_text("utf-8"))
    return schema


def read(path: Path) -> Record:
    """The record in this file; raises UnreadableRecord."""
    try:
        text = safe_reading.text_of(path, safe_reading.LARGEST_RECORD)
    except FileNotFoundError:
        raise UnreadableRecord(f"There is no record {path}") from None
    except safe_reading.Unreadable as error:
        raise UnreadableRecord(str(error), "") from None
    return loads(text, path.name)


def replaceable(path: Path, notebook: str | None = None) -> Record | None:
    """The record that a new one would replace; None where nothing is there.

    Raises UnreadableRecord where anything else is there, which then has to stay, or the record of another notebook, and
    UsageError where the project's settings are wrong.
    """
    if not os.path.lexists(path):
        return None
    found = read(path)
    if notebook is not None:
        name = settings.record_name(Place.of_folder(path.parent).root)
        must_be_of(found, path.name, name, notebook)
        must_be_of(found, os.path.basename(os.path.realpath(path)), name, notebook)
    return found


def must_be_of(record: Record, file: str, name: str, *notebooks: str) -> None:
    """Raise UnreadableRecord where a file whose name speaks of none of these notebooks holds the record of another.

    `name` is the one that the project gives records.
    """
    if {record.notebook, notebook_named(file, name)}.isdisjoint(map(os.path.basename, notebooks)):
        raise UnreadableRecord(f"{file} is the record of {record.notebook}", "")


def write(path: Path, record: Record) -> None:
    """Write a record in the place of an earlier one, at once or not at all.

    Raises OSError, and UnreadableRecord where something other than a record is there.
    """
    replaceable(path, record.notebook)
    replace(path, text_of(record))
