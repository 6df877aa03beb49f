"""The helper process: digests files and lists distributions, off the kernel's own time.

Runs as a script of its own, with only its neighbours of ours imported, and late: one JSON request a line on standard
input, one JSON answer a line on standard output; it ends when its input does.

    ["files", [[path, version], …]]      ["files", [[path, version, digest, size, changed], …]]
    ["packages", [number, [folder, …]]]  ["packages", {number, distributions, provides, conda}]
    ["meanings", [[path, version], …]]   ["meanings", [[path, version, digest], …]]
    ["machine", []]                      ["machine", {…}]
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import re
import signal
import stat
import sys
import time
from collections.abc import Iterator
from typing import Any

CHUNK = 1 << 20
CLOCK_TICK = 0.02
"""Seconds; file systems stamp files with a clock that moves every 1 to 10 ms on older kernels of Linux."""
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


def version_of(path: str) -> str | None:
    """What tells one state of a file from another without reading it; None where there is no regular file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return f"{status.st_dev}-{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def _is_young(path: str) -> bool:
    """Whether a file changed so lately that it may change once more and get the same times."""
    try:
        return time.time() - os.stat(path).st_ctime < CLOCK_TICK
    except OSError:
        return True


def digest(path: str) -> tuple[str, int] | None:
    """The BLAKE3 digest of a file's content, and its size in bytes; None where it cannot be read."""
    from blake3 import blake3

    hasher, size = blake3(), 0
    try:
        with open(path, "rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                hasher.update(chunk)
                size += len(chunk)
    except OSError:
        return None
    return "blake3:" + hasher.hexdigest(), size


def files(wanted: list[list[str]], known: dict[str, tuple[str, int]]) -> list[list[Any]]:
    """The digests of files that still are in the version asked for, or are marked as changed since."""
    answers: list[list[Any]] = []
    for path, version in wanted:
        now = version_of(path)
        young = _is_young(path)
        found = known.get(f"{now} {path}") or digest(path)
        if found is None or now is None:
            answers.append([path, version, None, None, True])
            continue
        if not young:
            known[f"{now} {path}"] = found
        answers.append([path, version, *found, now != version or version_of(path) != now])
    return answers


def meanings(wanted: list[list[str]]) -> list[list[Any]]:
    """The digests of what sources mean, for those that still are in the version asked for and can be read."""
    from jupyter_prov.watch.meaning import meaning

    answers: list[list[Any]] = []
    for path, version in wanted:
        found = meaning(path) if version_of(path) == version else None
        if found is not None and version_of(path) == version:
            answers.append([path, version, found])
    return answers


def packages(folders: list[str]) -> dict[str, Any]:
    """Every distribution in these folders with its version and origin, and the modules each provides."""
    from jupyter_prov.watch.origins import conda, modules_in, source_of, working_copy

    distributions: dict[str, dict[str, Any]] = {}
    provides: dict[str, list[str]] = {}
    for found in importlib.metadata.distributions(path=folders):
        with contextlib.suppress(ValueError, KeyError, TypeError, OSError):  # broken metadata
            name, version = found.metadata["Name"], found.version
            if name and version and name not in distributions and name != "jupyter-prov":
                origin = _origin(found)
                distributions[name] = {"version": str(version), **origin}
                modules = set(_modules(found))
                if source := source_of(found, origin):
                    modules |= set(modules_in(source))
                    if copy := working_copy(source):
                        distributions[name]["working_copy"] = copy
                for module in sorted(modules):
                    provides.setdefault(module, []).append(name)
    return {"distributions": distributions, "provides": provides, "conda": conda(sys.prefix)}


def _origin(found: importlib.metadata.Distribution) -> dict[str, Any]:
    """Where a distribution came from if not from an index (PEP 610), without credentials."""
    try:
        origin = json.loads(found.read_text("direct_url.json") or "null")
    except ValueError:
        return {}
    if not isinstance(origin, dict) or not isinstance(origin.get("url"), str):
        return {}
    return {"direct_url": {**origin, "url": _CREDENTIALS.sub("", origin["url"])}}


def _modules(found: importlib.metadata.Distribution) -> Iterator[str]:
    """Top-level modules of a distribution, from its list of files."""
    seen: set[str] = set()
    for file in found.files or ():
        top = file.parts[0]
        name = top if len(file.parts) > 1 else top.partition(".")[0] if top.endswith((".py", ".so", ".pyd")) else ""
        if name.isidentifier() and name not in seen:
            seen.add(name)
            yield name


def _answer(kind: str, wanted: list[Any], known: dict[str, tuple[str, int]]) -> Any:
    if kind == "files":
        return files(wanted, known)
    if kind == "packages":
        return {"number": wanted[0], **packages(wanted[1])}
    if kind == "meanings":
        return meanings(wanted)
    from jupyter_prov.watch.machine import machine

    return machine()


def main() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the kernel
    known: dict[str, tuple[str, int]] = {}
    for line in sys.stdin:
        kind, wanted = json.loads(line)
        answer = _answer(kind, wanted, known)
        sys.stdout.write(json.dumps([kind, answer]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path += sys.argv[1:]  # where blake3 and our own package lie; last, so that they shadow nothing
    main()
