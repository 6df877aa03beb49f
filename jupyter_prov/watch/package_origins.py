"""Where installed packages came from beyond what PEP 610 tells: source folders and conda, for the helper process."""

from __future__ import annotations

import contextlib
import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

from jupyter_prov.record.masked_urls import mask_url
from jupyter_prov.record.original_os import os

_TOKEN = re.compile(r"/t/[^/]+(?=/)")
"""The token that anaconda.org puts into the address of a private channel."""
_NOT_MODULES = frozenset({"setup", "conftest", "noxfile", "tests", "test", "docs", "examples", "benchmarks"})


def source_of(found: Any, origin: dict[str, Any]) -> str | None:
    """The folder that a distribution is imported from in place (`pip install -e`); None for one that was copied."""
    direct = origin.get("direct_url", {})
    if isinstance(direct.get("dir_info"), dict) and direct["dir_info"].get("editable"):
        path = urllib.parse.unquote(urllib.parse.urlsplit(direct["url"]).path)
        return path[1:] if os.name == "nt" else path
    metadata = str(getattr(found, "_path", ""))
    if metadata.endswith(".egg-info") and "-packages" not in metadata:  # an older way, which leaves no direct_url
        return os.path.dirname(metadata)
    return None


def modules_in(folder: str) -> list[str]:
    """The top-level modules that a package's source folder holds, in itself or in `src`."""
    source = Path(folder, "src") if Path(folder, "src").is_dir() else Path(folder)
    found = []
    with contextlib.suppress(OSError):
        for entry in sorted(source.iterdir()):
            name = entry.stem if entry.suffix == ".py" else entry.name
            is_module = entry.suffix == ".py" or (entry / "__init__.py").is_file()
            if is_module and name.isidentifier() and name not in _NOT_MODULES:
                found.append(name)
    return found


def conda(prefix: str) -> dict[str, Any]:
    """The conda packages of an environment, by name, with version, build and channel."""
    found: dict[str, Any] = {}
    for path in sorted(Path(prefix, "conda-meta").glob("*.json")):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # broken metadata hides no other package
            meta = json.loads(path.read_bytes())
            if isinstance(meta.get("name"), str):
                kept = {key: str(meta[key]) for key in ("version", "build") if meta.get(key)}
                channel = _channel(str(meta.get("channel") or meta.get("schannel") or ""))
                found[meta["name"]] = {**kept, **({"channel": channel} if channel else {})}
    return found


def _channel(address: str) -> str:
    """The name or address of a channel without what may be a secret."""
    return mask_url(_TOKEN.sub("", address)) if "/" in address else address
