"""The clock: fixed dates in the place of what it tells, and a tag for what shows how long something took.

Log lines are shown without their time.
"""

from __future__ import annotations

import ast
import re

from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.elapsed_times import elapsed_reads, measures
from jupyter_prov.fix.fixed_dates import fix_dates

TAG = "prov-volatile"
_STAMP = re.compile(r"\[%\(asctime\)s\][\s:;,|-]*|%\(asctime\)s[\s:;,|-]*|\{asctime\}[\s:;,|-]*")
"""The time in a format of `logging`, with what parts it from the rest."""
_TOLD = "it shows how long something took, which no edit can fix: the cell is tagged prov-volatile and does not count"


def fix_clocks(scene: Scene) -> None:
    """Fix the dates that are read; where nothing but durations is left, tag the cells that show them."""
    if not scene.causes("clock"):
        return
    _leave_out_stamps(scene)
    if fix_dates(scene):
        return
    elapsed = elapsed_reads(scene.draft)
    for report in scene.showing("clock"):
        if measures(scene, report, elapsed) and (cell := scene.draft.cell(report.id)) is not None:
            scene.draft.tag(cell, TAG, "clock", _TOLD)


def _leave_out_stamps(scene: Scene) -> None:
    """Take the time out of the formats of log lines, if it is shown."""
    if not any(cause.subject == "logging" for cause in scene.causes("clock")):
        return
    for cell, source in list(scene.draft.cells()):
        texts = [node for node in ast.walk(source.tree) if isinstance(node, ast.Constant) and source.holds(node)]
        edits = [source.instead(node, _STAMP.sub("", source.segment(node))) for node in texts]
        if edits:
            scene.draft.edit(cell, edits, "clock", "log lines are shown without their time")
