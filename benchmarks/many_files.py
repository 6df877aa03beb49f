"""Cells that access many files, one after the other: no cell waits for what is recorded of the one before.

Wall time from the request to the end of its work, the slowest of five cells beside the same cell in a kernel without
recording: what one cell leaves behind may slow the next.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.kernels import KernelKit, kernel
from benchmarks.measure import Result, shown

SIZES = (1_000, 10_000)
"""How many files; `JUPYTER_PROV_BENCH_FILES=100000` measures another number."""
CELLS, TRIES = 5, 15
_MOST = {"appended": 2.5}
"""Promises other than that of 1.5 ×: before a file is appended to, the state that is there is noted."""
_REST = 1.0
"""Seconds after the files were made, which is no part of what is measured: the disk writes, and folders are marked."""
_MAKE = """
import os
def _make(top, count, per_folder):
    for n in range(count):
        folder = f"{top}/{n // per_folder}"
        if n % per_folder == 0: os.makedirs(folder)
        with open(f"{folder}/{n}", "w") as f: f.write(f"number {n}")
"""
_LOOP = "for n in range({count}):\n    with open(f'{top}/{{n // {per}}}/{{n}}', '{mode}') as f: {work}"
_WRITE = "f.write(f'{n} of TURN')"


def _cells(kind: str, top: str, count: int) -> tuple[str, list[str]]:
    """What is run first, and the cells that are measured."""
    per = 10 if kind == "many folders" else 1_000
    make = f"{_MAKE}\n_make({top!r}, {count}, {per})"
    read = _LOOP.format(count=count, top=top, per=per, mode="r", work="f.read()")
    write = _LOOP.format(count=count, top=top, per=per, mode="w", work=_WRITE)
    append = _LOOP.format(count=count, top=top, per=per, mode="a", work=_WRITE)
    new = [
        f"{_FOLDERS.format(top=f'{top}-{turn}', count=count, per=per)}\n"
        + _LOOP.format(count=count, top=f"{top}-{turn}", per=per, mode="w", work=_WRITE)
        for turn in range(CELLS)
    ]
    return make, {
        "old": [read] * CELLS,
        "many folders": [read] * CELLS,
        "new": new,
        "overwritten": [write] * CELLS,
        "appended": [append] * CELLS,
        "written and read": [write, read, write, read, write],
    }[kind]


_FOLDERS = "import os\nfor n in range(0, {count}, {per}): os.makedirs(f'{top}/{{n // {per}}}')"
KINDS = ("old", "many folders", "new", "overwritten", "appended", "written and read")


class _Timed:
    """A kernel whose cells are timed from outside, as a front end sees them."""

    def __init__(self, kit: KernelKit) -> None:
        self._client: Any = kit.client

    def run(self, code: str) -> float:
        """Seconds until the cell has been answered and its kernel is idle."""
        started = time.perf_counter()
        sent = self._client.execute(code)
        idle = reply = False
        while not idle:
            message = self._client.get_iopub_msg(timeout=600)
            is_status = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            idle = is_status and message["parent_header"].get("msg_id") == sent
        while not reply:
            found = self._client.get_shell_msg(timeout=600)
            reply = found["parent_header"].get("msg_id") == sent
        if found["content"]["status"] != "ok":
            raise RuntimeError(str(found["content"]))
        return time.perf_counter() - started


def _once(kit: KernelKit, kind: str, top: str, count: int) -> list[float]:
    timed = _Timed(kit)
    make, cells = _cells(kind, top, count)
    kit.evaluate("None", make)
    time.sleep(_REST)
    return [timed.run(cell.replace("TURN", str(turn))) for turn, cell in enumerate(cells)] + [timed.run("x = 1")]


def many_files() -> Iterator[Result]:
    """Each kind of access, for each number of files."""
    sizes = [int(os.environ["JUPYTER_PROV_BENCH_FILES"])] if "JUPYTER_PROV_BENCH_FILES" in os.environ else SIZES
    for count, kind in itertools.product(sizes, KINDS):
        with kernel(record=True) as ours, kernel(record=False) as plain:
            ours.handshake()
            pairs = [(_once(ours, kind, f"a{n}", count), _once(plain, kind, f"a{n}", count)) for n in range(TRIES)]
        with_us = [min(times) for times in zip(*(one for one, _ in pairs), strict=True)]
        without = [min(times) for times in zip(*(other for _, other in pairs), strict=True)]
        *ratios, _ = [a / b for a, b in zip(with_us, without, strict=True)]
        most = _MOST.get(kind, 1.5)
        worst = max(range(CELLS), key=ratios.__getitem__)
        yield Result(
            f"{count:,} files, {kind}, slowest of {CELLS}", shown(with_us[worst]), f"plain {shown(without[worst])}",
            f"{ratios[worst]:.2f}", f"≤ {most} ×", ratios[worst] <= most,
        )  # fmt: skip
        more = with_us[-1] - without[-1]
        yield Result("   … and a trivial cell after them", f"+{shown(more)}", "", "", "≤ 20 ms more", more <= 0.02)
