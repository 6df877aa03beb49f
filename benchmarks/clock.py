"""What a cell costs that reads the clock all the time, beside the same cell in a kernel that does not record."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.kernels import KernelKit, kernel
from benchmarks.measure import Result, median, paired, shown

READS, LIBRARYS = 3_000_000, 1_000_000
_SET_UP = """
import time, datetime, types
from time import perf_counter
library = types.ModuleType("library")
text = "import time, datetime\\ndef read(clock, n):\\n    for _ in range(n): clock()\\n" \\
       "def poll(n):\\n    for _ in range(n): time.time()\\n"
exec(compile(text, "/usr/lib/library.py", "exec"), vars(library))
"""
LOOPS = {
    "3 M × time.time()": f"for _ in range({READS}): time.time()",
    "3 M × datetime.datetime.now()": f"for _ in range({READS}): datetime.datetime.now()",
    "3 M × time.perf_counter()": f"for _ in range({READS}): time.perf_counter()",
    "3 M × perf_counter(), imported before": f"for _ in range({READS}): perf_counter()",
    "1 M × time.time() in a library": f"library.poll({LIBRARYS})",
    "1 M × time.perf_counter() in a library": f"library.read(time.perf_counter, {LIBRARYS})",
    "1 M × datetime.now() in a library": f"library.read(datetime.datetime.now, {LIBRARYS})",
}
IDLE = "for i in range(3_000_000): i * i"


def clock() -> Iterator[Result]:
    """Loops of reads by the notebook and by a library, and a loop without any."""
    with kernel(record=True) as ours, kernel(record=False) as plain:
        ours.handshake()
        for kit in (ours, plain):
            kit.run(_SET_UP)
        for name, source in LOOPS.items():
            yield compared(name, source, ours, plain, runs=5, promise=2.0)
        yield compared("a loop that reads no clock", IDLE, ours, plain, runs=15, promise=1.02)


def compared(name: str, source: str, ours: KernelKit, plain: KernelKit, runs: int, promise: float) -> Result:
    """A cell with this source in both kernels, in turn."""
    one, other = paired(lambda: ours.run(source), lambda: plain.run(source), runs)
    ratio = median([a / b for a, b in zip(one, other, strict=True)])
    return Result(name, shown(median(one)),
                  f"plain {shown(median(other))}", f"{ratio:.2f}", f"≤ {promise:g} ×", ratio <= promise)  # fmt: skip
