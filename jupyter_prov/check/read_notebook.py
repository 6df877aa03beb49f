"""Reading the notebook that is to be checked or run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_prov.record import safe_reading
from jupyter_prov.record.digests import as_bundle
from jupyter_prov.record.errors import UnreadableNotebook


def read(path: Path) -> Any:
    """The notebook in this file, as nbformat 4; raises UnreadableNotebook with what is wrong."""
    if path.is_dir():
        raise UnreadableNotebook(f"{path} is a folder; name the notebooks in it, such as {path}/*.ipynb.")
    if path.suffix != ".ipynb" and path.exists():
        raise UnreadableNotebook(f"{path} is not a notebook: its name does not end in .ipynb.")
    try:
        text = safe_reading.text_of(path, safe_reading.LARGEST_NOTEBOOK)
    except FileNotFoundError:
        raise UnreadableNotebook(f"There is no notebook {path}.") from None
    except safe_reading.Unreadable as error:
        raise UnreadableNotebook(f"{error}; name another notebook, or make this one smaller or readable.") from None
    return parsed(text, str(path))


def parsed(text: str, name: str) -> Any:
    """The notebook that this text holds, as nbformat 4; `name` tells a person which, where it is none."""
    import nbformat
    from nbformat.reader import NotJSONError

    try:
        data = safe_reading.json_of(text, name)
    except safe_reading.Unreadable as error:
        raise UnreadableNotebook(f"{error}; restore it from a checkpoint or git.") from None
    if not isinstance(data, dict) or "nbformat" not in data:
        raise UnreadableNotebook(f"{name} is not a notebook: it has no nbformat.")
    if not all(type(data.get(key, 0)) is int for key in ("nbformat", "nbformat_minor")):
        raise UnreadableNotebook(f"{name} is not a valid notebook (its nbformat is not a number).")
    try:
        notebook = nbformat.reads(text, as_version=4)
        _mend(notebook)
        nbformat.validate(notebook)
    except RecursionError:
        raise UnreadableNotebook(f"{name} cannot be read: its JSON is nested too deeply.") from None
    except (NotJSONError, nbformat.ValidationError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UnreadableNotebook(f"{name} is not a valid notebook ({reason[:200]}).") from None
    for index, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{index}")  # formats before 4.5 have no ids
    return notebook


def _mend(notebook: Any) -> None:
    """Give outputs text where text belongs: front ends save whatever a kernel has sent there."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if isinstance(output.get("data"), dict):
                output["data"].update(as_bundle(output["data"]))


def tags_of(cell: Any) -> frozenset[str]:
    """The tags of a cell."""
    tags = cell.get("metadata", {}).get("tags", ())
    return frozenset(tag for tag in tags if isinstance(tag, str))


def was_run(cell: Any) -> bool:
    """Whether a code cell holds the trace of an execution."""
    return cell.get("execution_count") is not None or bool(cell.get("outputs"))


def is_runnable(cell: Any) -> bool:
    """Whether a cell is a code cell with something in it."""
    return cell.get("cell_type") == "code" and bool(str(cell.get("source", "")).strip())
