"""Secrets planted in a notebook, in what it calls, imports and fetches: none may be found in what is written or shown.

All of them are planted in one notebook, which is run in a real Jupyter Server, saved, shown and checked. Then each is
looked for, in several forms, in the record, the live answer, `show`, the report of the check and what it prints, and
the server's log. What is not secret has to stay: the paths of data, by which a person knows what was fetched.
"""

from __future__ import annotations

import json
import os
import queue
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient

from tests.campaign.figure import Figure, command
from tests.campaign.secret_plants import BLIND_SPOT, HOST, KEPT, Plant, forms, plants
from tests.campaign.working import only
from tests.web import Web, serving

_BEGIN = f"""
import socket, threading, time, os
look_up = socket.getaddrinfo
def getaddrinfo(host, *args, **more):
    return look_up('127.0.0.1' if str(host).endswith({HOST!r}) else host, *args, **more)
socket.getaddrinfo = getaddrinfo
"""
"""A server on this machine has a name, as servers elsewhere have."""
_NOTEBOOK = "analysis.ipynb"
_SECONDS = 600.0


def campaign(tries: int, seed: int) -> list[Figure]:
    """Plant secrets in all ways in which they are met, and look for them."""
    with serving() as web, tempfile.TemporaryDirectory(prefix="prov-secrets-") as folder:
        web.pages["page"] = b"city,temp\nOslo,4.5\n"
        chosen = _chosen(plants(seed, f"http://{HOST}:{web.port}", f"http://127.0.0.1:{web.port}"), tries, seed)
        written = _Run(Path(folder), web, chosen).made()
    hidden = Figure("no planted secret is written or shown")
    for plant in chosen:
        where = [name for name, text in written.texts.items() if _found(plant, text)]
        hidden.count(*([f"{plant.way}: {plant.secret} in {', '.join(where)}"] if where else []))
    reached = Figure("each plant leaves the evidence that could hold it")
    for plant in (plant for plant in chosen if plant.evidence):
        reached.count(*([] if plant.evidence in written.evidence.get(plant.way, ()) else [plant.way]))
    kept = Figure("the paths of data stay")
    for path in KEPT:
        missing = [name for name in ("record", "live", "show") if path not in written.texts[name]]
        kept.count(*([f"{path} not in {', '.join(missing)}"] if missing else []))
    return [hidden, reached, kept]


def _chosen(made: Sequence[Plant], tries: int, seed: int) -> list[Plant]:
    """As many of the plants, in their order."""
    chosen = set(random.Random(seed).sample(range(len(made)), min(tries, len(made))))
    return [plant for index, plant in enumerate(made) if index in chosen]


def _found(plant: Plant, text: str) -> bool:
    return any(form in text for form in forms(plant.secret))


@dataclass
class Written:
    """What was written and shown, by its name, and the kinds of evidence that each plant left."""

    texts: dict[str, str]
    evidence: dict[str, set[str]]


