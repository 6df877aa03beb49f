"""The relative tolerance for numbers that a cell or a project asks for."""

from __future__ import annotations

import math
from typing import Any

from jupyter_prov.check.compare.number import RTOL
from jupyter_prov.check.read_notebook import tags_of
from jupyter_prov.record import settings
from jupyter_prov.record.errors import UsageError

_TAG = "prov-rtol="


def of_project(root: str) -> float:
    """What the project asks for, or else the one of the house; raises UsageError where its settings are broken."""
    asked = settings.of_project(root).rtol
    return RTOL if asked is None else asked


def look_at(notebook: Any, root: str) -> None:
    """Raise UsageError for a tolerance that is none, before anything is run."""
    for cell in notebook.cells:
        of_cell(cell, RTOL)
    of_project(root)


def of_cell(cell: Any, otherwise: float) -> float:
    """What the tag `prov-rtol=…` of a cell says; a tag that is no tolerance raises UsageError."""
    for tag in sorted(tags_of(cell)):
        if tag.startswith(_TAG):
            try:
                asked = float(tag.removeprefix(_TAG))
            except ValueError:
                asked = math.nan
            if not _is_tolerance(asked):
                raise UsageError(
                    f"The tag {tag!r} is no tolerance; write a number from 0 to 1, such as prov-rtol=1e-6."
                )
            return asked
    return otherwise


def _is_tolerance(asked: float) -> bool:
    return 0 <= asked < 1
