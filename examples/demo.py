"""The whole circle on a real analysis: run a notebook in a live server, save it, check what was saved.

It does what a person does in JupyterLab, through the same interfaces and without a browser, and exits
with 0 when the check has found the one seed that examples/penguins leaves out on purpose.
`make demo` installs what it needs; by hand that is `pip install .[demo]`, then `python examples/demo.py`.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import websocket

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / "build" / "demo"
NOTEBOOK = "penguins.ipynb"
RECORD = "penguins.prov.json"
SEEDLESS = "forest"  # the id of the cell that draws without a seed

Json = dict[str, Any]


class DemoError(Exception):
    """The circle did not close."""


def main() -> int:
    """Run the demo; 0 when everything came out as the example promises."""
    project = fresh_copy()
    with tempfile.TemporaryDirectory(prefix="jupyter-prov-demo-", ignore_cleanup_errors=True) as folder:
        environ = own_jupyter_folders(Path(folder))
        try:
            run_and_save(project, environ)
            show_check(project, environ)
        except DemoError as error:
            print(f"\nThe demo failed: {error}", file=sys.stderr)
            return 1
    print(
        "\nThe seed that is missing on purpose was found, and nothing else differed.\n"
        f"  notebook  {project / NOTEBOOK}\n  record    {project / RECORD}\n"
        f"  report    {PLACE / 'report.json'}\n  in Lab    {shlex.join(lab_command(project))}"
    )
    return offer_lab(project)


def lab_command(project: Path) -> list[str]:
    """The command that opens JupyterLab on the example, where the panel at the right shows the same."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [str(Path(sys.executable).parent / "jupyter"), "lab", *as_root, str(project / NOTEBOOK)]


def offer_lab(project: Path) -> int:
    """Ask a person at a terminal whether to open it, and stay until JupyterLab has ended."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return 0
    try:
        answer = input("\nOpen the example in JupyterLab now? [y/N] ")
        if answer.strip().lower() in ("y", "yes"):
            subprocess.run(lab_command(project), cwd=project, check=False)
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def fresh_copy() -> Path:
    """A copy of the example under build/, without what an earlier run left there."""
    shutil.rmtree(PLACE, ignore_errors=True)
    made = shutil.ignore_patterns("summary.csv", "*.prov.json", "__pycache__", ".*")
    return Path(shutil.copytree(HERE / "penguins", PLACE / "penguins", ignore=made))


def own_jupyter_folders(folder: Path) -> dict[str, str]:
    """Environment variables under which Jupyter and IPython see nobody's settings."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    for name in names:
        (folder / name.lower()).mkdir()
    return {**os.environ, **{name: str(folder / name.lower()) for name in names}}


# --------------------------------------------------------------------------- a person at the notebook
def run_and_save(project: Path, environ: dict[str, str]) -> None:
    """Run every cell in a live kernel, save, and wait until the record lies beside the notebook."""
    notebook = json.loads((project / NOTEBOOK).read_text(encoding="utf-8"))
    with jupyter_server(project, environ) as server:
        session = server.ask("POST", "sessions", session_of(NOTEBOOK))
        with closing(server.channels(session["kernel"]["id"])) as kernel:
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    run_cell(kernel, cell)
        server.ask("PUT", f"contents/{NOTEBOOK}", {"type": "notebook", "format": "json", "content": notebook})
        wait_for(project / RECORD)
        server.ask("DELETE", f"sessions/{session['id']}")


def session_of(path: str) -> Json:
    return {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}


def run_cell(kernel: websocket.WebSocket, cell: Json) -> None:
    """Run one cell and put its outputs into it, as a front end does."""
    started = time.monotonic()
    code = "".join(cell["source"])
    request = execute_request(code, cell["id"])
    kernel.send(json.dumps(request))
    cell["outputs"] = []
    waiting_for = {"idle", "reply"}
    while waiting_for:
        message = json.loads(kernel.recv())
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "execute_reply":
            cell["execution_count"] = content["execution_count"]
            waiting_for.discard("reply")
        elif kind == "status" and content["execution_state"] == "idle":
            waiting_for.discard("idle")
        elif kind == "error":
            raise DemoError(f"the cell {cell['id']} raised {content['ename']}: {content['evalue']}")
        elif kind in ("stream", "display_data", "execute_result"):
            add_output(cell["outputs"], kind, content)
    seconds = time.monotonic() - started
    print(f"  ran {cell['id']:<12} {seconds:5.1f} s   {code.splitlines()[0]:.50}", flush=True)


