"""Digests as every room writes them: `blake3:HEX` over bytes, text, or the canonical form of an output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from blake3 import blake3

_VOLATILE = ("execution_count", "transient")
DISPLAY = {"jupyter-prov": "display"}
"""Metadata of an output that tells of the session itself, as `%prov` does: it is none of the notebook's results."""
_SHOWS_SESSION = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?%prov\b", re.MULTILINE)


def of_bytes(content: bytes) -> str:
    """The digest of these bytes."""
    return "blake3:" + blake3(content).hexdigest()


def of_text(text: str) -> str:
    """The digest of this text in UTF-8; lone surrogates, which some kernels send, are kept apart."""
    return of_bytes(text.encode("utf-8", "surrogatepass"))


def of_outputs(outputs: Iterable[Mapping[str, Any]], source: str = "") -> list[str]:
    """The digest of each output of a cell with this source in its canonical form, streams merged by name."""
    return [of_text(json.dumps(output, sort_keys=True)) for output in canonical(outputs, source)]


def canonical(outputs: Iterable[Mapping[str, Any]], source: str = "") -> list[dict[str, Any]]:
    """Outputs without what never carries meaning: prompt numbers, transient data, the chunks of a stream, our own.

    Our own are only in cells with a line of `%prov`: anybody can put our mark on an output.
    """
    is_asked = shows_session(source)
    merged: list[dict[str, Any]] = []
    streams: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for output in outputs:
        if is_asked and is_display(output):
            continue
        kept = {key: _joined(value, key) for key, value in output.items() if key not in _VOLATILE}
        if kept.get("output_type") == "stream":
            name, chunk = str(kept.get("name")), kept.get("text") or ""
            if name in streams:
                streams[name][1].append(chunk)
                continue
            streams[name] = kept, [chunk]
        elif "data" in kept:
            kept["data"] = {mime: _joined(data, mime) for mime, data in as_bundle(kept["data"]).items()}
            kept.pop("metadata", None)
            if kept["output_type"] == "execute_result":
                kept["output_type"] = "display_data"
        merged.append(kept)
    for kept, chunks in streams.values():
        kept["text"] = "".join(map(str, chunks))
    return merged


def as_bundle(data: Any) -> dict[str, Any]:
    """Data by MIME type as nbformat has them: text where text belongs, though a kernel may send anything else there."""
    return {mime: _text(value, mime) for mime, value in data.items()} if isinstance(data, Mapping) else {}


def _text(value: Any, mime: str) -> Any:
    is_text = isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))
    return value if is_text or _is_json(mime) else json.dumps(value, sort_keys=True)


def _is_json(mime: str) -> bool:
    return mime == "application/json" or mime.endswith("+json")


def shows_session(source: str) -> bool:
    """Whether a cell has a line of `%prov`, which may show the session."""
    return "%prov" in source and _SHOWS_SESSION.search(source) is not None


def is_display(output: Mapping[str, Any]) -> bool:
    """Whether an output has our mark: that it is about the session."""
    metadata = output.get("metadata")
    return "data" in output and isinstance(metadata, Mapping) and DISPLAY.items() <= metadata.items()


def _joined(value: Any, name: str) -> Any:
    """A multi-line string, which nbformat may keep as a list of lines on disk, as one string; no other list."""
    if name == "traceback" or _is_json(name):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value
