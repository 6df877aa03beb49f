"""A Jupyter Server and people at it: notebooks in several windows, consoles, and clients that only use the REST API.

What they do is also the truth that a record is held against: who ran what, on which life of which kernel.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from jupyter_prov.record import digests
from tests.campaign.working import only

PATIENCE = 90.0
_TOKEN = uuid.uuid4().hex


@dataclass
class Ran:
    """One execution as it really was."""

    life: str
    count: int | None
    source: str
    window: Window | None
    """The window whose cell it was; None for a console."""


@dataclass
class Server:
    """A running Jupyter Server; its folder is the root of what it serves."""

    url: str
    root: Path
    runtime: Path
    ran: list[Ran] = field(default_factory=list)
    clients: list[BlockingKernelClient] = field(default_factory=list)

    def clear(self) -> None:
        """End all kernels and their clients, and forget what was run."""
        self.disconnect()
        for kernel in self.ask("GET", "api/kernels"):
            self.ask("DELETE", f"api/kernels/{kernel['id']}")
        self.ran = []

    def disconnect(self) -> None:
        """End all clients."""
        for client in self.clients:
            client.stop_channels()
        self.clients = []

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the REST API answers."""
        request = urllib.request.Request(
            self.url + urllib.parse.quote(path),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {_TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> bool:
    """Wait until something is so, and say whether it came to be."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def server(jupytext: bool = False) -> Iterator[Server]:
    """A server that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="people-", ignore_cleanup_errors=True) as home:
        root, runtime = Path(home, "root"), Path(home, "runtime")
        root.mkdir()
        runtime.mkdir()
        names = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "XDG_CACHE_HOME")
        environ = {**os.environ, **{name: str(Path(home, name.lower())) for name in names}}
        environ |= {"JUPYTER_RUNTIME_DIR": str(runtime)}
        loaded = only("jupyter_prov", *["jupyterlab_jupytext"] * jupytext)
        command = [
            sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
            f"--IdentityProvider.token={_TOKEN}", f"--ServerApp.root_dir={root}",
            f"--ServerApp.jpserver_extensions={loaded}",
        ]  # fmt: skip
        with open(Path(home, "log"), "wb") as log:
            process = subprocess.Popen(command, env=environ, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        try:
            told = runtime / f"jpserver-{process.pid}.json"
            if not until(lambda: process.poll() is not None or told.exists()) or process.poll() is not None:
                raise RuntimeError(Path(home, "log").read_text())
            found = Server(json.loads(told.read_text())["url"], root, runtime)
            until(lambda: _answers(found))
            try:
                yield found
            finally:
                found.disconnect()
        finally:
            process.terminate()
            process.wait(30)


def _answers(found: Server) -> bool:
    try:
        return bool(found.ask("GET", "api/status"))
    except OSError:
        return False


class Kernel:
    """A kernel that windows and consoles share."""

    def __init__(self, at: Server, kernel_id: str) -> None:
        self.at, self.id = at, kernel_id
        self.life = 0

    def client(self) -> BlockingKernelClient:
        """A client of its own, as each window and console has one."""
        client = BlockingKernelClient(connection_file=str(self.at.runtime / f"kernel-{self.id}.json"))
        client.load_connection_file()
        self.at.clients.append(client)
        client.start_channels(hb=False)
        client.wait_for_ready(timeout=PATIENCE)
        return client

    def restart(self) -> None:
        self.at.ask("POST", f"api/kernels/{self.id}/restart", {})
        self.life += 1

    def execute(self, client: BlockingKernelClient, source: str, window: Window | None, cell: str | None) -> Any:
        """Outputs and count of an execution."""
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        message = client.session.msg("execute_request", content)
        if cell is not None:
            message["metadata"]["cellId"] = cell
        client.shell_channel.send(message)
        outputs: list[Any] = []
        count = None
        while True:
            told = client.get_iopub_msg(timeout=PATIENCE)
            if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, content = told["msg_type"], told["content"]
            if kind == "execute_input":
                count = content["execution_count"]
            elif kind in ("stream", "display_data", "execute_result", "error"):
                outputs.append({"output_type": kind, **{k: v for k, v in content.items() if k != "transient"}})
            elif kind == "status" and content["execution_state"] == "idle":
                break
        client.get_shell_msg(timeout=PATIENCE)
        self.at.ran.append(Ran(f"{self.id}/{self.life}", count, source, window))
        return outputs, count


class Console:
    """A console on a kernel; JupyterLab's gives its cells ids, those in a terminal give none."""

    def __init__(self, kernel: Kernel, path: str = "", gives_ids: bool = True) -> None:
        self.kernel, self.gives_ids = kernel, gives_ids
        if path:  # JupyterLab's, which has a session
            body = {"path": f"{path}-console-{uuid.uuid4().hex}", "name": "", "type": "console"}
            kernel.at.ask("POST", "api/sessions", {**body, "kernel": {"id": kernel.id}})
        self._client = kernel.client()

    def run(self, source: str) -> None:
        self.kernel.execute(self._client, source, None, str(uuid.uuid4()) if self.gives_ids else None)


class Window:
    """A notebook that is open: its cells as its person sees them, and how its front end names and saves them."""

    def __init__(self, at: Server, path: str, minor: int = 5, gives_ids: bool = True) -> None:
        self.at, self.path, self.minor, self.gives_ids = at, path, minor, gives_ids
        self.cells: list[dict[str, Any]] = []
        self.metadata: dict[str, Any] = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        self.kernel: Kernel | None = None
        self.session = ""
        self._client: BlockingKernelClient | None = None

    @property
    def file(self) -> Path:
        """The notebook's file."""
        return self.at.root / self.path

    @classmethod
    def new(cls, at: Server, path: str, *sources: str, **how: Any) -> Window:
        """A new notebook, on a kernel of its own."""
        window = cls(at, path, **how)
        window.cells = [window.cell(source) for source in sources]
        window.file.parent.mkdir(parents=True, exist_ok=True)
        window.write()
        window.start()
        return window

    @staticmethod
    def cell(source: str) -> dict[str, Any]:
        return {"id": uuid.uuid4().hex[:8], "cell_type": "code", "source": source, "metadata": {}, "outputs": [],
                "execution_count": None}  # fmt: skip

    def content(self) -> dict[str, Any]:
        """The notebook as it is saved; up to format 4.4 cells have no ids there."""
        cells = copy.deepcopy(self.cells)
        for cell in cells if self.minor < 5 else ():
            del cell["id"]
        return {"nbformat": 4, "nbformat_minor": self.minor, "metadata": self.metadata, "cells": cells}

    def write(self) -> None:
        """Write the file past the server, as git does."""
        self.file.write_text(json.dumps(self.content()))

    def start(self, kernel: Kernel | None = None, path: str | None = None) -> None:
        """Open a session, on a kernel that runs or on a new one."""
        wanted = {"id": kernel.id} if kernel else {"name": "python3"}
        body = {"path": path or self.path, "name": self.path, "type": "notebook", "kernel": wanted}
        told = self.at.ask("POST", "api/sessions", body)
        self.session = told["id"]
        self.connect(kernel or Kernel(self.at, told["kernel"]["id"]))

    def connect(self, kernel: Kernel) -> None:
        """Become a client of a kernel."""
        self.kernel, self._client = kernel, kernel.client()

    def run(self, *indices: int, **cells: str) -> None:
        """Run cells."""
        assert self.kernel is not None
        assert self._client is not None
        for index in indices:
            cell = self.cells[index]
            name = cell["id"] if self.gives_ids else None
            cell["outputs"], cell["execution_count"] = self.kernel.execute(self._client, cell["source"], self, name)

    def run_all(self) -> None:
        self.run(*range(len(self.cells)))

    def reload(self) -> None:
        """Take the cells from the file, as after `Reload from disk`; without ids there they get others."""
        notebook = json.loads(self.file.read_text())
        self.show(notebook["cells"])

    def show(self, cells: list[dict[str, Any]]) -> None:
        """Take these cells of a notebook for one's own."""
        self.cells = [
            {**cell, "id": cell.get("id") or uuid.uuid4().hex[:8], "source": "".join(cell["source"])} for cell in cells
        ]

    def save(self, path: str | None = None) -> None:
        """Save, and wait until the server has taken it in."""
        target = path or self.path
        model = {"type": "notebook", "format": "json", "content": self.content()}
        self.at.ask("PUT", f"api/contents/{target}", model)

    def rename(self, new: str, patch_session: bool = True) -> None:
        """Rename through the contents API; JupyterLab then tells the session, others do not."""
        self.at.ask("PATCH", f"api/contents/{self.path}", {"path": new})
        self.path = new
        if patch_session:
            self.at.ask("PATCH", f"api/sessions/{self.session}", {"path": new, "name": new, "type": "notebook"})

    def close(self) -> None:
        """Close the window; its kernel goes on."""
        self._client = None


def source_digest(source: str) -> str:
    """How a record names a source."""
    return digests.of_text(source)
