"""From where each recorded distribution is installed: the index, the project itself, or a source that is pinned.

A record may be hostile: nothing of it is installed from elsewhere unless it pins the content, or a person allows it.
"""

from __future__ import annotations

import os
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from jupyter_prov.check.compare.base import shortened
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.random_text import MASK

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_HOST = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,=:%/-]*")
_FOLDER = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._+-]*(/[A-Za-z0-9._][A-Za-z0-9._+-]*)*/?")
_HASHES = {"sha256": 64, "sha384": 96, "sha512": 128}
_BUILT_BY_CONDA = re.compile(
    r"/(feedstock_root|conda-bld|croot|bld|perseverance-python-buildout)/|^file:///(tmp/build|ci)/"
)
_PLAIN_SCHEMES = ("https", "http", "file")
_ASK = "--allow-direct-url installs it"


@dataclass(frozen=True)
class Source:
    """How a distribution is had, or why it is not."""

    name: str
    version: str
    requirement: str = ""
    """What uv is asked for (PEP 508)."""
    elsewhere: str = ""
    """Where it comes from if not from an index, for a person."""
    folder: str = ""
    """The source folder in the project itself, of whose copy it is built."""
    missing: str = ""
    """Why it is not installed."""


@dataclass(frozen=True)
class Rules:
    """What decides where a distribution may come from."""

    place: Place | None = None
    """Of the notebook, in whose project folders are trusted."""
    allow_direct_url: bool = False
    """Whether the person lets packages come from URLs and folders whose content no record pins."""
    conda: frozenset[str] = frozenset()
    """The plain names of what conda had installed."""


def source_of(name: str, noted: Mapping[str, Any], rules: Rules) -> Source:
    """From where a distribution is installed that was recorded under this name."""
    version = str(noted.get("version", ""))
    refused = Source(name, version, missing="its name or version is none of a Python package")
    if not _NAME.fullmatch(name):
        return refused
    origin = noted.get("direct_url") or {}
    url = origin.get("url") if isinstance(origin, Mapping) else None
    if not isinstance(url, str) or not url or _is_condas(name, url, origin, rules):
        pinned = pinned_version(name, version)
        return Source(name, version, pinned) if pinned else refused
    return _direct(name, version, url, origin, rules)


def pinned_version(name: str, version: str) -> str:
    """The requirement of exactly this version; empty where that cannot be one."""
    try:
        return str(Requirement(f"{name}=={Version(version)}")) if _NAME.fullmatch(name) else ""
    except (InvalidVersion, InvalidRequirement):
        return ""


