"""The server extension: starts the recorder and adds the REST handlers."""

from __future__ import annotations

from typing import Any


def load(server: Any) -> None:
    """Have this Jupyter Server record; with `Recorder.record = False` only checks and old records are served."""
    from jupyter_prov.server.handlers import handlers
    from jupyter_prov.server.jobs import Jobs
    from jupyter_prov.server.notebooks import follow
    from jupyter_prov.server.recorder import Recorder

    recorder = Recorder(server)
    follow(server.contents_manager, recorder, recorder.start_task)
    if recorder.record:
        recorder.start()
    server.web_app.settings["jupyter_prov_recorder"] = recorder
    server.web_app.settings["jupyter_prov_jobs"] = Jobs(server.log)
    server.web_app.add_handlers(".*$", handlers(server.web_app.settings["base_url"]))
