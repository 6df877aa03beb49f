"""A real Jupyter Server in this process, and a person who works in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tornado.httpclient import HTTPClientError

from jupyter_prov.record import record_file
from jupyter_prov.record.model import Record
from jupyter_prov.server.kernel_line import STARTING


class Person:
    """Opens notebooks, runs cells with their ids as JupyterLab does, and saves, over the server's API."""

    def __init__(self, server: Any, fetch: Any, root: Path) -> None:
        self.server, self.fetch, self.root = server, fetch, root
        self.notebooks: dict[str, Any] = {}
        self.sessions: dict[str, Any] = {}
        self.clients: dict[str, Any] = {}
        self.ran: Counter[str] = Counter()
        """How many cells were run in each kernel."""

    async def open(self, path: str, *sources: str, kernel: str = "python3") -> Any:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(nbformat.writes(notebook))
        self.notebooks[path] = notebook
        await self.start(path, kernel)
        return notebook

    async def start(self, path: str, kernel: str = "python3") -> None:
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
        answer = await self.fetch("api", "sessions", method="POST", body=json.dumps(body))
        self.sessions[path] = json.loads(answer.body)
        manager = self.server.kernel_manager.get_kernel(self.kernel_id(path))
        client = self.clients[path] = manager.client()
        client.start_channels()
        await self.hears(client)

    def kernel_id(self, path: str) -> str:
        return str(self.sessions[path]["kernel"]["id"])

    async def run(self, path: str, *cells: int, until_heard: bool = True) -> None:
        """Run cells; where nothing holds its messages back, until the recorder has heard of them."""
        for index in cells:
            cell = self.notebooks[path].cells[index]
            request = self.send(path, index)
            cell.outputs, cell.execution_count = await self.outputs(path, request)
            self.ran[self.kernel_id(path)] += bool(cell.source.strip())
        if until_heard:
            await self.heard(path)

    async def heard(self, path: str) -> None:
        """Wait until the recorder has heard what was run, where it is to: it may have asked the kernel after that."""
        kernel = self.kernel_id(path)
        recorder = self.server.web_app.settings["jupyter_prov_recorder"]

        def is_heard() -> bool:
            listener = recorder.listeners.get(kernel)
            if listener is None or (not listener.is_recording and listener.state != STARTING):
                return True
            if listener.unwanted.paths or not listener.sessions:
                return bool(listener.unwanted.paths)
            known = sum(len(session.executions) for session in listener.sessions)
            return known >= self.ran[kernel] and listener.sessions[-1].running is None

        await self.until(is_heard)

    def send(self, path: str, index: int) -> str:
        client, cell = self.clients[path], self.notebooks[path].cells[index]
        content = {
            "code": cell.source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        message = client.session.msg("execute_request", content, metadata={"cellId": cell.id})
        client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    async def outputs(self, path: str, request: str) -> tuple[list[Any], int | None]:
        found: list[Any] = []
        count = None
        while True:
            message = await self.clients[path].get_iopub_msg(timeout=300)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "execute_input":
                count = content["execution_count"]
            elif kind in ("stream", "display_data", "execute_result", "error"):
                found.append(nbformat.v4.output_from_msg(message))
            elif kind == "status" and content["execution_state"] == "idle":
                return found, count

    async def save(self, path: str) -> None:
        model = {"type": "notebook", "format": "json", "content": self.notebooks[path]}
        await self.fetch("api", "contents", *path.split("/"), method="PUT", body=json.dumps(model))
        await self.settled()

    async def rename(self, old: str, new: str) -> None:
        await self.fetch("api", "contents", *old.split("/"), method="PATCH", body=json.dumps({"path": new}))
        await self.settled()

    async def settled(self) -> None:
        """Wait until the recorder has done what it was told."""
        recorder = self.server.web_app.settings["jupyter_prov_recorder"]
        while tasks := [task for task in recorder._tasks if not task.done()]:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)  # their callbacks

    @staticmethod
    async def until(condition: Callable[[], Any], seconds: float = 300.0) -> None:
        """Wait until something is so."""

        async def wait() -> None:
            while not condition():
                await asyncio.sleep(0.02)

        await asyncio.wait_for(wait(), seconds)

    async def restart(self, path: str) -> None:
        await self.fetch("api", "kernels", self.kernel_id(path), "restart", method="POST", body="{}")
        await self.hears(self.clients[path])

    @staticmethod
    async def hears(client: Any) -> None:
        """Wait until a client hears all that a kernel says, and not only what its last process has left to be read."""
        await client.wait_for_ready(timeout=300)
        while True:
            asked = client.kernel_info()
            with contextlib.suppress(queue.Empty):
                while (message := await client.get_iopub_msg(timeout=1))["parent_header"].get("msg_id") != asked or (
                    message["content"].get("execution_state") != "idle"
                ):
                    pass
                return

    async def live(self, path: str) -> Any:
        """What the server says of the notebook as it is shown here."""
        cells = [
            {"id": cell.id, "source": zlib.crc32(cell.source.encode()) if cell.cell_type == "code" else None}
            for cell in self.notebooks[path].cells
        ]
        return await self.ask("live", "POST", {"path": path, "cells": cells})

    async def ask(self, end: str, method: str = "GET", body: Any = None, **params: str) -> Any:
        """What the server answers to a request for one of our addresses."""
        content = None if body is None else json.dumps(body)
        answer = await self.fetch("jupyter-prov", *end.split("/"), method=method, body=content, params=params or None)
        return json.loads(answer.body)

    async def refused(self, code: int, end: str, method: str = "GET", body: Any = None, **params: str) -> str:
        """The sentence with which a request is refused."""
        with pytest.raises(HTTPClientError) as caught:
            await self.ask(end, method, body, **params)
        assert caught.value.code == code, caught.value
        assert caught.value.response is not None
        return str(json.loads(caught.value.response.body)["message"])

    def record(self, path: str) -> Record:
        """The record beside a notebook, valid against the schema."""
        return record_file.read(self.root / record_file.record_path(path))

    def has_record(self, path: str) -> bool:
        return (self.root / record_file.record_path(path)).exists()

    def close(self) -> None:
        for client in self.clients.values():
            client.stop_channels()


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"jupyter_prov": True}, "allow_unauthenticated_access": False}}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture
def person(jp_serverapp: Any, jp_fetch: Any, jp_root_dir: Path) -> Any:
    someone = Person(jp_serverapp, jp_fetch, jp_root_dir)
    yield someone
    someone.close()


class Stream:
    """A client of the server's event stream."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def next(self, schema: str, **wanted: Any) -> dict[str, Any]:
        """The next event of this kind that fits."""
        while True:
            told = json.loads(await asyncio.wait_for(self.socket.read_message(), 300))
            if told.pop("schema_id") == schema and wanted.items() <= told.items():
                return dict(told)


@pytest.fixture
def listen(jp_ws_fetch: Any) -> Any:
    """Subscribes to the server's event stream."""
    sockets = []

    async def subscribe() -> Stream:
        sockets.append(await jp_ws_fetch("api", "events", "subscribe"))
        return Stream(sockets[-1])

    yield subscribe
    for socket in sockets:
        socket.close()
