"""How many calls by which notebooks read and write files are seen: `python -m benchmarks.io_coverage [NAME…]`.

Each call runs in a real kernel with the extension; names select those that hold one of them. Exit code 1 where
fewer than 98 % are seen, or more than 2 % show files that they did not touch, on Linux.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import shorten

from benchmarks.io_calls import CATALOGUE
from benchmarks.io_run import Runner
from benchmarks.io_seen import MISSING, YES, Row, totals

PROMISED = 0.98
_LINE = "{:<35} {:<5} {:<12} {:<14} {}"
_HEAD = ("call", "does", "seen", "via", "by")


def main(arguments: Sequence[str]) -> int:
    """Run the calls and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.io_coverage", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only calls whose names hold one of these")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="the kernel's interpreter")
    parser.add_argument("--markdown", action="store_true", help="print the table as the documentation shows it")
    asked = parser.parse_args(arguments)
    chosen = {
        group: [call for call in calls if not asked.names or any(name in call.name for name in asked.names)]
        for group, calls in CATALOGUE.items()
    }
    rows: list[Row] = []
    print(_heading(asked.markdown))
    with tempfile.TemporaryDirectory() as folder, Runner(asked.python, Path(folder), chosen) as runner:
        for group, calls in chosen.items():
            for call in calls:
                rows.append(runner.row(group, call))
                print(_line(rows[-1], asked.markdown), flush=True)
    print("\n" + "\n".join(summary(rows)))
    return 1 if sys.platform == "linux" and not held(rows) else 0


def held(rows: Sequence[Row]) -> bool:
    """Whether as many calls as promised were seen, and as many without noise."""
    seen, counted = totals(rows)["all"]
    return min(seen, counted - sum(bool(row.noise) for row in rows)) >= PROMISED * counted


def _heading(markdown: bool) -> str:
    if markdown:
        return f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}"
    return _LINE.format(*_HEAD).rstrip()


def _line(row: Row, markdown: bool) -> str:
    cells = (row.call.name, row.call.direction, row.seen, row.via, row.by)
    return f"| {' | '.join(cells)} |" if markdown else _LINE.format(*cells).rstrip()


def summary(rows: Sequence[Row]) -> Iterable[str]:
    """What stands under the table: the totals, why calls were not seen, and what was noted without being touched."""
    for name, (seen, counted) in totals(rows).items():
        share = f"{seen / counted:.1%}" if counted else "–"
        yield f"{name:<5} {seen:>4} of {counted:<4} {share:>7}"
    noisy = [row for row in rows if row.noise]
    yield f"calls with files noted that they did not touch: {len(noisy)}"
    for row in noisy:
        yield f"  {row.call.name}: {', '.join(row.noise)}"
    for row in rows:
        if row.seen not in (YES, MISSING):
            yield shorten(f"not seen: {row.call.name}: {row.remark or row.seen}", 80, placeholder=" …")
    lacking = sorted({row.remark for row in rows if not row.counts})
    if lacking:
        yield f"no library: {'; '.join(lacking)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
