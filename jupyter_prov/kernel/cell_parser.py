"""The statements of a cell that is about to run."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from jupyter_prov.analysis.cell_source import python_of
from jupyter_prov.analysis.names import statements
from jupyter_prov.analysis.statement import Statement


class Parser:
    """Knows what IPython makes of a source."""

    def __init__(self) -> None:
        self._transformer = TransformerManager()

    def statements(self, info: Any) -> list[Statement]:
        """The statements of the cell that IPython tells of; none where it is not Python, or is broken."""
        text = info.raw_cell or ""
        python = python_of(text)
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            return list(_parsed(python))  # most cells are plain Python, which IPython leaves as it is
        transformed = getattr(info, "transformed_cell", None)  # not before IPython 9
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            if transformed is None or python != text:
                transformed = self._transformer.transform_cell(python)
            return list(_parsed(transformed))
        return []


@functools.lru_cache(maxsize=128)
def _parsed(python: str) -> tuple[Statement, ...]:
    """The statements of a source; people run the same cells again and again."""
    return tuple(statements(python))
