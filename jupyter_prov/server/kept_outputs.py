"""What a finished check has kept: the outputs of each cell on both sides, and which of the re-run can be accepted."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_prov.record import record_file
from jupyter_prov.record.kept_names import RECORD, RECORDED, RERUN
from jupyter_prov.record.match_cells import source_of
from jupyter_prov.record.model import Record


class Refused(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True)
class Kept:
    """The notebook as it was checked and as it was re-run."""

    recorded: dict[str, Any]
    rerun: dict[str, Any]
    record: Record | None
    """Of the re-run, if that was recorded."""

    @classmethod
    def read(cls, folder: Path) -> Kept:
        """What lies in this folder."""
        record = folder / RECORD
        return cls(
            _notebook(folder / RECORDED),
            _notebook(folder / RERUN),
            record_file.read(record) if record.exists() else None,
        )

    def cell(self, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """A code cell as it was checked and as it was re-run, by its index; raises LookupError."""
        if not 0 <= index < len(self.recorded["cells"]):
            raise LookupError(f"The notebook that was checked has no cell {index}.")
        cell: dict[str, Any] = self.recorded["cells"][index]
        if cell["cell_type"] != "code":
            raise LookupError(f"Cell {index} of the notebook that was checked is no code cell.")
        return cell, self.rerun["cells"][index]

    def outputs(self, index: int) -> dict[str, Any]:
        """The outputs of a cell on both sides; raises LookupError."""
        recorded, rerun = self.cell(index)
        return {"index": index, "recorded": recorded["outputs"], "rerun": rerun["outputs"]}

    def acceptable(
        self, indices: Sequence[int], report: dict[str, Any], notebook: dict[str, Any], ran: Container[str]
    ) -> list[dict[str, Any]]:
        """What these cells showed in the re-run, as the notebook is to show it; raises LookupError and Refused.

        `notebook` is the one that is there now, and `ran` are the cells that have run since the check began.
        """
        if self.record is None:
            raise Refused("The re-run was not recorded, so nothing could be told of its outputs later.")
        failures = {cell["index"]: cell.get("failure") for cell in report["cells"]}
        now = {str(cell.get("id", f"cell-{index}")): cell for index, cell in enumerate(notebook["cells"])}
        found = []
        for index in indices:
            recorded, rerun = self.cell(index)
            if index not in failures:
                raise LookupError(f"Cell {index} has nothing in it that was run.")
            if failure := failures[index]:
                raise Refused(f"Cell {index + 1} has no outputs to accept: {failure}.")
            if recorded["id"] not in now:
                raise Refused(f"Cell {index + 1} is in the notebook no more.")
            if source_of(now[recorded["id"]]) != recorded["source"]:
                raise Refused(f"Cell {index + 1} was edited after it had been checked; check it again.")
            if recorded["id"] in ran:
                raise Refused(f"Cell {index + 1} was run after it had been checked; check it again.")
            found.append({key: rerun[key] for key in ("id", "outputs", "execution_count")})
        return found


def _notebook(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook
