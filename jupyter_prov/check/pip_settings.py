"""The person's settings of pip that say how an index is reached, and the same in uv's words and in variables of pip."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from platformdirs import site_config_path, user_config_path

from jupyter_prov.check.uv_settings import has_index

_KEYS = (
    "index-url extra-index-url find-links no-index trusted-host cert client-cert proxy timeout retries keyring-provider"
).split()
_SECTIONS = ("global", "install")
_NAME = "pip.ini" if os.name == "nt" else "pip.conf"
MACHINE = Path("/etc/pip.conf")
_TRUE = frozenset(("1", "true", "yes", "on", "y", "t"))


def of_person(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings by the names that files of pip's have for them; a variable comes before the files."""
    found: dict[str, str] = {}
    for path in _files(environ):
        found |= dict(_read(path))
    for key in _KEYS:
        if value := environ.get(_variable(key)):
            found[key] = value
    if value := environ.get("PIP_DEFAULT_TIMEOUT"):
        found["timeout"] = value
    return {key: value for key, value in ((k, _of_no_folder(k, v)) for k, v in found.items()) if value}


def as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings as pip is given them where it reads none of the person's files."""
    return {_variable(key): value for key, value in settings.items()}


def as_uv(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The settings as uv is given them, as far as it has none of the person's for the same."""
    made = {"UV_NATIVE_TLS": "1", "UV_SYSTEM_CERTS": "1"}  # as pip does; each version of uv knows one of the two
    made |= {name: settings[key] for key, name in _OF_UV.items() if key in settings}
    certificates = (settings.get("cert"), *(environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")))
    if certificate := next(filter(None, certificates), ""):
        made["SSL_CERT_FILE"] = certificate
    if not has_index(environ):
        made |= _indexes(settings)
    if settings.get("keyring-provider") in ("import", "subprocess"):
        made["UV_KEYRING_PROVIDER"] = "subprocess"
    return {name: value for name, value in made.items() if name not in environ and name.lower() not in environ}


_OF_UV = {
    "trusted-host": "UV_INSECURE_HOST",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
}


def _indexes(settings: Mapping[str, str]) -> dict[str, str]:
    """pip takes the best of all its indexes, uv by default that of the first one that knows a name."""
    made = {}
    if index := settings.get("index-url"):
        made["UV_DEFAULT_INDEX"] = index.split()[0]
    if more := settings.get("extra-index-url"):
        made |= {"UV_INDEX": " ".join(more.split()), "UV_INDEX_STRATEGY": "unsafe-best-match"}
    if links := settings.get("find-links"):
        made["UV_FIND_LINKS"] = ",".join(links.split())
    if settings.get("no-index", "").lower() in _TRUE:
        made["UV_NO_INDEX"] = "1"
    return made


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """The files that pip reads, the later of which wins; one named relative to a folder is whatever lies there."""
    own = environ.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return
    yield from (site_config_path("pip", appauthor=False) / _NAME, MACHINE)
    if not (os.path.isabs(own) and os.path.exists(own)):
        legacy = Path.home() / ("pip" if os.name == "nt" else ".pip") / _NAME
        yield from (legacy, user_config_path("pip", appauthor=False, roaming=True) / _NAME)
        yield Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "pip", _NAME)
    yield Path(sys.prefix, _NAME)
    if os.path.isabs(own):
        yield Path(own)


def _read(path: Path) -> Iterator[tuple[str, str]]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return
    for section in _SECTIONS:
        if parser.has_section(section):
            for key, value in parser.items(section):
                plain = key.replace("_", "-").removeprefix("--")
                if plain in _KEYS and value:
                    yield plain, value


def _variable(key: str) -> str:
    return f"PIP_{key.upper().replace('-', '_')}"


def _of_no_folder(key: str, value: str) -> str:
    """A setting without paths that are relative: what they name depends on the folder that pip is started in."""
    if key in ("cert", "client-cert"):
        return value if os.path.isabs(value) else ""
    if key in ("find-links", "index-url", "extra-index-url"):
        return " ".join(one for one in value.split() if "://" in one or os.path.isabs(one))
    return value
