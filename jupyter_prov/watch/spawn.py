"""Starts the helper process so that it is not a child of the kernel: code that waits for its children must not find it.

A shell starts it in the background and ends, and the kernel waits for the shell before it runs any cell. From then on
the helper belongs to the system's first process, or to a subreaper among the kernel's ancestors. On Windows, where
nobody can wait for all children, it is a child.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import IO, Any

import blake3

_PROGRAM = "import sys; sys.path += sys.argv[3:]; from jupyter_prov.watch.helper_process import main; main()"
_BY_SHELL = ["/bin/sh", "-c", '"$@" >/dev/null & echo $!', "sh"]
_BY_PYTHON = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import os, sys; pid = os.fork(); print(pid, flush=True) if pid else os.execv(sys.argv[1], sys.argv[1:])",
]
"""Does the same where there is no shell."""
_STANDARD = "standard"
"""Stands for the number of a descriptor where the helper is to use its standard input and output."""


class Spawning:
    """A helper process, from the moment in which its start begins; raises OSError where it cannot be started."""

    def __init__(self, session: str) -> None:
        self.pid: int | None = None
        self._socket: socket.socket | None = None
        if sys.platform == "win32":
            self._starter = _popen([], [*_program(_STANDARD, session)], stdin=subprocess.PIPE)
            self.pid = self._starter.pid
            return
        self._socket, there = socket.socketpair()
        _connections.add(self._socket.fileno())
        with there:
            program = _program(str(there.fileno()), session)
            starter = _BY_SHELL if os.access(_BY_SHELL[0], os.X_OK) else _BY_PYTHON
            self._starter = _popen(starter, program, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()])

    def finish(self) -> None:
        """Wait for what starts the helper, which is over in a moment."""
        if self.pid is None and self._starter.stdout is not None:
            with self._starter:
                said = self._starter.stdout.readline()
            self.pid = int(said) if said.strip() else None

    def answers(self) -> IO[bytes]:
        """What the helper says, line by line."""
        if self._socket is not None:
            return self._socket.makefile("rb")
        assert self._starter.stdout is not None
        return self._starter.stdout

    def send(self, content: bytes) -> None:
        """Send to the helper; raises OSError if it is gone."""
        if self._socket is not None:
            self._socket.sendall(content, getattr(socket, "MSG_NOSIGNAL", 0))
        elif self._starter.stdin is not None:
            self._starter.stdin.write(content)
            self._starter.stdin.flush()

    def close(self) -> None:
        """End the connection, and with it the helper."""
        if self._socket is not None:
            _connections.discard(self._socket.fileno())
            self._socket.shutdown(socket.SHUT_RDWR)  # also for a file made of it
            self._socket.close()
        elif self._starter.stdin is not None:
            self._starter.stdin.close()


def _program(connection: str, session: str) -> list[str]:
    """The helper's command, without what site-packages would import."""
    here = os.path.dirname(os.path.abspath(__file__))
    libraries = os.path.dirname(os.path.dirname(os.path.abspath(blake3.__file__)))
    ours = os.path.dirname(os.path.dirname(here))
    return [sys.executable, "-I", "-S", "-c", _PROGRAM, connection, session, libraries, ours]


def _popen(starter: list[str], program: list[str], **how: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*starter, *program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt of the kernel and all its children is not meant for it
        cwd=os.path.dirname(os.path.abspath(__file__)),
        **how,
    )


def connection(name: str) -> tuple[IO[bytes], IO[bytes]]:
    """In the helper: where requests come from, and where answers go."""
    if name == _STANDARD:
        return sys.stdin.buffer, sys.stdout.buffer
    there = socket.socket(fileno=int(name))
    os.set_inheritable(int(name), False)
    return there.makefile("rb"), there.makefile("wb")


_connections: set[int] = set()


def _let_go() -> None:
    """In a forked child: the connection ends with the kernel, not with the last of its children."""
    if _connections:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in _connections:
            os.dup2(nowhere, number, inheritable=False)
        os.close(nowhere)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
