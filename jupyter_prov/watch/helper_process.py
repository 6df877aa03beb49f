"""The helper process: digests files and lists distributions, off the kernel's own time.

One JSON request a line, `[kind, wanted]`. Each line of an answer is `KIND LAST ENTRY`: whether it is the request's last
line (0 or 1), and an entry for the session's log, which the kernel passes on as it is. After one that is not the last
the process waits for a request `more`. It ends with its connection.

    files     [[path, version, kept], …]                 entry `digests`
    known     [[path, version, digest, size …]]          entry `digests`: made by the kernel before it changed the file
    late      parts of what a cell accessed: `late.py`    entries `files`
    inputs    [root, most]                               nothing
    packages  [number, [folder, …]]                      entry `packages`
    meanings  [[path, version], …]                       entry `meanings`
    machine   []                                         what is known of the machine
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import queue
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from jupyter_prov.record.direct_url import direct_url
from jupyter_prov.record.file_digests import TREE, Digests, changed_since, version_of
from jupyter_prov.record.input_store import InputStore
from jupyter_prov.watch.late_files import Late
from jupyter_prov.watch.spawn import connection

Wait = Callable[[], Any]
_UNKNOWN = [None, None, True, None, False]
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!*-]{0,199}")


def _digested(path: str, version: str, digests: Digests) -> list[Any]:
    """Its digest; none where it is no longer in the version asked for, and marked where a folder has changed since."""
    if version.startswith(TREE):
        found, changed = digests.of(path), changed_since(path, int(version.removeprefix(TREE)))
    elif version_of(path) != version:
        return _UNKNOWN
    else:
        found, changed = digests.of(path), False
        if version_of(path) != version:
            return _UNKNOWN
    return [found.digest, found.size, changed, found.files, found.sampled] if found else _UNKNOWN


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
    from jupyter_prov.watch.source_meaning import meaning

    answers: list[list[Any]] = []
    for path, version in wanted:
        found = meaning(path) if version_of(path) == version else None
        if found is not None and version_of(path) == version:
            answers.append([path, version, found])
    return answers


def packages(folders: list[str]) -> dict[str, Any]:
    """Every distribution in these folders with its version and origin, and the modules each provides."""
    from jupyter_prov.watch.git_state import working_copy
    from jupyter_prov.watch.package_origins import conda, modules_in, source_of

    distributions: dict[str, dict[str, Any]] = {}
    provides: dict[str, list[str]] = {}
    for found in importlib.metadata.distributions(path=folders):
        with contextlib.suppress(ValueError, KeyError, TypeError, OSError):  # broken metadata
            name, version = found.metadata["Name"], found.version
            if name not in distributions and name != "jupyter-prov" and _is_of_a_record(name, version):
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


def _is_of_a_record(name: Any, version: Any) -> bool:
    """Whether a record may hold this name and version; broken metadata may say anything."""
    return bool(_NAME.fullmatch(str(name or "")) and _VERSION.fullmatch(str(version or "")))


def _origin(found: importlib.metadata.Distribution) -> dict[str, Any]:
    """Where a distribution came from if not from an index (PEP 610), without credentials."""
    try:
        origin = json.loads(found.read_text("direct_url.json") or "null")
    except ValueError:
        return {}
    return {"direct_url": shown} if (shown := direct_url(origin)) else {}


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
        self._late = Late(self._digests, self._keep)

    def answers(self, kind: str, wanted: Any) -> Iterator[dict[str, Any] | None]:
        """The entries that answer a request, if it is complete."""
        if kind == "files":
            yield {"kind": "digests", "files": [self._file(*one) for one in wanted]}
        elif kind == "known":
            yield {"kind": "digests", "files": wanted}
        elif kind == "late":
            yield from self._late.take(wanted)
        elif kind == "inputs":
            self._store = InputStore(*wanted)
            yield None
        elif kind == "packages":
            yield {"kind": "packages", "number": wanted[0], **packages(wanted[1])}
        elif kind == "meanings":
            yield {"kind": "meanings", "files": meanings(wanted)}
        else:
            from jupyter_prov.watch.machine import machine

            yield machine()

    def _file(self, path: str, version: str, kept: bool) -> list[Any]:
        """What is known of a file or folder; where the project keeps inputs, its content is kept."""
        digest, size, changed, files, sampled = _digested(path, version, self._digests)
        if kept and digest and files is None and not sampled:
            self._keep(path, digest, size)
        return [path, version, digest, size, changed, files, sampled]

    def _keep(self, path: str, digest: str, size: int) -> None:
        if self._store:
            self._store.keep(path, digest, size)


def _requests(lines: IO[bytes], waiting: queue.SimpleQueue[list[Any]]) -> None:
    """Take requests in as they come; when there will be no more, the kernel is gone, whatever is being read."""
    try:
        for line in lines:
            waiting.put(json.loads(line))
    finally:  # a line may be cut off, or the connection reset
        os._exit(0)


def main() -> None:
    """Answer requests until the connection ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the kernel
    lines, answers = connection(sys.argv[1])
    session, helping = sys.argv[2], Helping()
    waiting: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    threading.Thread(target=_requests, args=(lines, waiting), daemon=True).start()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while True:
            kind, wanted = waiting.get()
            _answer(answers, kind, session, helping.answers(kind, wanted), waiting.get)


def _answer(answers: IO[bytes], kind: str, session: str, found: Iterable[dict[str, Any] | None], wait: Wait) -> None:
    """Send the entries, each but the first once more is asked for."""
    for entry in found:
        last = entry is None or kind != "late" or entry.get("last", False)
        _write(answers, kind, b"1" if last else b"0", session, entry)
        if not last:
            wait()


def _write(answers: IO[bytes], kind: str, last: bytes, session: str, entry: dict[str, Any] | None) -> None:
    said = b"" if entry is None else _encoded({"session": session, **entry})
    answers.write(b"%s %s %s\n" % (kind.encode(), last, said))
    answers.flush()


def _encoded(entry: dict[str, Any]) -> bytes:
    """An entry as Jupyter's messages encode it, so that paths of any bytes are the same everywhere."""
    return json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogateescape")


if __name__ == "__main__":
    main()
