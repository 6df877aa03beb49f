"""The helper process: digests files and lists distributions, off the kernel's own time.

One JSON request a line on standard input, one JSON answer a line on standard output; it ends when its input does.

    ["files", [[path, version, kept], …]]  ["files", [[path, version, digest, size, changed, files, sampled], …]]
    ["inputs", [root, most]]             ["inputs", null]
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
import sys
from collections.abc import Iterator
from typing import Any

from jupyter_prov.record.contents import TREE, Digests, changed_since, version_of
from jupyter_prov.watch.inputs import InputStore

_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


def _digested(path: str, version: str, digests: Digests) -> list[Any]:
    """Its digest, marked as changed where it is no longer in the version asked for."""
    if version.startswith(TREE):
        found, changed = digests.of(path), changed_since(path, int(version.removeprefix(TREE)))
    else:
        before = version_of(path)
        found = digests.of(path) if before else None
        changed = before != version or version_of(path) != before
    return [found.digest, found.size, changed, found.files, found.sampled] if found else [None, None, True, None, False]


def cache_file() -> str:
    """Where digests of large files are kept for later sessions."""
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        folder = os.path.join(home, "Library", "Caches")
    elif sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    else:
        folder = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(folder, "jupyter-prov", "digests.sqlite")


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
    from jupyter_prov.watch.origins import conda, modules_in, source_of
    from jupyter_prov.watch.working_copy import working_copy

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


class Helping:
    """What answers need from one request to the next."""

    def __init__(self) -> None:
        self._digests = Digests(kept=cache_file())
        self._store: InputStore | None = None

    def answer(self, kind: str, wanted: list[Any]) -> Any:
        """The answer to a request."""
        if kind == "files":
            return [self._file(*one) for one in wanted]
        if kind == "inputs":
            self._store = InputStore(*wanted)
            return None
        if kind == "packages":
            return {"number": wanted[0], **packages(wanted[1])}
        if kind == "meanings":
            return meanings(wanted)
        from jupyter_prov.watch.machine import machine

        return machine()

    def _file(self, path: str, version: str, kept: bool) -> list[Any]:
        """What is known of a file or folder; where the project keeps inputs, its content is kept."""
        digest, size, changed, files, sampled = _digested(path, version, self._digests)
        if kept and self._store and digest and files is None and not sampled:
            self._store.keep(path, digest, size)
        return [path, version, digest, size, changed, files, sampled]


def main() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the kernel
    helping = Helping()
    for line in sys.stdin:
        kind, wanted = json.loads(line)
        answer = helping.answer(kind, wanted)
        sys.stdout.write(json.dumps([kind, answer]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
