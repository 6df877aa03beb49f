"""Whether a notebook's kernel is being recorded, in a sentence, and how it could be where it is not."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import Any

from jupyter_prov.record import launch_python, wire
from jupyter_prov.server.kernel_line import OTHER_LANGUAGE, STARTING
from jupyter_prov.server.listener import Listener

_MESSAGES = {
    wire.RECORDING: "Recording.",
    STARTING: "The kernel is starting.",
    wire.OFF: "Recording is off for this kernel (JUPYTER_PROV=0).",
}
_NOTHING_RECORDED = (OTHER_LANGUAGE, wire.MISSING, wire.OFF)
"""States of a kernel that give a record nothing to hold, whatever else stands in its way."""
_STANDARD = {"python", f"python{sys.version_info[0]}", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
"""Names that jupyter_client takes for the server's own interpreter."""


def recording_of(
    path: str, listener: Listener | None, recorded: bool, switched_on: bool, obstacle: str | None = None
) -> dict[str, Any]:
    """The state of recording of a notebook as the panel shows it.

    `recorded` says whether a record lies beside the notebook, `obstacle` why none is written.
    """
    if not switched_on:
        return _as_json("off", "Recording is switched off on this server (Recorder.record).")
    is_unwanted = listener is not None and path in listener.unwanted.paths
    if obstacle is not None and (listener is None or not (is_unwanted or listener.state in _NOTHING_RECORDED)):
        return _as_json("no-record", obstacle)
    if listener is None and recorded:
        return _as_json("no-kernel", "No kernel is running for this notebook; its record is kept beside it.")
    if listener is None:
        return _as_json("no-kernel", "No kernel is running for this notebook, and nothing of it is recorded yet.")
    if is_unwanted:
        return _as_json("off", 'Recording is off for this notebook ("prov": {"record": false} in its metadata).')
    if listener.state == OTHER_LANGUAGE:
        language = getattr(listener.kernel_spec, "language", "") or "another language"
        return _as_json(OTHER_LANGUAGE, f"Not recorded: this kernel runs {language}, and only Python is recorded.")
    if listener.state == wire.MISSING:
        return _missing(listener.kernel_spec)
    return _as_json(listener.state, _MESSAGES.get(listener.state, listener.state))


def _as_json(state: str, message: str) -> dict[str, Any]:
    return {"state": state, "message": message}


def _missing(spec: Any) -> dict[str, Any]:
    name = getattr(spec, "display_name", "") or "this kernel"
    what = f"Not recorded: jupyter-prov is not installed in the environment of {name}."
    python = _interpreter(list(getattr(spec, "argv", ())))
    if python is None:
        return _as_json("not-loaded", f"{what} Install it there, then restart the kernel.")
    words = [python, "-m", "pip", "install", "jupyter-prov"]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return {**_as_json("not-loaded", f"{what} Install it there by this command, then restart the kernel."),
            "command": command}  # fmt: skip


def _interpreter(argv: list[str]) -> str | None:
    """The Python that a kernel runs in, if its command begins with one."""
    first = argv[0] if argv else ""
    if first in _STANDARD:
        return sys.executable
    if not re.match(r"pythonw?[\d.]*(\.exe)?$", os.path.basename(first), re.IGNORECASE):
        return None
    return first if os.path.isabs(first) else launch_python.find(first)
