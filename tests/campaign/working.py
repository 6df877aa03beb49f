"""A real Jupyter Server in a process of its own, and a person who works in it and sees it die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager

SECONDS = 120.0
"""After which something that was waited for is taken to have failed; far longer than it takes."""
_CONFIG = """
import os, sys
sys.path.insert(0, {source!r})
c = get_config()
c.ServerApp.jpserver_extensions = {extensions!r}
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.IdentityProvider.token = "secret"
c.FileContentsManager.delete_to_trash = False
c.AsyncFileContentsManager.delete_to_trash = False
c.KernelRestarter.time_to_dead = 0.3
c.KernelRestarter.stable_start_time = 0.0
c.KernelRestarter.restart_limit = 1_000_000
c.KernelRestarter.random_ports_until_alive = False
from tests.campaign import aiming
aiming.arm(os.environ.get("AIM", ""))
"""


def until(condition: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
    """What a condition gives once it gives something; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)
    return found


def only(*names: str) -> dict[str, bool]:
    """Which extensions a server loads: these; the others that are installed take half of the time of its start."""
    installed = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    return dict.fromkeys(installed, False) | dict.fromkeys(names, True)


class Server:
    """A Jupyter Server on a folder, which can be killed and started again."""

    def __init__(self, home: Path, root: Path) -> None:
        self.home, self.root = home, root
        self.aim = home / "aim"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        for name in ("config", "data", "runtime", "ipython", "cache"):
            (home / name).mkdir(parents=True, exist_ok=True)
        root.mkdir(parents=True, exist_ok=True)
        source = str(Path(__file__).parents[2])
        (home / "config" / "jupyter_server_config.py").write_text(
            _CONFIG.format(source=source, extensions=only("jupyter_prov"))
        )

    @property
    def environ(self) -> dict[str, str]:
        """The variables of the server's process."""
        own = {f"JUPYTER_{name.upper()}_DIR": str(self.home / name) for name in ("config", "data", "runtime")}
        more = {"IPYTHONDIR": str(self.home / "ipython"), "XDG_CACHE_HOME": str(self.home / "cache")}
        return {**os.environ, **own, **more, "AIM": str(self.aim)}

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_dead(self) -> bool:
        return self._process is None or self._process.poll() is not None

    @property
    def journals(self) -> Path:
        return self.home / "data" / "jupyter-prov" / "journals"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.aim.unlink(missing_ok=True)
        with (self.home / "log").open("ab") as log:
            command = [sys.executable, "-m", "jupyter_server", "--port=0", f"--ServerApp.root_dir={self.root}"]
            self._process = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, cwd=self.root)
        described = self.home / "runtime" / f"jpserver-{self.pid}.json"

        def answers() -> bool:
            assert not self.is_dead, (self.home / "log").read_text()[-3000:]
            try:
                self.url = json.loads(described.read_text())["url"]
                return bool(self.ask("GET", "api/status"))
            except (OSError, ValueError):
                return False

        until(answers, "the server answers")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the server answers; raises OSError."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Authorization": "token secret"}, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def kill(self) -> None:
        """Kill the server, as a crash or the end of memory does."""
        if not self.is_dead:
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Wait until the server is dead."""
        assert self._process is not None
        self._process.wait(SECONDS)

    def stop(self) -> None:
        """End the server and its kernels in good order."""
        if not self.is_dead:
            assert self._process is not None
            self._process.terminate()
            self.wait()


class Notebook:
    """An open notebook: its cells as the page shows them, and the kernel behind it."""

    def __init__(self, server: Server, path: str, *sources: str) -> None:
        self.server, self.path = server, path
        cells = [nbformat.v4.new_code_cell(source, id=f"cell-{index}") for index, source in enumerate(sources)]
        self.content = nbformat.v4.new_notebook(cells=cells)
        self.kernel = ""
        self._newest: int | None = None
        """The number of what ran last."""
        self._client: BlockingKernelClient | None = None

    @property
    def cells(self) -> list[Any]:
        return list(self.content.cells)

    def open(self) -> None:
        """Start a kernel for the notebook and wait until it is recorded."""
        body = {"path": self.path, "name": self.path, "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = self.server.ask("POST", "api/sessions", body)["kernel"]["id"]
        connection = self.server.home / "runtime" / f"kernel-{self.kernel}.json"
        until(connection.exists, "the kernel has a connection file")
        self._client = BlockingKernelClient(connection_file=str(connection))
        self._client.load_connection_file()
        self._client.start_channels(hb=False)  # which takes a busy kernel for a dead one
        self.ready()

    def ready(self) -> None:
        """Wait until the kernel answers and is recorded."""
        assert self._client is not None
        self._client.wait_for_ready(timeout=SECONDS)
        until(lambda: self.live()["recording"]["state"] == "recording", "the kernel is recorded")

    def live(self) -> Any:
        """What the server says of the notebook."""
        return self.server.ask("POST", "jupyter-prov/live", {"path": self.path})

    def send(self, index: int) -> str:
        """Send a cell to the kernel; gives the request."""
        assert self._client is not None
        content = {"code": self.cells[index].source, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        message = self._client.session.msg("execute_request", content, metadata={"cellId": self.cells[index].id})
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def run(self, index: int) -> None:
        """Run a cell, and take in what it shows when the kernel says that it has ended."""
        assert self._client is not None
        request, outputs, count = self.send(index), [], None
        while True:
            message = self._client.get_iopub_msg(timeout=SECONDS)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            if kind == "execute_input":
                count = content["execution_count"]
            elif kind in ("stream", "display_data", "execute_result", "error"):
                outputs.append(nbformat.v4.output_from_msg(message))
            elif kind == "status" and content["execution_state"] == "idle":
                self.cells[index].outputs, self.cells[index].execution_count = outputs, count
                self._newest = count
                return

    def acknowledge(self) -> None:
        """Wait until the server says that what ran last has ended."""
        until(lambda: self._knows(self._newest), f"execution {self._newest} is known")

    def _knows(self, count: int | None) -> bool:
        runs = self.live()["executions"]
        return any(run["count"] == count and run["outcome"] in ("ok", "error") for run in runs)

    def save(self) -> None:
        """Save the notebook, as a page does; its record comes later."""
        body: Mapping[str, Any] = {"type": "notebook", "format": "json", "content": self.content}
        self.server.ask("PUT", f"api/contents/{self.path}", body)

    def close(self) -> None:
        """Forget the kernel."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
