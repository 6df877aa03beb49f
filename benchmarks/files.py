"""The cost of watching files and of digesting them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from benchmarks.kernels import KernelKit, kernel
from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.record.file_digests import Digests

FILES = 10_000
SIZE = 512 << 20
RUNS = 5
_OPEN = """
def _opened(folder, shell=get_ipython()):
    import time as t
    code = f"for _n in range({files}):\\n    with open(f'{folder}/{{_n}}') as _f: _f.read()"
    s = t.process_time()
    shell.run_cell(code)
    return t.process_time() - s
""".replace("{files}", str(FILES))


def opening() -> Iterator[Result]:
    """A cell that opens thousands of files, with and without recording: processor time of the kernel."""
    with tempfile.TemporaryDirectory() as name, kernel(record=True) as ours, kernel(record=False) as plain:
        for number in range(FILES):
            Path(name, str(number)).write_text(f"number {number}")

        def once(kit: KernelKit) -> float:
            taken = float(kit.evaluate(f"_opened({name!r})", _OPEN))
            kit.settle()
            return taken

        ours.handshake()
        once(ours)
        once(plain)
        with_us, without = paired(lambda: once(ours), lambda: once(plain), RUNS)
        ratio = median([a / b for a, b in zip(with_us, without, strict=True)])
        yield Result(f"a cell that opens {FILES:,} files", shown(median(with_us)), f"plain {shown(median(without))}",
                     f"{ratio:.2f}", "≤ 1.5 ×", ratio <= 1.5)  # fmt: skip


def digesting() -> Iterator[Result]:
    """A file in page cache, beside blake3 over the same bytes in memory."""
    content = os.urandom(1 << 20) * (SIZE >> 20)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        ours, theirs = paired(
            lambda: seconds(lambda: Digests().of(file.name)), lambda: seconds(lambda: blake3(content).digest()), RUNS
        )
    ratio = median([b / a for a, b in zip(ours, theirs, strict=True)])
    speed = f"{SIZE / median(ours) / 1e9:.2f} GB/s"
    yield Result("digest of a file in page cache", speed, f"blake3 {SIZE / median(theirs) / 1e9:.2f} GB/s",
                 f"{ratio:.2f}", "≥ 0.8 ×", ratio >= 0.8)  # fmt: skip
