"""Snippets that print all that code can see, with recording and without: only what the documentation lists differs.

`snippets.txt` holds them: `=== NAME`, then its cells, with `# %%` between two of them. Each runs in three kernels, two
of them without recording, as what differs between those says nothing.
"""

from __future__ import annotations

import itertools
import queue
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.campaign.figure import Figure, command
from tests.live import LiveKernel, kernel

HERE = Path(__file__)
DOCUMENT = HERE.parents[2] / "docs" / "record.md"
HEADING = "## What code can see"
_CLEAN = """
import gc as _gc, sys as _sys
for _name in set(globals()) - _kept - {"_name"}: del globals()[_name]
"""
_PREPARE = "import sys; sys.path[:] = [p for p in sys.path if p]\n_kept = set(globals()) | {'_kept'}"


@dataclass(frozen=True)
class Snippet:
    """A name, and the cells that run one after the other."""

    name: str
    cells: tuple[str, ...]


def snippets() -> list[Snippet]:
    """All snippets of the file."""
    parts = re.split(r"^=== (.+)\n", HERE.with_suffix(".txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [Snippet(name, tuple(text.split("# %%\n"))) for name, text in zip(parts[::2], parts[1::2], strict=True)]


def listed() -> dict[str, str]:
    """The snippets that may differ as the documentation says, with what differs."""
    section = DOCUMENT.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", section, flags=re.MULTILINE)
    return {name: what.strip("` ") for what, names in rows for name in re.findall(r"`([^`]+)`", names)}


def campaign(tries: int, seed: int, python: str = sys.executable) -> list[Figure]:
    """Run snippets with recording and without, and list those that show something else."""
    every = snippets()
    chosen = sorted(random.Random(seed).sample(range(len(every)), min(tries, len(every))))
    some = [every[number] for number in chosen]
    figure, may = Figure("code sees what it sees without recording, but for what is documented"), listed()
    recorded, plain, again = (_shown(some, python, prov) for prov in ("1", "0", "0"))
    for snippet in some:
        name = snippet.name
        if plain[name] != again[name]:
            figure.count(f"{name}: differs between two kernels that do not record")
        elif recorded[name] != plain[name] and name not in may:
            figure.count(f"{name}:\n    without recording: {plain[name]!r}\n    with recording:    {recorded[name]!r}")
        else:
            figure.count()
    return [figure]


def _shown(some: Sequence[Snippet], python: str, prov: str) -> dict[str, str]:
    """What each snippet shows in one kernel that records, or does not."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        project.mkdir()
        environ = {"JUPYTER_PROV": prov, "PYTHONHASHSEED": "0"}
        with kernel(project, python, environ, shake=prov == "1") as live:
            live.run(_PREPARE)
            return {snippet.name: _shown_by(live, snippet) for snippet in some}


def _shown_by(live: LiveKernel, snippet: Snippet) -> str:
    try:
        return "".join(_cells(live, snippet))
    except queue.Empty:
        raise TimeoutError(f"{snippet.name} did not end") from None


def _cells(live: LiveKernel, snippet: Snippet) -> Iterator[str]:
    for cell in snippet.cells:
        live.run(cell, "cell")
        kinds = (f"{o['output_type']} {o.get('name', '')} {o.get('ename', '')}\n" for o in live.outputs)
        yield "".join(kind for kind, _ in itertools.groupby(kinds))
        yield _normal(live.text, live.folder)
    live.run(_CLEAN)


def _normal(text: str, folder: Path) -> str:
    """What is shown without colours, places, addresses and pids, which no two kernels share."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text).replace(str(folder), "FOLDER")
    text = re.sub(r"(?:/tmp/)?ipykernel_\d+/\d+\.py|0x[0-9a-fA-F]+|In\[\d+\]", "", text)
    return re.sub(r"127\.0\.0\.1:\d+|\bport=\d+", "PORT", re.sub(r"\(pid=\d+\)", "(pid)", text))


def main(argv: list[str] | None = None) -> int:
    return command(campaign, len(snippets()), argv)


if __name__ == "__main__":
    sys.exit(main())
