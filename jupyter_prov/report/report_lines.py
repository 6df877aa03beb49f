"""The progress and the report of a check in words, as text and as HTML; cells are counted from 1, as in JupyterLab.

What a notebook printed comes along in a report, so nothing of it is markup, and no character steers a terminal.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]
Line = tuple[int, str, str]
"""How far it is indented, its kind, and its text."""
GOOD, BAD, QUIET, PLAIN = "good", "bad", "quiet", "plain"
_COLOURS = {
    GOOD: "var(--jp-success-color1, #2e7d32)",
    BAD: "var(--jp-error-color1, #c62828)",
    QUIET: "var(--jp-ui-font-color2, #757575)",
}
_KINDS = ("identical", "equivalent", "differs", "failed", "unrecorded", "skipped")
_MOST_CELLS = 50


def progress(name: str, event: Mapping[str, Any]) -> list[Line]:
    """How far the check of a notebook has come."""
    done, total = event.get("done", 0), event.get("total", 0)
    what = str(event.get("message", "")).rstrip(".")
    of = f", {done} of {total} cells" if event.get("phase") == "rerun" and total else ""
    return [(0, QUIET, f"Checking the saved {name}: {what[:1].lower()}{what[1:]}{of} …")]


def failure(name: str, sentence: str) -> list[Line]:
    """Why a check came to no verdict."""
    return [(0, BAD, f"✗ {name} could not be checked."), *([(1, PLAIN, sentence)] if sentence else [])]


def verdict(report: Report) -> list[Line]:
    """What a check found: the verdict, then each cell that differs, and why."""
    good = report["verdict"] == "reproduced"
    counts = ", ".join(f"{report['counts'][kind]} {kind}" for kind in _KINDS if report["counts"].get(kind))
    said = "✓ {} reproduced" if good else "✗ {} did not reproduce"
    head = said.format(report["notebook"]) + (f": {counts}" if counts else ": it has no code cells")
    runs = f"{report['runs']} run{'s' if report['runs'] != 1 else ''}"
    lines = [(0, GOOD if good else BAD, head), (1, QUIET, f"{runs}, {report['seconds']:.1f} s")]
    for status in ("changed", "missing"):
        if paths := [one["path"] for one in report["inputs"] if one["status"] == status]:
            lines.append((1, PLAIN, f"inputs {status}: {', '.join(paths)}"))
    bad = [cell for cell in report["cells"] if cell["verdict"] in ("differs", "failed")]
    for cell in bad[:_MOST_CELLS]:
        lines += _cell(cell)
    if len(bad) > _MOST_CELLS:
        lines.append((1, QUIET, f"and {len(bad) - _MOST_CELLS} more cells"))
    return [*lines, *((1, QUIET, f"! {spot}") for spot in report["blind_spots"])]


def _cell(cell: Report) -> Iterator[Line]:
    reason = f", {cell['reason']}" if cell.get("reason") else ""
    volatile = f" (volatile{reason}: it does not count)" if cell.get("volatile") else ""
    yield 1, QUIET if volatile else BAD, f"✗ cell {cell['index'] + 1} {cell['verdict']}{volatile}"
    for text in (cell.get("failure"), *(output["summary"] for output in cell["outputs"])):
        if text:
            yield 2, PLAIN, text
    for cause in cell["causes"]:
        line = f", line {cause['line']}" if cause["line"] else ""
        where = f"cell {cause['cell'] + 1}{line}, " if cause["cell"] is not None else ""
        yield 2, PLAIN, f"{cause['kind']}: {cause['explanation']} ({where}{cause['confidence']})"
        if cause["advice"]:
            yield 2, QUIET, f"→ {cause['advice']}"


def as_text(lines: Iterable[Line]) -> str:
    """The lines as plain text."""
    return "\n".join("  " * indent + _visible(text) for indent, _, text in lines)


def as_html(lines: Sequence[Line], share: float | None = None) -> str:
    """The lines as HTML, with a bar for the share that is done."""
    bar = "" if share is None else f"<progress max='1' value='{share:.3f}' aria-label='progress'></progress>"
    divisions = (
        f"<div style='margin-left:{1.5 * indent}em;{_style(kind)}'>{html.escape(_visible(text))}</div>"
        for indent, kind, text in lines
    )
    return f"<div role='status'>{''.join(divisions)}{bar}</div>"


def _style(kind: str) -> str:
    weight = "font-weight:600;" if kind in (GOOD, BAD) else ""
    return f"color:{_COLOURS[kind]};{weight}" if kind in _COLOURS else ""


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in str(text))
