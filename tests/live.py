"""A real kernel, driven as a recorder drives it: the handshake, cells with ids, and the entries they send."""

from __future__ import annotations

import os
import queue
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from jupyter_prov.record import wire
from jupyter_prov.record.assemble import live
from jupyter_prov.record.model import OK, Execution, Record
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog
from tests.record.making import valid

SOURCE = str(Path(__file__).parent.parent)


class OneKernel(KernelSpecManager):
    """Knows a single kernel: this interpreter's."""

    argv: Sequence[str] = ()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=list(self.argv), display_name="test", language="python")


class LiveKernel:
    """A running kernel with its entries so far."""

    def __init__(self, manager: KernelManager, folder: Path) -> None:
        self.manager = manager
        self.folder = folder
        self.client = manager.client()
        self.client.start_channels(hb=False)  # whose thread takes a second to end
        self.client.wait_for_ready(timeout=300)
        self.entries: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        """All updates of displays."""

    def request(self, content: Mapping[str, Any], cell: str | None = None, wait: bool = True) -> dict[str, Any]:
        """Send an execute_request and, if asked, wait for its reply and its idle status."""
        message = self.client.session.msg("execute_request", dict(content))
        if cell:
            message["metadata"]["cellId"] = cell
        self.outputs = []
        self.client.shell_channel.send(message)
        if not wait:
            return {}
        self.drain(message["header"]["msg_id"])
        while True:
            reply = self.client.get_shell_msg(timeout=300)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(reply["content"])

    def drain(self, until_idle: str | None, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                return
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == wire.MESSAGE:
                self.entries.append(content)
            elif kind == "update_display_data":
                self.updates.append(content)
            elif kind in ("stream", "error", "execute_result", "display_data"):
                self.outputs.append({"output_type": kind, **content})
            elif message["parent_header"].get("msg_id") == until_idle and content.get("execution_state") == "idle":
                return

    def handshake(self) -> str:
        return wire.answer(self.request(wire.handshake()))

    def run(self, code: str, cell: str | None = None, wait: bool = True) -> dict[str, Any]:
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        return self.request(content, cell or uuid.uuid4().hex[:8], wait)

    @property
    def text(self) -> str:
        """What the last request printed or showed, as text."""
        return "".join(
            o.get("text") or o.get("data", {}).get("text/plain", "") or "\n".join(o.get("traceback", ()))
            for o in self.outputs
        )

    def settle(self) -> None:
        """Wait until all that is to come of the cells so far has come; what the last one showed stays."""
        outputs = self.outputs
        self.request(wire.settle())
        self.outputs = outputs

    def helper(self) -> psutil.Process:
        """The helper process of this kernel, which is not among its children."""
        session = self.entries[0]["session"]
        [found] = [p for p in psutil.process_iter(["cmdline"]) if session in (p.info["cmdline"] or ())]
        return found

    def log(self) -> SessionLog:
        """The session as a recorder would know it, everything settled."""
        self.settle()
        return self.log_so_far()

    def log_so_far(self) -> SessionLog:
        """The session as far as its entries have come; of several, the last."""
        log = SessionLog("test")
        for entry in self.entries:
            log.apply(entry)
        return log

    def record(self, folder: Path) -> Record:
        return live("analysis.ipynb", self.log(), Place.of_folder(folder))

    def execution(self, number: int = -1) -> Execution:
        return self.log().executions[number]

    def ran(self, code: str, cell: str | None = None) -> Execution:
        """What was recorded of a cell, once it has run and its digests have come."""
        self.run(code, cell)
        return self.execution()

    def noted(self, code: str, kind: str) -> dict[str, Any]:
        """What one factor noted about a cell, which must run to its end."""
        execution = self.ran(code)
        assert execution.outcome == OK, self.text
        return execution.evidence.get(kind, {})

    def until(self, met: Callable[[], bool], what: str, seconds: float = 300) -> None:
        """Take in messages until a condition is met."""
        deadline = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < deadline, f"never happened: {what}"
            self.drain(None, 0.05)


@contextmanager
def kernel(
    folder: Path, python: str = sys.executable, environ: Mapping[str, str] | None = None, shake: bool = True
) -> Iterator[LiveKernel]:
    """A kernel in this folder that finds the source tree's jupyter_prov; it ends with the block."""
    home = folder.parent / "kernel-home"
    env = {k: v for k, v in os.environ.items() if k not in ("JPY_SESSION_NAME", "JUPYTER_PROV")}
    env |= {"IPYTHONDIR": str(home), "PYTHONPATH": SOURCE, **(environ or {})}
    specs = OneKernel()
    specs.argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager = KernelManager(kernel_spec_manager=specs)
    manager.start_kernel(cwd=str(folder), env=env)
    live_kernel = None
    try:
        live_kernel = LiveKernel(manager, folder)
        if shake:
            assert live_kernel.handshake() == wire.RECORDING
        yield live_kernel
        if live_kernel.entries:
            valid(live("any.ipynb", live_kernel.log_so_far(), Place.of_folder(folder)))
    finally:
        if live_kernel is not None:
            live_kernel.client.stop_channels()
        manager.shutdown_kernel(now=True)


def companion(name: str) -> str:
    """The expression that gives, within a kernel, what works beside its recording, by the name of its class."""
    return (
        f"{{type(one).__name__: one for one in get_ipython()._jupyter_prov_recording._companions.values()}}[{name!r}]"
    )
