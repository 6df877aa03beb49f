"""What the ladder of further re-runs costs: nothing where a notebook reproduces, few re-runs where it differs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.checks import notebook
from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.check.checker import Options, check

RUNS = 3
SLOW = "import time\ntime.sleep(3)"
SAME = (SLOW, "print(6 * 7)")
DIFFERING = {
    "one that draws": (SLOW, "import random\nrandom.random()"),
    "one that shows a set": (SLOW, "list({'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'})"),
    "one that draws and reads the clock": (SLOW, "import random, time\nrandom.random(), time.time()"),
    "one of four causes": (
        SLOW,
        "import random, secrets, time\nrandom.random()",
        "time.time()",
        "secrets.token_hex()",
        "list({'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'})",
    ),
}


def explaining() -> Iterator[Result]:
    """Whole checks with `--explain quick` beside those that look for no cause, which re-run once."""
    with tempfile.TemporaryDirectory() as name:
        path = notebook(Path(name), SAME)
        ratio, one, other = _compared(path)
        yield Result("explaining a notebook that reproduces", shown(one), f"not looking {shown(other)}",
                     f"{ratio:.2f}", "≤ 1.05 ×", ratio <= 1.05)  # fmt: skip
    for what, sources in DIFFERING.items():
        with tempfile.TemporaryDirectory() as name:
            path = notebook(Path(name), sources)
            ratio, one, other = _compared(path)
            yield Result(f"explaining {what}", shown(one), f"one re-run {shown(other)}",
                         f"{ratio:.2f}", "≤ 4 ×", ratio <= 4.0)  # fmt: skip


def _compared(path: Path) -> tuple[float, float, float]:
    """The ratio, and the seconds of a check that explains and of one that does not."""

    def with_causes() -> float:
        return seconds(lambda: check(path, Options(env="current", explain="quick")))

    def without() -> float:
        return seconds(lambda: check(path, Options(env="current", explain="no")))

    without()
    one, other = paired(with_causes, without, RUNS)
    return median([a / b for a, b in zip(one, other, strict=True)]), median(one), median(other)
