"""A check of a notebook that reproduces beside `jupyter nbconvert --execute`, and the environment it builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.check import environment
from jupyter_prov.record import record_file

RUNS = 5
SOURCES = ("x = 6 * 7\nprint(x)", "[i ** 2 for i in range(5)]", "import json\njson.dumps({'a': 1})", "sum(range(1000))")


def notebook(folder: Path, sources: tuple[str, ...]) -> Path:
    """A recorded notebook of these cells."""
    path = folder / "benchmark.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    subprocess.run([sys.executable, "-m", "jupyter_prov", "run", str(path)], check=True, capture_output=True)
    return path


def _in_cells(path: Path) -> float:
    """Seconds that the notebook's own cells take, as its record says."""
    record = record_file.read(path.with_suffix(".prov.json"))
    return sum(execution.seconds or 0.0 for _, execution in record.executions())


def checking() -> Iterator[Result]:
    """Time outside the cells, ours and nbconvert's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = notebook(folder, SOURCES)
        cells = _in_cells(path)

        def ours() -> float:
            return seconds(lambda: _run([sys.executable, "-m", "jupyter", "prov", "check", str(path)])) - cells

        def theirs() -> float:
            command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
            target = ["--output", str(folder / "again.ipynb"), str(path)]
            return seconds(lambda: _run([*command, *target], JUPYTER_PROV="0")) - cells

        ours()  # builds the environment
        theirs()
        one, other = paired(ours, theirs, RUNS)
        ratio = median([a / b for a, b in zip(one, other, strict=True)])
        yield Result("check of a notebook that reproduces", shown(median(one)), f"nbconvert {shown(median(other))}",
                     f"{ratio:.2f}", "≤ 0.8 ×", ratio <= 0.8)  # fmt: skip


def _run(command: list[str], **environ: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environ})


def environments() -> Iterator[Result]:
    """A clean environment of the usual four from a warm cache, and the same again."""
    with tempfile.TemporaryDirectory() as name:
        path = notebook(Path(name), ("import numpy, pandas, matplotlib.pyplot, sklearn",))
        record = record_file.read(path.with_suffix(".prov.json"))
        environment.recorded(record)  # warms the cache of packages
        built = []
        for _ in range(3):
            folder = Path(environment.recorded(record).argv[0]).parent.parent
            shutil.rmtree(folder)
            built.append(seconds(lambda: environment.recorded(record)))
        taken = median(built)
        yield Result("environment of numpy, pandas, mpl, sklearn", shown(taken), "", "", "≤ 3 s", taken <= 3.0)
        again = median([seconds(lambda: environment.recorded(record)) for _ in range(9)])
        yield Result("the same environment again", shown(again), "", "", "≤ 0.1 s", again <= 0.1)
