"""The REST API of jobs: starting and following checks and searches for a fix, and accepting what a re-run showed."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.server.handlers import ProvHandler
from jupyter_prov.server.job import CHECK, FINISHED, FIX, Job
from jupyter_prov.server.kept import Kept, Refused


class JobHandler(ProvHandler):
    """One job."""

    auth_resource = "kernels"

    @web.authenticated
    @authorized("read")
    async def get(self, job_id: str) -> None:
        """How far a job is, and its result when it has ended."""
        self.reply(self.jobs.to_json(self.job(job_id)))

    @web.authenticated
    @authorized("execute")
    async def delete(self, job_id: str) -> None:
        """Cancel a job; one that has ended stays as it is."""
        job = self.job(job_id)
        await job.cancel()
        self.reply(self.jobs.to_json(job))

    def job(self, job_id: str) -> Job:
        """The job of this id; answers 404 where there is none."""
        job = self.jobs.get(job_id)
        if job is None:
            raise web.HTTPError(404, "There is no such job; the server remembers the last ones until it ends.")
        return job

    async def kept(self, job_id: str) -> tuple[Job, Kept]:
        """What a finished check has kept; answers 404 or 409 otherwise."""
        job = self.job(job_id)
        if job.kind != CHECK:
            raise web.HTTPError(409, "Only a check has outputs to look at.")
        if job.state != FINISHED or job.kept is None:
            raise web.HTTPError(409, f"The check has not finished: it is {job.state}.")
        return job, await asyncio.to_thread(Kept.read, job.kept)


class JobsHandler(ProvHandler):
    """Starting jobs, and finding those of a notebook or of all."""

    auth_resource = "kernels"

    @web.authenticated
    @authorized("read")
    async def get(self) -> None:
        """The jobs of the notebook `path`, or of all, newest first, without their results."""
        path = self.get_query_argument("path", None)
        jobs = self.jobs.all(path.strip("/") if path is not None else None)
        self.reply({"jobs": [self.jobs.to_json(job, whole=False) for job in jobs]})

    @web.authenticated
    @authorized("execute")
    async def post(self) -> None:
        """Start a job of a `kind` for the notebook `path`, whose code it runs; one under way is answered instead."""
        body = self.body()
        if body.get("kind") not in (CHECK, FIX):
            raise web.HTTPError(400, f"The kind of a job is {CHECK!r} or {FIX!r}.")
        job, is_new = self.jobs.start(body["kind"], await self.notebook(body.get("path")))
        self.reply(self.jobs.to_json(job), 201 if is_new else 200)


class OutputsHandler(JobHandler):
    """The outputs of a cell, recorded and re-run."""

    @web.authenticated
    @authorized("read")
    async def get(self, job_id: str, index: str) -> None:
        """Those of the cell with this index among all cells of the notebook that was checked."""
        _, kept = await self.kept(job_id)
        try:
            self.reply(kept.outputs(int(index)))
        except LookupError as error:
            raise web.HTTPError(404, str(error.args[0])) from None


class AcceptHandler(JobHandler):
    """Making what a re-run showed the recorded outputs."""

    auth_resource = "contents"

    @web.authenticated
    @authorized("write")
    async def post(self, job_id: str) -> None:
        """Accept the outputs of `cells`, by their indices; the notebook itself is left to the client."""
        job, kept = await self.kept(job_id)
        indices = self.body().get("cells")
        if not isinstance(indices, list) or not indices or not all(type(index) is int for index in indices):
            raise web.HTTPError(400, "The indices of the cells to accept are expected.")
        try:
            self.reply(await self._accept(job, kept, list(dict.fromkeys(indices))))
        except LookupError as error:
            raise web.HTTPError(400, str(error.args[0])) from None
        except (Refused, UnreadableRecord) as error:
            raise web.HTTPError(409, str(error)) from None

    async def _accept(self, job: Job, kept: Kept, indices: list[int]) -> list[dict[str, Any]]:
        records, path = self.recorder.records, await self.notebook(job.path)
        notebook = await records.notebook_of(path)
        if notebook is None or job.result is None or job.started is None:
            raise Refused(f"{path} cannot be read.")
        cells = kept.acceptable(indices, job.result, notebook, self.recorder.ran_since(path, notebook, job.started))
        assert kept.record is not None
        if not await self.recorder.accept(path, notebook, kept.record, {cell["id"] for cell in cells}):
            raise Refused(f"The record of {path} cannot be saved.")
        job.accept(indices)
        return cells
