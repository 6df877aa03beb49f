"""A fix for a program: `{"schema": "jupyter-prov/fix/1", …}`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.fix.fix_loop import Fix, original_of
from jupyter_prov.fix.terminal import diff

SCHEMA = "jupyter-prov/fix/1"


def to_json(made: Fix) -> dict[str, Any]:
    """What a fix would do."""
    return {
        "schema": SCHEMA,
        "notebook": made.case.path.name,
        "verified": made.is_worth_writing,
        "changes": [
            {"kind": change.kind, "cell": change.cell, "sentence": change.sentence} for change in made.draft.changes
        ],
        "cells": [_cell(made, cell) for cell in made.draft.notebook.cells],
        "files": list(_files(made)),
        "left": made.left,
        "said": made.said,
        "runs": made.runs,
        "seconds": round(made.seconds, 3),
    }


def _cell(made: Fix, cell: Any) -> dict[str, Any]:
    old = original_of(made, cell.get("id", ""))
    return {
        "id": cell.get("id", ""),
        "type": cell.cell_type,
        "before": None if old is None else old.source,
        "after": cell.source,
        "tags": sorted(tags_of(cell) - (frozenset() if old is None else tags_of(old))),
    }


def _files(made: Fix) -> Iterator[dict[str, Any]]:
    """The files that it would change too; of a file that gets its old content again, no lines are told."""
    if (pinned := made.pinned) is not None:
        folder = made.case.path.absolute().parent
        path = Path(os.path.relpath(pinned.path.absolute(), folder)).as_posix()
        yield {"path": path, "diff": list(diff(pinned.before, pinned.after))}
    yield from ({"path": path, "diff": []} for path in made.restored)
