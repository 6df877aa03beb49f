"""Remembers what the server wrote last, so that a record whose writing was cut off is known for our own."""

from __future__ import annotations

import base64
import contextlib
import json
import time
import zlib
from pathlib import Path

from blake3 import blake3

from jupyter_prov.record.atomic_write import replace
from jupyter_prov.record.journal import KEPT_DAYS


class Written:
    """For each record, in a folder of its own, the text that was written last, compressed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, place: str, text: str) -> None:
        """Remember what is about to be written to a place; raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._note(place).exists():
            self._prune()
        replace(self._note(place), json.dumps({"place": place, "text": _packed(text)}) + "\n")

    def is_beginning(self, place: str, content: bytes) -> bool:
        """Whether a content that is no whole record is what a write of ours left when it was cut off.

        A power cut may leave zeros behind it.
        """
        try:
            noted = json.loads(self._note(place).read_text(encoding="utf-8"))["text"]
            written = zlib.decompress(base64.b64decode(noted))
        except (OSError, ValueError, LookupError, TypeError, zlib.error):
            return False
        return written.startswith(content.rstrip(b"\0"))

    def _prune(self) -> None:
        """Forget what was written as long ago as the journals that are kept no longer."""
        limit = time.time() - KEPT_DAYS * 86_400
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < limit:
                    path.unlink()

    def _note(self, place: str) -> Path:
        return self._folder / f"{blake3(place.encode('utf-8', 'surrogateescape')).hexdigest(length=16)}.json"


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"), level=1)).decode()
