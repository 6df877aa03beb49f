"""`python -m benchmarks.causes` acts planted differences and prints precision and recall of the causes named."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.causes.acting import Told, act
from benchmarks.causes.planted import Planted, every


def main() -> None:
    """Act what is asked for, one after the other, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.causes", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="act every Nth only")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with this one")
    parser.add_argument("--only", default="", metavar="TEXT", help="act those whose name holds this")
    parser.add_argument("--explain", default="quick", choices=("quick", "full"))
    options = parser.parse_args()
    chosen = [one for one in every() if options.only in one.name][options.first :: options.every]
    acted: list[tuple[Planted, Told]] = []
    for planted in chosen:
        with tempfile.TemporaryDirectory(prefix="causes-", ignore_cleanup_errors=True) as folder:
            told = act(planted, Path(folder), options.explain)
        acted.append((planted, told))
        if told.causes != planted.truth:
            print(f"  {planted.name}: told {told.causes}, truth {planted.truth}", flush=True)
    print(f"{len(acted)} planted differences, {options.explain}")
    for name, group in (("all", acted), ("held out", [one for one in acted if one[0].held_out])):
        print(f"\n{name}: {len(group)}")
        for line in table(group):
            print(line)


def table(acted: Iterable[tuple[Planted, Told]]) -> list[str]:
    """Precision and recall of each kind over cells, and how many of the kinds found point at the right cell."""
    truly, named, found, rooted = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for planted, told in acted:
        for cell in planted.truth.keys() | told.causes.keys():
            truth, causes = planted.truth.get(cell, set()), told.causes.get(cell, set())
            kinds, told_kinds = {kind for kind, _ in truth}, {kind for kind, _ in causes}
            truly.update(kinds)
            named.update(told_kinds - {"unknown"})
            found.update(kinds & told_kinds)
            rooted.update(kind for kind in kinds & told_kinds if _of(kind, causes) == _of(kind, truth))
    lines = ["| kind | planted | precision | recall | right cell |", "|---|---|---|---|---|"]
    for kind in sorted(truly | named):
        lines.append(_line(kind, truly[kind], named[kind], found[kind], rooted[kind]))
    return [*lines, _line("all", truly.total(), named.total(), found.total(), rooted.total())]


def _of(kind: str, causes: set[tuple[str, int]]) -> set[int]:
    return {cell for one, cell in causes if one == kind}


def _line(kind: str, truly: int, named: int, found: int, rooted: int) -> str:
    shares = [
        f"{part / whole:.3f}" if whole else "-" for part, whole in ((found, named), (found, truly), (rooted, found))
    ]
    return f"| {kind} | {truly} | {' | '.join(shares)} |"


if __name__ == "__main__":
    main()
