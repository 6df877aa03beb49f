"""Sources whose text is at hand, and their statements, by the digest that records know them by."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir

from jupyter_prov.analysis.cell_source import python_of
from jupyter_prov.analysis.names import statements
from jupyter_prov.analysis.statement import Statement
from jupyter_prov.record import digests, journal
from jupyter_prov.record.model import Record


def statements_of(notebook: Any) -> dict[str, list[Statement]]:
    """The statements of every code cell of a notebook, by the digest of its source."""
    from IPython.core.inputtransformer2 import TransformerManager

    found: dict[str, list[Statement]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                found[digests.of_text(cell.source)] = statements(
                    TransformerManager().transform_cell(python_of(cell.source))
                )
            except (SyntaxError, ValueError, RecursionError):
                continue
    return found


def texts_of(notebook: Any, record: Record, wanted: Collection[str]) -> dict[str, str]:
    """The texts of the sources with these digests: from the notebook, its record, or this machine's journals."""
    texts = {digests.of_text(cell.source): cell.source for cell in notebook.cells if cell.cell_type == "code"}
    texts |= {one: text for one, text in record.sources.items() if digests.of_text(text) == one}
    if missing := [one for one in wanted if one not in texts]:
        texts |= journal.texts(Path(jupyter_data_dir()) / "jupyter-prov" / "journals", missing)
    return {one: texts[one] for one in wanted if one in texts}
