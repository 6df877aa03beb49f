"""The server extension: starts the recorder, adds the REST handlers, and ends what it started with the server."""

from __future__ import annotations

from importlib.metadata import version

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join

from jupyter_prov.server.jobs import Jobs
from jupyter_prov.server.recorder import Recorder
from jupyter_prov.server.routes import handlers
from jupyter_prov.server.staging import checkable


class ProvExtension(ExtensionApp):
    """Has a Jupyter Server record; with `Recorder.record = False` only jobs and old records are served."""

    name = "jupyter_prov"

    def initialize_settings(self) -> None:
        """Start the recorder."""
        server = self.serverapp
        assert server is not None
        self.recorder = Recorder(server)
        self.jobs = Jobs(lambda path: checkable(server.contents_manager, path), self.recorder.events.job)
        self.recorder.on_rename, self.recorder.on_change = self.jobs.renamed, self.jobs.outdate
        self.recorder.follow()
        if self.recorder.record:
            self.recorder.start()
        # Front ends see there that we run, with no question that the browser's console would call an error.
        server.web_app.settings.setdefault("page_config_data", {})["jupyterProv"] = version("jupyter-prov")
        self.settings.update({"jupyter_prov_recorder": self.recorder, "jupyter_prov_jobs": self.jobs})

    def initialize_handlers(self) -> None:
        """Add the handlers under `{base_url}jupyter-prov/`."""
        self.handlers.extend((url_path_join("jupyter-prov", end), handler) for end, handler in handlers())

    async def stop_extension(self) -> None:
        """The server is about to end."""
        await self.recorder.stop()
        await self.jobs.stop()
