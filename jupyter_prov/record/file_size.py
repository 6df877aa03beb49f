"""Sizes as people write them: `500M`, `20 GB`."""

from __future__ import annotations

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def in_bytes(text: str) -> int:
    """The number of bytes that a text means; raises ValueError where it means none."""
    plain = text.strip().upper().removesuffix("B").removesuffix("I").strip()
    number, unit = (plain[:-1], plain[-1]) if plain[-1:].isalpha() else (plain, "")
    if unit not in _UNITS:
        raise ValueError(f"{text!r} is no size")
    try:
        return int(float(number) * _UNITS[unit])
    except OverflowError:  # "inf"
        raise ValueError(f"{text!r} is no size") from None
