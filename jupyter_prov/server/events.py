"""The events that clients hear over Jupyter Server's own event stream, by the schemas that lie beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_prov.server.job import FAILED

_NAMESPACE = "https://events.jupyter.org/jupyter_prov"
JOB_EVENT, NOTEBOOK_EVENT = f"{_NAMESPACE}/job/v1", f"{_NAMESPACE}/notebook/v1"
INPUTS, RECORDING, RECORD = "inputs", "recording", "record"
"""What of a notebook can change."""
_TOLD = ("id", "kind", "path", "state", "ahead", "phase", "done", "total", "message")


class Events:
    """Emits the events of one server."""

    def __init__(self, logger: Any) -> None:
        """`logger` is the server's event logger."""
        self._logger = logger
        for name in ("job", "notebook"):
            logger.register_event_schema(Path(__file__).with_name(f"{name}.event.yaml"))

    def job(self, job: dict[str, Any]) -> None:
        """A job has come further.

        Whoever may listen to the server's events hears this, so it quotes nothing that a notebook may have said.
        """
        message = f"The {job['kind']} has failed." if job["state"] == FAILED else job["message"]
        self._logger.emit(schema_id=JOB_EVENT, data={**{key: job[key] for key in _TOLD}, "message": message})

    def notebook(self, path: str, changed: str) -> None:
        """Something about a notebook is not what it was."""
        self._logger.emit(schema_id=NOTEBOOK_EVENT, data={"path": path, "changed": changed})
