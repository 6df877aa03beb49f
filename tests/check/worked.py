"""Notebooks as people leave them who run cells in an order of their own, and what a check tells of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from jupyter_prov.check.checker import Options
from jupyter_prov.record import record_file, settings
from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.report.model import CellReport, NotebookReport
from tests.live import kernel

CURRENT = Options(env="current", timeout=60)


class Worked:
    """A notebook as somebody leaves it who runs cells in an order of their own, and then saves it."""

    def __init__(self, folder: Path, **cells: str) -> None:
        self.folder, self.cells = folder, cells
        folder.mkdir(exist_ok=True)

    def work(self, *order: str, **typed: str) -> Path:
        """Run cells in this order; `typed` has the text that some had while they ran."""
        outputs: dict[str, tuple[int, list[Any]]] = {}
        with kernel(self.folder) as live:
            for cell in order:
                reply = live.run(typed.get(cell, self.cells.get(cell, "")), cell)
                shown = [{k: v for k, v in one.items() if k != "transient"} for one in live.outputs]
                outputs[cell] = (reply["execution_count"], [nbformat.from_dict(one) for one in shown])
            log = live.log()
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        for cell, source in self.cells.items():
            count, shown = outputs.get(cell, (None, []))
            notebook.cells.append(nbformat.v4.new_code_cell(source, id=cell, execution_count=count, outputs=shown))
        path = self.folder / "worked.ipynb"
        nbformat.write(notebook, path)
        place = Place.of_folder(self.folder)
        keep = settings.of_project(place.root).keep_sources
        record = assemble(path.name, notebook, [log], None, place, keep)
        record_file.write(path.with_name("worked.prov.json"), record)
        return path


def told(report: NotebookReport) -> dict[str, tuple[str, list[tuple[str, int | None]]]]:
    return {cell.id: (cell.verdict, causes(cell)) for cell in report.cells}


def causes(cell: CellReport) -> list[tuple[str, int | None]]:
    return sorted({(cause.kind, cause.cell) for cause in cell.causes})
