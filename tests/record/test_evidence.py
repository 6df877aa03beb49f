"""The types of evidence have the keys that the schema of records has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from jupyter_prov.record import evidence, record_file

SCHEMA = json.loads((Path(record_file.__file__).parent / "record.schema.json").read_text())
NOT_KEPT = {"version"}
"""Keys of evidence that a kernel sends and that records do not have."""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["definitions"][name] if name else schema


def compared(path: str, kind: Any, schema: dict[str, Any]) -> Iterator[tuple[str, set[str], set[str]]]:
    """Path, keys of the type and keys of the schema, of a type and all types in it."""
    schema = resolved(schema)
    if get_origin(kind) is list:
        yield from compared(f"{path}[]", get_args(kind)[0], schema.get("items", {}))
    elif is_typeddict(kind):
        hints, properties = get_type_hints(kind), schema.get("properties", {})
        yield path, hints.keys() - NOT_KEPT, set(properties)
        for key in sorted(hints.keys() & properties.keys()):
            yield from compared(f"{path}.{key}", hints[key], properties[key])


FOUND = list(compared("evidence", evidence.Evidence, SCHEMA["definitions"]["execution"]["properties"]["evidence"]))


def test_all_kinds_are_compared() -> None:
    assert len(FOUND) >= 20


@pytest.mark.parametrize(("path", "typed", "allowed"), FOUND, ids=[path for path, _, _ in FOUND])
def test_a_type_has_the_keys_of_the_schema(path: str, typed: set[str], allowed: set[str]) -> None:
    if path.endswith("calls[]") or path.endswith("started[]"):  # which never have a count
        typed = typed - {"count"}
    assert typed == allowed
