"""Sentences that say why no record of a notebook is written, and what to do."""

from __future__ import annotations

from jupyter_prov.record import settings
from jupyter_prov.record.errors import UnreadableRecord, UsageError

_ANOTHER_NAME = (
    f'give records another name, such as record-name = "{settings.STEM}.repro{settings.SUFFIX}" '
    f"in {settings.TABLE} of {settings.FILE}"
)


def occupied(notebook: str, error: UnreadableRecord) -> str:
    """Something other than a record of this notebook lies where its record belongs."""
    return f"No record of {notebook} is written: {error.reason}, and is left as it is; {what_to_do(error)}."


def what_to_do(error: UnreadableRecord) -> str:
    """What makes room for a record."""
    steps = [error.advice, "move it away"] if error.advice else ["move it away"]
    return f"{', '.join(steps)}, or {_ANOTHER_NAME}"


def unwritable(notebook: str, name: str, reason: str) -> str:
    """The record cannot be saved."""
    return (
        f"No record of {notebook} is written: {name} cannot be saved ({reason}); mend that and save the notebook again."
    )


def unnamed(notebook: str, error: UsageError) -> str:
    """The project's settings do not say what its records are called."""
    return f"No record of {notebook} is written: {error}"


def set_aside(name: str, aside: str) -> str:
    """A record of ours was cut off while it was written."""
    return f"{name} was cut off while it was written: it is kept as {aside}, and made again from what is known here."


def text_only(notebook: str) -> str:
    """A notebook is saved as text alone, which keeps no outputs."""
    return (
        f"No record of {notebook} is written: it is saved as text, which keeps no outputs; pair it with an .ipynb "
        "file (in JupyterLab: Jupytext, Pair Notebook with ipynb document) and save it again."
    )
