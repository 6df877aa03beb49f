"""Whether an entry that a kernel sent is one: a notebook can send whatever it likes under the same message type."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from jupyter_prov.record import record_file, safe_reading, schema_check

_ROUND = 10
"""Levels of a record around what an entry says."""


def fault(entry: Any) -> str:
    """What is wrong with an entry, in words; '' where nothing is, or its kind is one of a newer kernel part."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        return "it has no kind"
    if strange := safe_reading.strange(entry, safe_reading.DEEPEST - _ROUND):
        return f"it {strange}"
    name = f"entry_{entry['kind']}"
    definitions = _definitions()
    if name not in definitions:
        return ""
    # Most are small: to compile the schema would take longer than to interpret it.
    return schema_check.fault(entry, {"$ref": f"#/definitions/{name}", "definitions": definitions})


@functools.cache
def _definitions() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("entry.schema.json").read_text("utf-8")
    return {**record_file.record_schema()["definitions"], **json.loads(text)["definitions"]}
