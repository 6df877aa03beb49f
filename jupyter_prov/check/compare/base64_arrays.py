"""Arrays of numbers that plotly and bokeh pack as base64, as arrays of numbers."""

from __future__ import annotations

import base64
import binascii
import sys
from array import array
from typing import Any

_CODES = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q", "f4": "f", "f8": "d",
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q",
    "float32": "f", "float64": "d",
}  # fmt: skip


def unpacked(value: dict[str, Any]) -> Any:
    """What stands for a packed array: its numbers and its shape; any other object as it is."""
    packed: Any
    order: Any
    if "bdata" in value:
        packed, order = value["bdata"], "little"
    elif isinstance(inner := value.get("array"), dict) and "dtype" in value:
        packed, order = inner.get("data"), value.get("order")
    else:
        return value
    code = _CODES.get(str(value.get("dtype")))
    if code is None or not isinstance(packed, str):
        return value
    try:
        numbers = array(code, base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        return value
    if order != sys.byteorder:
        numbers.byteswap()
    others = {key: inner for key, inner in value.items() if key not in ("bdata", "array")}
    return {**others, "numbers": numbers}
