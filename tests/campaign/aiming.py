"""Runs in a campaign's server process: kills it while it writes a record, at the step that a file names."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

STEPS = ("created", "half", "written", "renaming", "renamed")
"""The temporary file is there; half of it; all of it; it is about to be renamed; it has been."""
_SCHEMA = '"schema": "jupyter-prov/record/1"'


def arm(aim: str) -> None:
    """Have the process kill itself once the file `aim` names a step and a record's write comes to that step."""
    from jupyter_prov.record import atomic_write

    fill, replace = atomic_write._fill, os.replace

    def step() -> str:
        try:
            return Path(aim).read_text()
        except OSError:
            return ""

    def die_at(*steps: str) -> None:
        if step() in steps:
            os.kill(os.getpid(), signal.SIGKILL)

    def aimed_fill(path: Path, text: str) -> None:
        if _SCHEMA not in text:
            return fill(path, text)
        fill(path, "")
        die_at("created")
        half = text[: len(text) // 2]
        path.write_text(half)
        die_at("half")
        path.write_text(text)
        die_at("written")
        return None

    def aimed_replace(source: Any, target: Any) -> None:
        is_record = str(target).endswith(".prov.json")
        if is_record:
            die_at("renaming")
        replace(source, target)
        if is_record:
            die_at("renamed")

    if aim:
        atomic_write._fill = aimed_fill
        atomic_write.os.replace = aimed_replace