def execute_request(code: str, cell_id: str) -> Json:
    """The message with which JupyterLab runs a cell; it names the cell in its metadata."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": "demo", "username": "person", "date": "2026-01-01T00:00:00Z"}
    return {
        "channel": "shell",
        "header": header,
        "parent_header": {},
        "metadata": {"cellId": cell_id, "deletedCells": [], "recordTiming": False, "trusted": True},
        "content": {"code": code, "silent": False, "store_history": True, "allow_stdin": False},
        "buffers": [],
    }


def add_output(outputs: list[Json], kind: str, content: Json) -> None:
    """Add a message's output; pieces of one stream are joined."""
    last = outputs[-1] if outputs else {}
    if kind == "stream" and last.get("name") == content["name"]:
        last["text"] += content["text"]
    else:
        content.pop("transient", None)
        outputs.append({"output_type": kind, **content})


def wait_for(record: Path, seconds: float = 120) -> None:
    """Until the server has written the whole record."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            json.loads(record.read_text(encoding="utf-8"))
            return
        except (OSError, ValueError):  # not there yet, or half-written
            time.sleep(0.1)
    raise DemoError(f"no {record.name} beside the saved notebook after {seconds:.0f} s; see {PLACE / 'server.log'}")


# ------------------------------------------------------------------------------------------ the server
class Server:
    """The interfaces of a running Jupyter Server that the demo uses."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"token {token}"}

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """The answer of its REST interface."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._url}api/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            parsed: Json = json.loads(answer.read() or b"{}")
            return parsed

    def channels(self, kernel_id: str) -> websocket.WebSocket:
        """A kernel's channels, multiplexed as JSON text on one socket."""
        address = f"{self._url.replace('http', 'ws', 1)}api/kernels/{kernel_id}/channels?session_id=demo"
        return websocket.create_connection(address, timeout=120, header=self._headers)


@contextmanager
def jupyter_server(project: Path, environ: dict[str, str]) -> Iterator[Server]:
    """A Jupyter Server on a free port with a token, for as long as the block lasts."""
    token = secrets.token_hex(24)
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += ["--port=0", f"--ServerApp.root_dir={project}"]
    with (PLACE / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**environ, "JUPYTER_TOKEN": token}, cwd=project, stdout=log, stderr=log
        )
        try:
            yield answering(process, Path(environ["JUPYTER_RUNTIME_DIR"]), token)
        finally:
            stop(process)


def answering(process: subprocess.Popen[bytes], runtime: Path, token: str, seconds: float = 180) -> Server:
    """The server, once it answers a request: the file with its address is there a moment before."""
    info = runtime / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server = Server(str(json.loads(info.read_text(encoding="utf-8"))["url"]), token)
            server.ask("GET", "status")
            return server
        except (OSError, ValueError):  # no file yet, a half-written one, or nobody listens
            time.sleep(0.1)
    raise DemoError(f"Jupyter Server did not start; see {PLACE / 'server.log'}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# ------------------------------------------------------------------------------------------- the check
def show_check(project: Path, environ: dict[str, str]) -> None:
    """Run `jupyter prov check`, let it print its report, and hold its verdict against the truth."""
    report = PLACE / "report.json"
    print(f"\n$ jupyter prov check {NOTEBOOK}\n", flush=True)
    command = [sys.executable, "-m", "jupyter", "prov", "check", NOTEBOOK, "--json", str(report)]
    done = subprocess.run(command, cwd=project, env=environ, check=False)
    if done.returncode != 1:
        raise DemoError(f"the check exited with {done.returncode}; 1 was expected, for the missing seed")
    [checked] = json.loads(report.read_text(encoding="utf-8"))["notebooks"]
    differing = [cell for cell in checked["cells"] if cell["verdict"] in ("differs", "failed")]
    found = {(cause["kind"], cause["cell"]) for cell in differing for cause in cell["causes"]}
    truth = {("random", index) for index, cell in enumerate(cells_of(project)) if cell["id"] == SEEDLESS}
    if found != truth:
        raise DemoError(f"the causes found are {sorted(found)}; the truth is {sorted(truth)}")


def cells_of(project: Path) -> list[Json]:
    return list(json.loads((project / NOTEBOOK).read_text(encoding="utf-8"))["cells"])


if __name__ == "__main__":
    sys.exit(main())
