"""Whether parsed JSON has the shape of a notebook, as far as a record is made from it; nbformat need not be there."""

from __future__ import annotations

from typing import Any


def is_notebook(value: Any) -> bool:
    """Whether this is a notebook of format 4 with cells that can be told apart and outputs that can be digested."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("metadata", {}), dict)
        and isinstance(value.get("cells"), list)
        and all(map(_is_cell, value["cells"]))
    )


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("id", ""), str)
        and isinstance(cell.get("metadata", {}), dict)
        and isinstance(cell.get("execution_count"), int | None)
        and _is_text(cell.get("source", ""))
        and isinstance(cell.get("outputs", []), list)
        and all(map(_is_output, cell.get("outputs", ())))
    )


def _is_output(output: Any) -> bool:
    return isinstance(output, dict) and isinstance(output.get("output_type"), str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))
