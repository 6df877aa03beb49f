"""The clock: fixed dates in the place of what it tells, and a tag for what shows how long something took."""

from __future__ import annotations

from jupyter_prov.fix.dates import fix_dates
from jupyter_prov.fix.elapsed import elapsed_reads, measures
from jupyter_prov.fix.scene import Scene

TAG = "prov-volatile"
_TOLD = "it shows how long something took, which no edit can fix: the cell is tagged prov-volatile and does not count"


def fix_clocks(scene: Scene) -> None:
    """Fix the dates that are read; where nothing but durations is left, tag the cells that show them."""
    if not scene.causes("clock"):
        return
    if fix_dates(scene):
        return
    elapsed = elapsed_reads(scene.draft)
    for report in scene.showing("clock"):
        if measures(scene, report, elapsed) and (cell := scene.draft.cell(report.id)) is not None:
            scene.draft.tag(cell, TAG, "clock", _TOLD)
