"""The person's configuration of uv: where it lies, and what of it decides from which index a package comes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_prov.record import digests, safe_reading

_VARIABLES = "UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_NO_INDEX".split()
_KEYS = frozenset("index index-url extra-index-url find-links no-index".split())
_PATHS = frozenset(("UV_CONFIG_FILE", "UV_FIND_LINKS", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT"))


def of_person(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of uv without those that name something relative to a folder, which is whatever lies there."""
    return {name: kept for name, value in environ.items() if (kept := _of_no_folder(name, value)) is not None}


def _of_no_folder(name: str, value: str) -> str | None:
    if name not in (*_PATHS, *_VARIABLES):
        return value
    separator = "," if name == "UV_FIND_LINKS" else " "
    if name in _VARIABLES and name != "UV_NO_INDEX":
        kept = [one for one in value.replace(separator, " ").split() if _is_absolute(one)]
        return separator.join(kept) or None
    return value if name == "UV_NO_INDEX" or os.path.isabs(value) else None


def _is_absolute(one: str) -> bool:
    """Whether an index, which may have a name before it, is an address or an absolute path."""
    return "://" in one or os.path.isabs(one.rpartition("=")[2])


def has_index(environ: Mapping[str, str]) -> bool:
    """Whether uv has been told of an index by the person."""
    return any(environ.get(name) for name in _VARIABLES) or any(map(_tells_index, _configurations(environ)))


def identity(environ: Mapping[str, str]) -> str:
    """A digest of what decides from which index a package comes; the credentials in it may change."""
    told = [[_plain(one) for one in environ.get(name, "").replace(",", " ").split()] for name in _VARIABLES]
    told.append([environ.get("UV_INDEX_STRATEGY", "")])
    told += [[_indexes(one)] for one in _configurations(environ)]
    return digests.of_text(repr(told))


def _tells_index(configuration: Mapping[str, Any]) -> bool:
    return bool(_KEYS & (configuration.keys() | _table(configuration, "pip").keys()))


def _indexes(configuration: Mapping[str, Any]) -> str:
    tables = (configuration, _table(configuration, "pip"))
    return repr([sorted((key, repr(value)) for key, value in table.items() if key in _KEYS) for table in tables])


def _table(configuration: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = configuration.get(name)
    return found if isinstance(found, dict) else {}


def _configurations(environ: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """What the person's files say, as far as they can be read; uv says what is wrong with one that cannot."""
    for path in _files(environ):
        try:
            yield safe_reading.toml_of(safe_reading.text_of(path, safe_reading.LARGEST_SETTINGS), path.name)
        except (FileNotFoundError, safe_reading.Unreadable):
            continue


def _files(environ: Mapping[str, str]) -> list[Path]:
    if environ.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "on", "y", "t"):
        return []
    if own := environ.get("UV_CONFIG_FILE"):
        return [Path(own)]
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    if os.name == "nt":
        return [Path(environ.get(name) or home, "uv", "uv.toml") for name in ("APPDATA", "PROGRAMDATA")]
    machine = [Path(one, "uv", "uv.toml") for one in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if one]
    return [Path(home, "uv", "uv.toml"), *machine, Path("/etc/uv/uv.toml")]


def _plain(address: str) -> str:
    """An address without the user, password and query in it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
