"""Rights: on fresh servers that each deny one permission, every method of every address, in random order."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from jupyter_prov.server.routes import ROUTES
from tests.campaign.figure import Figure, command
from tests.campaign.working import only

TRIES = 420
PROMISE = "A request is answered to those, and only those, who have its permissions"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MARK = "marked4711"
"""In the name and the sources of the notebook: whoever may not read contents must not see it."""
_TOKEN = "a-token-of-the-campaign"
_CONFIG = """\
import pathlib
from jupyter_server.auth.authorizer import Authorizer
class AllBut(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return pathlib.Path({denied!r}).read_text() != f"{{resource}} {{action}}"
c.ServerApp.authorizer_class = AllBut
c.ServerApp.allow_unauthenticated_access = False
c.ServerApp.jpserver_extensions = {extensions!r}
"""
BAD_BODIES = (
    b"\xff", b"", b"[]", b"null", b"{", b'{"path": 5, "kind": "check"}', b'{"path": [], "kind": {}}', b"[" * 50_000,
    b'{"cells": ' + b"9" * 5_000 + b"}", b'{"path": "a\\u0000.ipynb", "kind": "check"}', b'{"cells": [1e400]}',
    b'{"path": "\\ud800.ipynb", "kind": "fix"}', b'{"path": "../a.ipynb", "kind": "fix"}', b'{"cells": [true]}',
    b'{"path": ".hidden.ipynb", "kind": "check"}', b'{"path": ".folder/a.ipynb", "kind": "check"}',
)  # fmt: skip
BAD_INDICES = ("9" * 5_000, "-1", "x", "%00", "1e3")


@dataclass
class Call:
    """A request, and the status that it is to have; None where any of a wrong request will do."""

    method: str
    end: str
    body: bytes | None
    expected: int | None
    allowed: bool
    """Whether the user has the permissions that it needs."""


@dataclass
class Server:
    """A server of its own in a folder, which denies what a file says."""

    folder: Path
    url: str = ""

    def deny(self, permission: str) -> None:
        """From now on this is denied: a resource and an action."""
        (self.folder / "denied").write_text(permission)

    def ask(self, method: str, end: str, body: bytes | None = None, token: str = _TOKEN) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        request = urllib.request.Request(f"{self.url}/jupyter-prov/{end}", body, method=method)
        request.add_header("Authorization", f"token {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def campaign(tries: int, seed: int) -> list[Figure]:
    """Deny each permission on a fresh server, and send requests of all kinds in random order."""
    figure = Figure(PROMISE)
    rng = random.Random(seed)
    permissions = ["nothing", *dict.fromkeys(f"{route.resource} {route.action}" for route in ROUTES)]
    for permission in itertools.cycle(permissions):
        if figure.tries >= tries:
            return [figure]
        with tempfile.TemporaryDirectory(prefix="rights-") as folder, started(Path(folder)) as server:
            calls = list(_calls(_job(server), permission))
            rng.shuffle(calls)
            server.deny(permission)
            for call in calls[: tries - figure.tries]:
                said = _sent(server, call, permission)
                figure.count(*(f"{call.method} {call.end[:60]} without {permission}: {sentence}" for sentence in said))
    return [figure]


def _calls(job: str, permission: str) -> Iterator[Call]:
    for address in dict.fromkeys(route.address for route in ROUTES):
        for method in METHODS:
            rows = [route for route in ROUTES if (route.method, route.address) == (method, address)]
            allowed = all(permission != f"{route.resource} {route.action}" for route in rows)
            end = address.replace("{job}", job).replace("{index}", "0")
            body = json.dumps({"path": f"{MARK}.ipynb", "kind": "check", "cells": [0]}).encode()
            given = body if method in ("POST", "PUT", "PATCH") else None
            known = {"live": 200, "jobs": 201 if method == "POST" else 200, "jobs/{job}": 200}
            expected = (known.get(address, 409) if allowed else 403) if rows else 405
            yield Call(method, end, given, expected, allowed)
            if method == "POST" and rows:
                yield from (Call(method, end, bad, None if allowed else 403, allowed) for bad in BAD_BODIES)
            if address.endswith("{index}") and rows:
                ends = (address.replace("{job}", job).replace("{index}", bad) for bad in BAD_INDICES)
                yield from (Call(method, end, None, 400 if allowed else 403, allowed) for end in ends)


def _sent(server: Server, call: Call, permission: str) -> Iterator[str]:
    code, body = server.ask(call.method, call.end, call.body)
    if call.expected is None and code not in (400, 404, 409):
        yield f"{code} to {call.body!r:.60}"
    if call.expected is not None and code != call.expected and {code, call.expected} != {200, 201}:
        yield f"{code}, not {call.expected}"
    if permission == "contents read" and MARK.encode() in body:
        yield f"it shows {body!r:.100}"
    stranger, _ = server.ask(call.method, call.end, call.body, token="wrong")
    if stranger not in (403, 405):
        yield f"{stranger} to a stranger"


def _job(server: Server) -> str:
    """The id of a job that has failed, as its notebook has no record."""
    body = json.dumps({"path": f"{MARK}.ipynb", "kind": "check"}).encode()
    job: dict[str, Any] = json.loads(server.ask("POST", "jobs", body)[1])
    while job["state"] in ("queued", "running"):
        job = json.loads(server.ask("GET", f"jobs/{job['id']}")[1])
    return str(job["id"])


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Server]:
    """A server that answers, with a notebook, a hidden one and one in a hidden folder."""
    root = folder / "root"
    (root / ".folder").mkdir(parents=True)
    for name in (f"{MARK}.ipynb", ".hidden.ipynb", ".folder/a.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"print('{MARK}')")]), root / name)
    server = Server(folder)
    server.deny("nothing")
    (folder / "config.py").write_text(_CONFIG.format(denied=str(folder / "denied"), extensions=only("jupyter_prov")))
    runtime = folder / "runtime"
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--config={folder / 'config.py'}",
        "--ServerApp.port=0", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={_TOKEN}",
    ]  # fmt: skip
    environ = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_DATA_DIR": str(folder / "data")}
    with (folder / "log").open("wb") as log, subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process:
        try:
            server.url = _address(runtime, process)
            while not _answers(server):
                time.sleep(0.05)
            yield server
        finally:
            process.terminate()


def _address(runtime: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, KeyError):  # half written
                return str(json.loads(file.read_text())["url"]).rstrip("/")
        time.sleep(0.05)
    raise RuntimeError("The server did not start.")


def _answers(server: Server) -> bool:
    try:
        return server.ask("GET", "jobs")[0] == 200
    except OSError:
        return False


def main(argv: list[str] | None = None) -> int:
    """Run the campaign as a command."""
    return command(campaign, TRIES, argv)


if __name__ == "__main__":
    raise SystemExit(main())