class _Run:
    """The notebook with all plants, run, saved, shown and checked in a folder of its own."""

    def __init__(self, folder: Path, web: Web, chosen: Sequence[Plant]) -> None:
        self._folder, self._web, self._plants = folder, web, chosen
        self._project = folder / "project"
        self._project.mkdir()
        for plant in chosen:
            for path, text in plant.files:
                (self._project / path).parent.mkdir(parents=True, exist_ok=True)
                (self._project / path).write_text(text)
        self._environ = {**os.environ, **{name: value for plant in chosen for name, value in plant.variables}}
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CACHE_HOME"):
            (folder / name.lower()).mkdir()
            self._environ[name] = str(folder / name.lower())
        base = f"http://{HOST}:{web.port}"
        kept = [
            f"import urllib.request\ntry: urllib.request.urlopen('{base}/{path}?x=1')\nexcept OSError: pass"
            for path in KEPT
        ]
        sources = [_BEGIN, *(plant.source for plant in chosen), *kept]
        self._cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]

    def made(self) -> Written:
        """Run everything; gives what was written."""
        texts = self._live()
        record = self._project / "analysis.prov.json"
        texts["record"] = record.read_text("utf-8")
        texts["show"] = self._prov("show", _NOTEBOOK)
        self._web.pages["page"] = b"city,temp\nOslo,5.5\n"  # which a check has to explain
        texts["check"] = self._prov("check", _NOTEBOOK, "--env", "current", "--json", "report.json", "--show-noise")
        report = self._project / "report.json"
        assert report.exists(), texts["check"]
        texts["report"] = report.read_text("utf-8")
        index = {"UV_INDEX_URL": f"http://ada:{self._plants[0].secret}@127.0.0.1:9/simple?k={self._plants[0].secret}"}
        texts["failed check"] = self._prov("check", _NOTEBOOK, **index)
        return Written(texts, self._evidence(json.loads(texts["record"])))

    def _evidence(self, record: Mapping[str, Any]) -> dict[str, set[str]]:
        ran = {one["cell"]: set(one["evidence"]) for session in record["sessions"] for one in session["executions"]}
        spots = {BLIND_SPOT for session in record["sessions"] if BLIND_SPOT in str(session["blind_spots"])}
        return {plant.way: ran.get(f"c{number}", set()) | spots for number, plant in enumerate(self._plants, 1)}

    def _prov(self, *arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_prov", *arguments],
            cwd=self._project,
            env={**self._environ, **variables, "COLUMNS": "400"},
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def _live(self) -> dict[str, str]:
        """Run the notebook in a live server and save it; gives the live answer and the server's log."""
        notebook = nbformat.v4.new_notebook(cells=self._cells)
        (self._project / _NOTEBOOK).write_text(nbformat.writes(notebook))
        with self._server() as ask:
            body = {"path": _NOTEBOOK, "name": _NOTEBOOK, "type": "notebook", "kernel": {"name": "python3"}}
            session = ask("POST", "api/sessions", body)
            runtime = Path(self._environ["JUPYTER_RUNTIME_DIR"])
            connection = runtime / f"kernel-{session['kernel']['id']}.json"
            _until(lambda: connection.exists())
            client = BlockingKernelClient(connection_file=str(connection))
            client.load_connection_file()
            client.start_channels()
            try:
                _until(lambda: _is_ready(client))
                for cell in self._cells:
                    _run(client, cell)
            finally:
                client.stop_channels()
            shown = [{"id": cell.id, "source": zlib.crc32(cell.source.encode())} for cell in self._cells]
            live = ask("POST", "jupyter-prov/live", {"path": _NOTEBOOK, "cells": shown})
            ask("PUT", f"api/contents/{_NOTEBOOK}", {"type": "notebook", "format": "json", "content": notebook})
            _until(lambda: (self._project / "analysis.prov.json").exists())
            ask("DELETE", f"api/sessions/{session['id']}")
        return {
            "live": json.dumps(live, ensure_ascii=False),
            "log": (self._folder / "log").read_text("utf-8", "replace"),
        }

    @contextmanager
    def _server(self) -> Iterator[Callable[..., Any]]:
        """A Jupyter Server, asked by method, address and body."""
        command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [
            "--port=0",
            f"--ServerApp.root_dir={self._project}",
            f"--ServerApp.jpserver_extensions={only('jupyter_prov')}",
        ]
        with (self._folder / "log").open("wb") as log:
            environ = {**self._environ, "JUPYTER_TOKEN": "campaign"}
            process = subprocess.Popen(command, env=environ, cwd=self._project, stdout=log, stderr=log)
            try:
                info = Path(self._environ["JUPYTER_RUNTIME_DIR"]) / f"jpserver-{process.pid}.json"
                yield _answering(info)
            finally:
                process.terminate()
                process.wait(60)


def _answering(info: Path) -> Callable[..., Any]:
    """How the server is asked, once it answers."""

    def ask(method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": "token campaign", "Content-Type": "application/json"}
        url = json.loads(info.read_text())["url"]
        with urllib.request.urlopen(urllib.request.Request(f"{url}{path}", data, headers, method=method)) as answer:
            return json.loads(answer.read() or b"{}")

    def answers() -> bool:
        try:
            return bool(ask("GET", "api/status"))
        except (OSError, ValueError):
            return False

    _until(answers)
    return ask


def _until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_ready(client: BlockingKernelClient) -> bool:
    """Whether the kernel answers, and what it says is heard."""
    client.kernel_info()
    try:
        client.get_shell_msg(timeout=2)
        return bool(client.get_iopub_msg(timeout=2))
    except queue.Empty:
        return False


def _run(client: BlockingKernelClient, cell: Any) -> None:
    """Run a cell with its id, as JupyterLab does, and keep its outputs."""
    content = {
        "code": cell.source,
        "silent": False,
        "store_history": True,
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message = client.session.msg("execute_request", content, metadata={"cellId": cell.id})
    client.shell_channel.send(message)
    while True:
        told = client.get_iopub_msg(timeout=_SECONDS)
        if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        kind = told["msg_type"]
        if kind == "execute_input":
            cell.execution_count = told["content"]["execution_count"]
        elif kind in ("stream", "display_data", "execute_result", "error"):
            cell.outputs.append(nbformat.v4.output_from_msg(told))
        elif kind == "status" and told["content"]["execution_state"] == "idle":
            return


def main(argv: Sequence[str] | None = None) -> int:
    """Run the campaign as a command."""
    return command(campaign, 160, None if argv is None else list(argv))


if __name__ == "__main__":
    sys.exit(main())
