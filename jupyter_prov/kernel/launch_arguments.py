"""How the kernel was started: for which notebook, and to play back what."""

from __future__ import annotations

import json
import os
from typing import Any

from jupyter_prov.record.wire import PLAYED


def played() -> dict[str, list[dict[str, Any]]]:
    """What a re-run is to play back, by cell; nothing in a kernel that is no re-run."""
    path = os.environ.pop(PLAYED, None)  # which is not meant for the notebook, nor for its children
    if path is None:
        return {}
    with open(path, encoding="utf-8") as file:
        values: dict[str, list[dict[str, Any]]] = json.load(file)
    return values


def notebook_folder() -> str:
    """The folder of the notebook, as the server tells it, else where the kernel was started."""
    notebook = os.environ.get("JPY_SESSION_NAME", "")
    folder = os.path.dirname(notebook)
    return folder if os.path.isabs(folder) and os.path.isdir(folder) else os.getcwd()
