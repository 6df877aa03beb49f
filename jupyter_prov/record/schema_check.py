"""Checks JSON against the schemas of records and entries where fastjsonschema is not installed, as in many a kernel.

It knows the keywords that the two schemas use, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def fault(value: Any, schema: Mapping[str, Any]) -> str:
    """What is wrong with a value, by this schema, in words; '' where nothing is."""
    return next(_faults(value, schema, schema, "data"), "")


def _faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _faults(value, _definition(schema["$ref"], root), root, where)
        return
    if "anyOf" in schema and not any(not [*_faults(value, one, root, where)] for one in schema["anyOf"]):
        yield f"{where} is none of what it may be"
    wanted = schema.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted and not any(_is(value, name) for name in wanted):
        yield f"{where} must be {' or '.join(wanted)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where} must be {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} must be one of {schema['enum']}"
    if "minimum" in schema and isinstance(value, int | float) and value < schema["minimum"]:
        yield f"{where} must be {schema['minimum']} or larger"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(_at_the_end(schema["pattern"]), value):
            yield f"{where} must match {schema['pattern']}"
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{where} must have at most {schema['maxLength']} characters"
    if isinstance(value, dict):
        yield from _object(value, schema, root, where)
    if isinstance(value, list):
        yield from _array(value, schema, root, where)


def _definition(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found = root
    for step in reference.split("/")[1:]:
        found = found[step]
    return found


def _array(value: list[Any], schema: Mapping[str, Any], root: Mapping[str, Any], where: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield f"{where} must have {schema['minItems']} items or more"
    rules = schema.get("items", {})
    for index, item in enumerate(value):
        rule = rules if isinstance(rules, dict) else rules[index] if index < len(rules) else {}
        yield from _faults(item, rule, root, f"{where}[{index}]")


def _object(value: dict[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], where: str) -> Iterator[str]:
    yield from (f"{where} must contain {key!r}" for key in schema.get("required", ()) if key not in value)
    for key, needed in schema.get("dependencies", {}).items():
        yield from (f"{where} must contain {one!r}" for one in needed if key in value and one not in value)
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key in value if "propertyNames" in schema else ():
        yield from _faults(key, schema["propertyNames"], root, f"{where} has the key {key[:40]!r}, which")
    for key, inner in value.items():
        rule = known.get(key, others)
        if rule is False:
            yield f"{where} must not contain {key!r}"
        elif rule is not True:
            yield from _faults(inner, rule, root, f"{where}.{key}")


def _at_the_end(pattern: str) -> str:
    """A pattern of JSON Schema, whose `$` matches before no newline, as Python writes it."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _is(value: Any, name: str) -> bool:
    if isinstance(value, float) and name == "integer":  # as the standard has it: 1.0 is an integer
        return value.is_integer()
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
