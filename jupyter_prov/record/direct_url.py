"""Where a distribution came from if not from an index (PEP 610), without what may be a secret.

The commit that was built and the hashes of archives stay, as they say what was installed and are known to everybody who
has it; they stay in the path of the URL too.
"""

from __future__ import annotations

import re
from typing import Any

from jupyter_prov.record.masked_urls import hides, mask_url
from jupyter_prov.record.random_text import MASK

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|\d{1,12}")
"""Also the number of a revision in Subversion."""
_SYSTEMS = ("git", "hg", "svn", "bzr")
_STEERING = re.compile(r"[\x00-\x1f\x7f]")
_HASH = re.compile(r"[0-9a-f]{32,128}")
_WORD = re.compile(r"[\w.+-]{1,40}", re.ASCII)


def direct_url(origin: Any) -> dict[str, Any] | None:
    """What `direct_url.json` says, as the record keeps it; None where it is not one."""
    if not isinstance(origin, dict) or not isinstance(origin.get("url"), str):
        return None
    vcs, archive, folder = (_part(origin, key) for key in ("vcs_info", "archive_info", "dir_info"))
    commit = _matching(_COMMIT, vcs.get("commit_id"))
    hashes = _hashes(archive)
    url = mask_url(origin["url"], [*filter(None, [commit]), *hashes.values()])
    shown: dict[str, Any] = {"url": _STEERING.sub(MASK, url)}
    if "vcs_info" in origin:
        shown["vcs_info"] = _vcs(vcs, commit)
    if "archive_info" in origin:
        old = str(archive.get("hash", "")).partition("=")
        shown["archive_info"] = {
            **({"hash": f"{old[0]}={old[2]}"} if hashes.get(old[0]) == old[2] != "" else {}),
            **({"hashes": hashes} if hashes else {}),
        }
    if "dir_info" in origin:
        shown["dir_info"] = {"editable": folder["editable"]} if isinstance(folder.get("editable"), bool) else {}
    if isinstance(origin.get("subdirectory"), str):
        shown["subdirectory"] = _path(origin["subdirectory"])
    return shown


def _vcs(vcs: dict[str, Any], commit: str) -> dict[str, Any]:
    asked = vcs.get("requested_revision")
    return {
        **({"vcs": vcs["vcs"]} if vcs.get("vcs") in _SYSTEMS else {}),
        **({"requested_revision": asked if asked == commit else _path(asked)} if isinstance(asked, str) else {}),
        **({"commit_id": commit} if commit else {}),
    }


def _hashes(archive: dict[str, Any]) -> dict[str, str]:
    """The digests of an archive by their algorithm, the older way of writing one included."""
    name, _, value = str(archive.get("hash", "")).partition("=")
    found = {name: value, **_part(archive, "hashes")}
    return {key: digest for key, digest in found.items() if _matching(_WORD, key) and _matching(_HASH, digest)}


def _path(text: str) -> str:
    """A revision or a folder, each part of which stays unless it looks drawn by lot."""
    parts = _STEERING.sub(MASK, text).split("/")
    return "/".join(MASK if hides(part) or "@" in part or "=" in part else part for part in parts)


def _part(origin: dict[str, Any], key: str) -> dict[str, Any]:
    part = origin.get(key)
    return part if isinstance(part, dict) else {}


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