def _is_condas(name: str, url: str, origin: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the URL is that of a folder on the machine that built a conda package, whose version an index has."""
    if not url.startswith("file:") or "vcs_info" in origin or _part(origin, "dir_info").get("editable"):
        return False
    return canonicalize_name(name) in rules.conda or _BUILT_BY_CONDA.search(url) is not None


def _direct(name: str, version: str, url: str, origin: Mapping[str, Any], rules: Rules) -> Source:
    if MASK in f"{url}{origin.get('subdirectory')}":
        return Source(name, version, missing="parts of its URL are not recorded, as they may be secrets")
    if MASK in url or MASK in str(origin.get("subdirectory")):
        return Source(name, version, missing="the URL that it came from was recorded without what may be a secret")
    try:
        parts = urllib.parse.urlsplit(url)
        if "vcs_info" in origin:
            return _of_repository(name, version, parts, origin, rules)
        if parts.scheme == "file":
            return _of_file(name, version, parts, origin, rules)
        return _of_archive(name, version, parts, origin, rules)
    except ValueError:
        return Source(name, version, missing="the URL that it came from is not valid")


def _of_repository(name: str, version: str, parts: SplitResult, origin: Mapping[str, Any], rules: Rules) -> Source:
    noted = _part(origin, "vcs_info")
    vcs, commit = str(noted.get("vcs")), str(noted.get("commit_id"))
    if vcs != "git":
        return Source(name, version, missing=f"it came from a repository of {vcs!r}, from which uv does not install")
    schemes = ("https", "ssh", *(("http", "git", "file") if rules.allow_direct_url else ()))
    address = _address(parts, schemes)
    if not address or not _COMMIT.fullmatch(commit) or parts.query or "@" in parts.path:
        return _not_pinned(name, version, parts)
    target = f"git+{address}@{commit}{_subdirectory(origin)}"
    return _elsewhere(name, version, target, f"{address} at commit {commit[:12]}")


def _of_archive(name: str, version: str, parts: SplitResult, origin: Mapping[str, Any], rules: Rules) -> Source:
    address, pin = _address(parts, _PLAIN_SCHEMES), _hash(origin)
    if not address or not (pin or rules.allow_direct_url):
        return _not_pinned(name, version, parts)
    query = f"?{urllib.parse.quote(parts.query, safe='=&%')}" if parts.query else ""
    fragment = "&".join(filter(None, (pin, _subdirectory(origin).removeprefix("#"))))
    target = f"{address}{query}{'#' if fragment else ''}{fragment}"
    return _elsewhere(name, version, target, f"{address} ({pin.partition('=')[0] or 'not pinned by a hash'})")


def _of_file(name: str, version: str, parts: SplitResult, origin: Mapping[str, Any], rules: Rules) -> Source:
    path = urllib.request.url2pathname(parts.path)
    if parts.netloc not in ("", "localhost") or "\0" in path or not os.path.exists(path):
        return Source(name, version, missing="its source folder is not here")
    real = os.path.realpath(path)
    is_projects = rules.place is not None and rules.place.contains(real)
    if os.path.isdir(real):
        real = os.path.realpath(os.path.join(real, _subdirectory(origin).rpartition("=")[2]))
        if is_projects:
            return Source(name, version, elsewhere=f"the project's folder {real}", folder=real)
    elif _hash(origin):
        return _elsewhere(name, version, f"{_as_url(real)}#{_hash(origin)}", real)
    if is_projects or rules.allow_direct_url:
        return _elsewhere(name, version, _as_url(real), real)
    return Source(name, version, missing=f"it came from {real}, outside the project; {_ASK}")


def _elsewhere(name: str, version: str, target: str, shown: str) -> Source:
    try:
        requirement = str(Requirement(f"{name} @ {target}"))
    except InvalidRequirement:
        return Source(name, version, missing="the URL that it came from is not valid")
    return Source(name, version, requirement, elsewhere=shown)


def _not_pinned(name: str, version: str, parts: SplitResult) -> Source:
    """The URL without what a password or token may stand in."""
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return Source(
        name, version, missing=f"it came from {shortened(shown, 200)}, whose content the record does not pin; {_ASK}"
    )


def _address(parts: SplitResult, schemes: tuple[str, ...]) -> str:
    """The URL without query, fragment and password; empty where it is not a plain one of these schemes."""
    user, _, host = parts.netloc.rpartition("@")
    is_file = parts.scheme == "file" and not parts.netloc
    if parts.scheme not in schemes or not (is_file or _HOST.fullmatch(host)) or not _PATH.fullmatch(parts.path):
        return ""
    if user and (parts.scheme != "ssh" or not _USER.fullmatch(user)):
        user = ""  # the person's own credentials are found by host
    path = urllib.parse.unquote(parts.path)
    if path.startswith("/-") or any(character in path for character in "\r\n\0 ") or ".." in path.split("/"):
        return ""
    return f"{parts.scheme}://{user}{'@' if user else ''}{host}{parts.path}"


def _subdirectory(origin: Mapping[str, Any]) -> str:
    """The fragment that names the subdirectory of a source; raises ValueError where that leads out of it."""
    folder = origin.get("subdirectory")
    if not folder:
        return ""
    if not isinstance(folder, str) or not _FOLDER.fullmatch(folder) or ".." in folder.split("/"):
        raise ValueError(folder)
    return f"#subdirectory={folder.rstrip('/')}"


def _hash(origin: Mapping[str, Any]) -> str:
    """The strong hash of an archive that the record holds, as a URL's fragment has it."""
    noted = _part(origin, "archive_info")
    single = str(noted.get("hash", "")).partition("=")[::2]
    hashes = {**dict((single,)), **_part(noted, "hashes")}
    for kind, length in _HASHES.items():
        if re.fullmatch(f"[0-9a-f]{{{length}}}", str(hashes.get(kind, ""))):
            return f"{kind}={hashes[kind]}"
    return ""


def _part(origin: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = origin.get(key)
    return found if isinstance(found, Mapping) else {}


def _as_url(path: str) -> str:
    return "file:" + ("//" if os.name != "nt" else "") + urllib.request.pathname2url(path)
