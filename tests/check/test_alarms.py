"""Twelve harmless and seven real differences, made by two kernels: no false alarm, and none missed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.twice import compared_cells, executed, notebook_of

SETUP = """
import os, sys, threading, time, warnings
import pandas as pd
from io import BytesIO
from matplotlib.figure import Figure
from IPython.display import Image, SVG, display
AGAIN = os.environ["SIDE"] == "re-run"
kept = [bytearray(5000) for _ in range(3)] if AGAIN else []  # what a program does in between moves its objects

def plot(kind, value, **metadata):
    figure, file = Figure(figsize=(3, 2)), BytesIO()
    figure.subplots().plot([1, 4, value])
    figure.savefig(file, format=kind, metadata=metadata or None)
    return file.getvalue()
"""
HARMLESS = {
    "address": "class Thing: pass\ndisplay(Thing())",
    "floats": "x = 0.3 + (1e-12 * 0.3 if AGAIN else 0)\nprint('mean', x, [x, 2 * x])\nx",
    "png-metadata": "Image(plot('png', 9, Title='second run' if AGAIN else 'first run'))",
    "svg-same-data": "SVG(plot('svg', 9).decode())",
    "last-digit-table": "pd.set_option('display.precision', 17)\n"
    "pd.DataFrame({'model': ['tree', 'forest'], 'acc': [0.5, 0.1 + 0.2 if AGAIN else 0.3]})",
    "interleaved": "for text in ('one', 'two'):\n    print(text, flush=True)\n"
    "    if not AGAIN: print('careful', file=sys.stderr, flush=True)\n"
    "if AGAIN: print('careful\\ncareful', file=sys.stderr)",
    "two-threads": "for name in ('ba' if AGAIN else 'ab'):\n"
    "    thread = threading.Thread(target=print, args=('worker ' + name,))\n    thread.start()\n    thread.join()",
    "tqdm": "for i in range(4):\n    seconds = i * (3 if AGAIN else 2) + 1\n    bar = f'{i * 100 // 3}%|' + '█' * i\n"
    "    print(f'\\r{bar}| {i}/3 [00:{seconds:02d}<00:{9 - i:02d}, {(i + 1) / seconds:5.2f}it/s]',"
    " end='', file=sys.stderr)\nprint(file=sys.stderr)",
    "warning-path": "warnings.warn('careful')",
    "hash-ordered-set": "print({'tree', 'forest', 'boosting', 'ridge', 'lasso', 'svm', 'knn'})",
    "backspaces": "print('waiting...' + '\\b' * 10 + 'all done. ' if AGAIN else 'all done.')",
    "display-id-update": "shown = display('done' if not AGAIN else 'working', display_id=True)\n"
    "if AGAIN: shown.update('done')",
}
"""Cells whose outputs mean the same in both runs."""
REAL = {
    "png-other-data": "Image(plot('png', 6 if AGAIN else 9))",
    "table-value": "pd.reset_option('display.precision')\n"
    "pd.DataFrame({'acc': [0.81, 0.79 if AGAIN else 0.83]}, index=['tree', 'forest'])",
    "value": "0.79 if AGAIN else 0.81",
    "error-for-value": "1 / (0 if AGAIN else 2)",
    "stderr-for-stdout": "print('done', file=sys.stderr if AGAIN else sys.stdout)",
    "hidden-state": "count = globals().get('count', 0 if AGAIN else 2) + 1\ncount",
    "missing-output": "display('kept')\nif not AGAIN: display('lost')",
}
"""Cells whose outputs mean something else in the second run."""
NOISE = {
    "address": ["memory-address"],
    "floats": ["number"],
    "png-metadata": ["image-metadata"],
    "svg-same-data": ["image-metadata", "random-id"],
    "last-digit-table": ["number"],
    "two-threads": ["line-order"],
    "tqdm": ["progress"],
    "warning-path": ["cell-file"],
    "hash-ordered-set": ["order-of-set"],
    "backspaces": ["layout", "terminal"],
    "interleaved": [],
    "display-id-update": [],
}
"""What hides each harmless difference; two are no difference at all once the outputs are put together."""
SUMMARIES = {
    "png-other-data": "of 60,000 pixels differ",
    "table-value": "row forest, column acc: 0.83 → 0.79",
    "value": "0.81 → 0.79",
    "error-for-value": "a shown value → an error: ZeroDivisionError: division by zero",
    "stderr-for-stdout": "only in the record: done",
    "hidden-state": "3 → 1",
    "missing-output": "only in the record: 'lost'",
}
Found = dict[str, list[OutputComparison]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The notebook as it was recorded, and as it was run again."""
    for needed in ("pandas", "matplotlib"):
        pytest.importorskip(needed)
    notebook, folder = notebook_of({"setup": SETUP, **HARMLESS, **REAL}), tmp_path_factory.mktemp("alarms")
    sides = (("record", "1"), ("re-run", "2"))
    return tuple(executed(notebook, folder, SIDE=side, PYTHONHASHSEED=seed) for side, seed in sides)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def found(runs: tuple[Any, Any]) -> Found:
    return dict(compared_cells(*runs))


def test_there_are_nineteen_cases_and_each_shows_something(runs: tuple[Any, Any]) -> None:
    assert (len(HARMLESS), len(REAL)) == (12, 7)
    for run in runs:
        silent = [cell.id for cell in run.cells if not cell.outputs]
        assert silent == ["setup"], run.cells[0].outputs


@pytest.mark.parametrize("case", HARMLESS)
def test_a_harmless_difference_raises_no_alarm(case: str, found: Found) -> None:
    assert [(one.verdict, one.summary) for one in found[case] if one.verdict not in (IDENTICAL, EQUIVALENT)] == []
    assert sorted({name for one in found[case] for name in one.noise}) == NOISE[case]


@pytest.mark.parametrize("case", REAL)
def test_a_real_difference_is_never_missed_and_told_in_words(case: str, found: Found) -> None:
    (told, *_) = [one.summary for one in found[case] if one.verdict == DIFFERS]
    assert SUMMARIES[case] in told


def test_what_is_shown_in_the_end_is_what_counts(runs: tuple[Any, Any]) -> None:
    """An update of a display, applied while the outputs are gathered, as a front end applies it."""
    for run in runs:
        (output,) = next(cell.outputs for cell in run.cells if cell.id == "display-id-update")
        assert output.data["text/plain"] == "'done'"
