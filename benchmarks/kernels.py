"""The cost inside a kernel: loading, and a trivial cell at the start and after 10,000 executions."""

from __future__ import annotations

import os
import queue
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.record import wire
from jupyter_prov.record.journal import Journal

CELLS = 300
_LOAD = """
import time as _t
_s = _t.perf_counter()
from jupyter_prov.kernel.load import load as _l
_l(get_ipython())
_seconds = _t.perf_counter() - _s
"""
_LOOP = """
import itertools as _i, time as _t
_numbers = globals().get("_numbers") or _i.count()
def _cells(n, shell=get_ipython()):
    s = _t.perf_counter()
    for i in range(n):
        shell.run_cell(f"x = {next(_numbers)}", store_history=True)
    return (_t.perf_counter() - s) / n
"""

_CELL = """
from time import perf_counter as _took
def _cell(source, shell=get_ipython()):
    s = _took()
    result = shell.run_cell(source, store_history=True)
    result.raise_error()
    return _took() - s
"""


@contextmanager
def kernel(record: bool) -> Iterator[KernelKit]:
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "JUPYTER_PROV": "1" if record else "0", "IPYTHONDIR": folder}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling at each import would hide what is measured
        manager = KernelManager(kernel_name="python3")
        work = Path(folder, "work")
        work.mkdir()
        manager.start_kernel(cwd=str(work), env=environ)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        try:
            yield KernelKit(client, manager)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


class KernelKit:
    """A kernel that evaluates expressions, silently."""

    def __init__(self, client, manager) -> None:  # type: ignore[no-untyped-def]
        self.client, self._manager = client, manager

    def end(self) -> None:
        """Ask the kernel to shut down, and wait until it has."""
        self.client.shutdown()
        self._manager.finish_shutdown(waittime=120, pollinterval=0.01)

    def evaluate(self, expression: str, code: str = "") -> str:
        """The value of an expression after some code, as text; the code is not recorded."""
        content = {**wire.settle(), "code": code, "user_expressions": {"prov": expression}}
        message = self.client.session.msg("execute_request", content)
        self.client.shell_channel.send(message)
        while True:
            reply = self.client.get_shell_msg(timeout=600)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return wire.answer(reply["content"])

    def run(self, source: str) -> float:
        """Run a cell, which is recorded; how many seconds it took."""
        return float(self.evaluate(f"_cell({source!r})", _CELL))

    def memory(self) -> int:
        """Resident memory of the kernel, in bytes."""
        return int(self.evaluate("int(open('/proc/self/statm').read().split()[1])")) * os.sysconf("SC_PAGE_SIZE")

    def entries(self) -> Iterator[dict[str, Any]]:
        """What the kernel part has sent by now."""
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=0.3)
            except queue.Empty:
                return
            if message["msg_type"] == wire.MESSAGE:
                yield message["content"]

    def handshake(self) -> None:
        """Have the kernel part send, as under a server."""
        self.client.shell_channel.send(self.client.session.msg("execute_request", wire.handshake()))

    def settle(self) -> None:
        """Wait until all digests have been made."""
        self.evaluate("__import__('jupyter_prov.kernel.load').kernel.load.settle(get_ipython())")


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


def shutting_down() -> Iterator[Result]:
    """The end of a kernel that has read clocks, drawn and written, with and without recording."""

    def once(record: bool) -> float:
        with kernel(record) as kit:
            kit.evaluate("0", "import time, random; x = time.time(), random.random(); open('x', 'w').write('x')")
            return seconds(kit.end)

    ours, plain = paired(lambda: once(record=True), lambda: once(record=False), 5)
    ratio = median(ours) / median(plain)
    yield Result("shutdown of a kernel", shown(median(ours)), f"plain {shown(median(plain))}",
                 f"{ratio:.2f}", "≤ 1.5 ×", ratio <= 1.5)  # fmt: skip


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


_IMPORT = """
def _imported(shell=get_ipython()):
    import time as t
    s = t.process_time()
    shell.run_cell("import pandas, sklearn.linear_model, sklearn.ensemble, matplotlib.pyplot")
    return t.process_time() - s
"""


def importing() -> Iterator[Result]:
    """Importing pandas, scikit-learn and matplotlib in a kernel that has just started."""

    def once(record: bool) -> float:
        with kernel(record) as kit:
            return float(kit.evaluate("_imported()", _IMPORT))

    once(record=False)  # so that the files are in the page cache
    with_us, without = paired(lambda: once(record=True), lambda: once(record=False), 15)
    ratio = median(with_us) / median(without)
    yield Result("importing pandas, sklearn, matplotlib", shown(median(with_us)), f"plain {shown(median(without))}",
                 f"{ratio:.2f}", "≤ 1.05 ×", ratio <= 1.05)  # fmt: skip


def long_session() -> Iterator[Result]:
    """Journal and memory after 10,000 executions; memory beyond what the same session takes without us."""
    with tempfile.TemporaryDirectory() as folder, kernel(record=True) as ours, kernel(record=False) as plain:
        path = Path(folder, "journal.jsonl")
        journal, grown = Journal(path), []
        ours.handshake()
        for kit in (ours, plain):
            _per_cell(kit, 20)
            before = kit.memory()
            for _ in range(50):
                _per_cell(kit, 200)
                for entry in kit.entries():
                    journal.append(entry)
            grown.append(kit.memory() - before)
        journal.close()
        size, more = path.stat().st_size, grown[0] - grown[1]
        yield Result("journal of 10,000 executions", f"{size / 1e6:.1f} MB", "", "", "≤ 20 MB", size <= 20e6)
        yield Result("memory after 10,000 executions", f"+{more / 1e6:.1f} MB", f"plain {grown[1] / 1e6:.1f} MB", "",
                     "≤ 50 MB more", more <= 50e6)  # fmt: skip
