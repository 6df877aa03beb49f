"""The REST API of the panel: the live session of a notebook, and check jobs."""

from __future__ import annotations

import json
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from jupyter_prov.record import summary, wire
from jupyter_prov.record.assemble import live
from jupyter_prov.server.jobs import Job, Jobs
from jupyter_prov.server.listener import OTHER_LANGUAGE, STARTING, Listener
from jupyter_prov.server.recorder import Recorder
from jupyter_prov.server.staging import checkable

MESSAGES = {
    wire.RECORDING: "Recording.",
    STARTING: "The kernel is starting.",
    wire.OFF: "Recording is off for this kernel (JUPYTER_PROV=0).",
    wire.MISSING: "Not recorded: install jupyter-prov into this kernel's environment.",
    OTHER_LANGUAGE: "Not recorded: only Python kernels are.",
    "no-kernel": "No kernel is running for this notebook.",
}
_STATES = {wire.MISSING: "not-loaded"}


class ProvHandler(APIHandler):
    """What every handler needs: the recorder, the jobs, and a notebook's path that the user may see."""

    @property
    def recorder(self) -> Recorder:
        """The recorder of this server."""
        recorder: Recorder = self.settings["jupyter_prov_recorder"]
        return recorder

    @property
    def jobs(self) -> Jobs:
        """The check jobs of this server."""
        jobs: Jobs = self.settings["jupyter_prov_jobs"]
        return jobs

    def body(self) -> dict[str, Any]:
        """The request's JSON object; answers 400 where it is none."""
        body = self.get_json_body()
        if not isinstance(body, dict):
            raise web.HTTPError(400, "A JSON object is expected.")
        return body

    async def notebook(self, path: Any) -> str:
        """A path of the contents API, if a notebook is there; answers 400 or 404 otherwise."""
        if not isinstance(path, str) or not path.endswith(".ipynb"):
            raise web.HTTPError(400, "The path of a notebook is expected.")
        name: str = path.strip("/")
        if not await ensure_async(self.contents_manager.file_exists(name)):
            raise web.HTTPError(404, f"There is no notebook {name}.")
        return name

    def reply(self, content: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.finish(json.dumps(content))


class LiveHandler(ProvHandler):
    """What the kernel of a notebook has recorded so far."""

    auth_resource = "contents"

    @web.authenticated
    @authorized("read")
    async def post(self) -> None:
        """The live session of `path`, its marks by the order of `cells`."""
        body = self.body()
        path = await self.notebook(body.get("path"))
        cells = [cell for cell in body.get("cells") or [] if isinstance(cell, str)]
        listener = await self.recorder.listener_of(path) if self.recorder.record else None
        told = {"path": path, "recorded": await self.recorder.records.exists(path)}
        self.reply({**told, **_recording(self.recorder, listener), **_session(path, listener, cells)})


def _recording(recorder: Recorder, listener: Listener | None) -> dict[str, Any]:
    if not recorder.record:
        state, message = "off", "Recording is switched off on this server (Recorder.record)."
    elif listener is None:
        state, message = "no-kernel", MESSAGES["no-kernel"]
    elif listener.off:
        state, message = (
            "off",
            'Recording is off for this notebook ("prov": {"record": false} in its metadata).',
        )
    else:
        state = listener.state
        message = MESSAGES.get(state, state)
    return {"recording": {"state": _STATES.get(state, state), "message": message}}


def _session(path: str, listener: Listener | None, cells: list[str]) -> dict[str, Any]:
    if listener is None or not listener.sessions:
        return {"session": None, "executions": [], "sections": []}
    log = listener.sessions[-1]
    session = live(path, log).sessions[0]
    return {
        "session": {
            "number": len(listener.sessions),
            "started": log.started,
            "python": session.python.get("version", ""),
        },
        "executions": summary.as_json(summary.runs(session, cells, log.texts)),
        "sections": summary.as_json(summary.sections(session)),
    }


class ChecksHandler(ProvHandler):
    """Starting checks, and finding those of a notebook."""

    auth_resource = "kernels"

    @web.authenticated
    @authorized("read")
    async def get(self) -> None:
        """The checks of the notebook `path`, newest first."""
        path = await self.notebook(self.get_query_argument("path"))
        self.reply({"checks": [job.to_json() for job in self.jobs.of(path)]})

    @web.authenticated
    @authorized("execute")
    async def post(self) -> None:
        """Start a check of the notebook `path`, which runs its code; a check under way is answered instead."""
        path = await self.notebook(self.body().get("path"))
        under_way = next((job for job in self.jobs.of(path) if job.running), None)
        if under_way is None:
            under_way = await self.jobs.start(path, await checkable(self.contents_manager, path))
        self.reply(under_way.to_json(), 201)


class CheckHandler(ProvHandler):
    """One check."""

    auth_resource = "kernels"

    @web.authenticated
    @authorized("read")
    async def get(self, job_id: str) -> None:
        """How far a check is, and its report when it has ended."""
        self.reply(self._job(job_id).to_json())

    @web.authenticated
    @authorized("execute")
    async def delete(self, job_id: str) -> None:
        """Cancel a check; one that has ended stays as it is."""
        job = self._job(job_id)
        await job.cancel()
        self.reply(job.to_json())

    def _job(self, job_id: str) -> Job:
        job = self.jobs.get(job_id)
        if job is None:
            raise web.HTTPError(404, "There is no such check.")
        return job


def handlers(base_url: str) -> list[tuple[str, type[ProvHandler]]]:
    """The handlers with their addresses under `{base_url}jupyter-prov/`."""
    return [
        (url_path_join(base_url, "jupyter-prov", "live"), LiveHandler),
        (url_path_join(base_url, "jupyter-prov", "checks"), ChecksHandler),
        (url_path_join(base_url, "jupyter-prov", "checks", "([0-9a-f]+)"), CheckHandler),
    ]
