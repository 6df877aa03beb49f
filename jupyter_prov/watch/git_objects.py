"""What git keeps of a folder. A repository is not trusted, so nothing that it configures is run, and nothing fetched.

Only commands that read objects are called (`rev-parse`, `ls-tree`, `cat-file`): others, such as `status` and `diff`,
run the filters that a repository names, whatever the options.
"""

from __future__ import annotations

import contextlib
import io
import select
import subprocess
from collections.abc import Iterator
from typing import IO

from jupyter_prov.record import launch_python
from jupyter_prov.record.original_os import os

SILENT_SECONDS = 30.0
"""After which git says nothing more: a repository can hold a pipe where git expects a file."""
_OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    *("-c", "core.fsmonitor="),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),  # a folder of a repository can have the looks of a bare repository
)
_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "",  # an object that a partial clone lacks is not fetched, by whatever program
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ASKPASS": "",
    "LC_ALL": "C",
}
_KEPT = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""Beginnings of the variables with which a person sets git up; others would lead to another repository."""


class GitFailed(Exception):
    """Git gave no answer; the message is what it said instead."""


@contextlib.contextmanager
def reading(folder: str, *arguments: str) -> Iterator[IO[bytes]]:
    """Git's answer as a stream, which need not be read to its end; raises FileNotFoundError where there is no git.

    Reading raises TimeoutError where git is silent for too long.
    """
    with _started(folder, arguments, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield io.BufferedReader(_Patient(process.stdout))
        finally:
            process.kill()  # it only reads, and might never end by itself


class _Patient(io.RawIOBase):
    """What a process writes, waited for no longer than git is given."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if os.name == "posix" and not select.select([self._stream], [], [], SILENT_SECONDS)[0]:
            raise TimeoutError(f"git gave no answer in {SILENT_SECONDS:g} seconds")
        content = os.read(self._stream.fileno(), len(buffer))
        buffer[: len(content)] = content
        return len(content)


def answer(folder: str, *arguments: str, seconds: float = SILENT_SECONDS) -> bytes:
    """All of git's answer; raises OSError, and GitFailed where there is none in so many seconds."""
    with _started(folder, arguments, stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise GitFailed(f"git gave no answer in {seconds:g} seconds") from None
    if process.returncode:
        raise GitFailed(err.decode("utf-8", "replace").strip())
    return out


def _started(folder: str, arguments: tuple[str, ...], stderr: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [_program(), *_OPTIONS, *arguments],
        cwd=folder,
        env=_environ(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )


def _environ(folder: str) -> dict[str, str]:
    environ = launch_python.environ(folder)
    return {
        name: v for name, v in environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)
    } | _VARIABLES


def _program() -> str:
    if (found := launch_python.find("git")) is None:
        raise FileNotFoundError("git is not installed.")
    return found
