"""The cost inside a kernel: loading, and a trivial cell at the start and after 10,000 executions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.manager import KernelManager

from benchmarks.measure import Result, median, paired, shown
from jupyter_prov.record import wire

CELLS = 300
_LOAD = """
import time as _t
_s = _t.perf_counter()
from jupyter_prov.kernel.load import load as _l
_l(get_ipython())
_seconds = _t.perf_counter() - _s
"""
_LOOP = """
import time as _t
def _cells(n, shell=get_ipython()):
    s = _t.perf_counter()
    for i in range(n):
        shell.run_cell("x = 1", store_history=True)
    return (_t.perf_counter() - s) / n
"""


@contextmanager
def kernel(record: bool) -> Iterator[KernelKit]:
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "JUPYTER_PROV": "1" if record else "0", "IPYTHONDIR": folder}
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=folder, env=environ)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        try:
            yield KernelKit(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


class KernelKit:
    """A kernel that evaluates expressions, silently."""

    def __init__(self, client) -> None:  # type: ignore[no-untyped-def]
        self.client = client

    def evaluate(self, expression: str, code: str = "") -> str:
        """The value of an expression after some code, as text; the code is not recorded."""
        content = {**wire.settle(), "code": code, "user_expressions": {"prov": expression}}
        message = self.client.session.msg("execute_request", content)
        self.client.shell_channel.send(message)
        while True:
            reply = self.client.get_shell_msg(timeout=600)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return wire.answer(reply["content"])

    def handshake(self) -> None:
        """Have the kernel part send, as under a server."""
        self.client.shell_channel.send(self.client.session.msg("execute_request", wire.handshake()))


def _per_cell(kit: KernelKit, cells: int) -> float:
    # From a timer thread of the kernel's own loop, so that each run_cell is an outermost one.
    return float(kit.evaluate(f"_cells({cells})", _LOOP))


def loading() -> Iterator[Result]:
    """Loading the kernel part into a kernel that has just started."""

    def once() -> float:
        with kernel(record=False) as kit:
            return float(kit.evaluate("_seconds", "import os; os.environ.pop('JUPYTER_PROV')\n" + _LOAD))

    taken = median([once() for _ in range(5)])
    yield Result("loading into a kernel", shown(taken), "", "", "≤ 60 ms", taken <= 0.060)


def trivial_cells() -> Iterator[Result]:
    """A trivial cell with and without recording, at the start and after 10,000 executions."""
    with kernel(record=True) as ours, kernel(record=False) as plain:
        ours.handshake()
        for name, before in (("a trivial cell, first executions", 0), ("a trivial cell, after 10,000", 10_000)):
            for kit in (ours, plain):
                _per_cell(kit, before or 20)
            with_us, without = paired(lambda: _per_cell(ours, CELLS), lambda: _per_cell(plain, CELLS), 5)
            more = median(with_us) - median(without)
            ratio = f"{median(with_us) / median(without):.2f}"
            yield Result(
                name, f"+{shown(more)}", f"plain {shown(median(without))}", ratio, "≤ 1 ms more", more <= 0.001
            )
