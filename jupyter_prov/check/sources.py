"""The statements of sources whose text is at hand, by the digest that records know them by."""

from __future__ import annotations

from typing import Any

from jupyter_prov.record import digest
from jupyter_prov.record.body import python_of
from jupyter_prov.record.names import Statement, statements


def statements_of(notebook: Any) -> dict[str, list[Statement]]:
    """The statements of every code cell of a notebook, by the digest of its source."""
    from IPython.core.inputtransformer2 import TransformerManager

    found: dict[str, list[Statement]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                found[digest.of_text(cell.source)] = statements(
                    TransformerManager().transform_cell(python_of(cell.source))
                )
            except (SyntaxError, ValueError, RecursionError):
                continue
    return found
