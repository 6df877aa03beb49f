"""Remembers what the server wrote last, so that a record whose writing was cut off is known for our own."""

from __future__ import annotations

import json
from pathlib import Path

from blake3 import blake3

from jupyter_prov.record.atomic_write import replace


class Written:
    """For each record, in a folder of its own, digests of the first 1, 2, 4, 8 … bytes of what was written last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, place: str, text: str) -> None:
        """Remember what is about to be written to a place; raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        replace(self._note(place), json.dumps({"place": place, "beginnings": _beginnings(text.encode())}) + "\n")

    def is_beginning(self, place: str, content: bytes) -> bool:
        """Whether a content that is no whole record is what a write of ours left when it was cut off.

        At least the first half of it then has to be what was written. A power cut may leave zeros behind it.
        """
        try:
            noted = json.loads(self._note(place).read_text(encoding="utf-8"))["beginnings"]
        except (OSError, ValueError, LookupError, TypeError):
            return False
        found = _beginnings(content.rstrip(b"\0"))
        return bool(found == noted[: len(found)])

    def _note(self, place: str) -> Path:
        return self._folder / f"{blake3(place.encode('utf-8', 'surrogateescape')).hexdigest(length=16)}.json"


def _beginnings(content: bytes) -> list[str]:
    hasher, done = blake3(), 0
    found: list[str] = []
    while (length := 1 << len(found)) <= len(content):
        hasher.update(content[done:length])
        done = length
        found.append(hasher.hexdigest(length=8))
    return found
