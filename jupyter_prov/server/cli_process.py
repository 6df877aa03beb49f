"""A command of `jupyter prov` in a process of its own: how it is started, what it says, and how it is ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from jupyter_prov.record import launch_python

_LONGEST = 1 << 16
"""What is kept of a line."""


class Command:
    """A running command; it ends with this process, however that ends, by a pipe that closes then."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, arguments: Sequence[str], folder: Path) -> Command:
        """Run a command in this folder; raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *launch_python.prov(*arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env=launch_python.environ(folder),
            start_new_session=True,
        )  # fmt: skip
        return cls(process)

    async def lines(self) -> AsyncIterator[str]:
        """What it says on standard error, as it comes; of a line that is too long not all."""
        assert self._process.stderr is not None
        rest = b""
        while chunk := await self._process.stderr.read(_LONGEST):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line.decode("utf-8", "replace").strip()
            rest = rest[:_LONGEST]
        yield rest.decode("utf-8", "replace").strip()

    async def wait(self) -> int:
        """Its exit code."""
        return await self._process.wait()

    def end(self) -> None:
        """Have it end in order."""
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":  # where a process can only be ended outright
                self._process.terminate()
            else:  # one started in the background ignores SIGINT, and so do its children
                self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it with all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
