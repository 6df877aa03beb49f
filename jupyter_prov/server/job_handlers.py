"""The REST API of jobs: starting and following checks and searches for a fix, and accepting what a re-run showed."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from tornado import web

from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.server.handlers import ProvHandler
from jupyter_prov.server.job import CHECK, FINISHED, FIX, Job
from jupyter_prov.server.kept_outputs import Kept, Refused

_INDEX = re.compile("[0-9]{1,9}")


async def find(handler: ProvHandler) -> None:
    """Answer with the jobs of the notebook `path`, or with all, newest first, without their results."""
    path = handler.get_query_argument("path", None)
    jobs = handler.jobs.all(path.strip("/") if path is not None else None)
    handler.reply({"jobs": [handler.jobs.to_json(job, whole=False) for job in jobs]})


async def start(handler: ProvHandler) -> None:
    """Start a job of a `kind` for the notebook `path`, whose code it runs; one under way is answered instead."""
    body = handler.body()
    if body.get("kind") not in (CHECK, FIX):
        raise web.HTTPError(400, f"The kind of a job is {CHECK!r} or {FIX!r}.")
    job, is_new = handler.jobs.start(body["kind"], await handler.notebook(body.get("path")))
    handler.reply(handler.jobs.to_json(job), 201 if is_new else 200)


async def show(handler: ProvHandler, job_id: str) -> None:
    """Answer with how far a job is, and with its result when it has ended."""
    handler.reply(handler.jobs.to_json(_job(handler, job_id)))


async def cancel(handler: ProvHandler, job_id: str) -> None:
    """Cancel a job; one that has ended stays as it is."""
    job = _job(handler, job_id)
    await job.cancel()
    handler.reply(handler.jobs.to_json(job))


async def outputs(handler: ProvHandler, job_id: str, index: str) -> None:
    """Answer with the recorded and re-run outputs of the cell with this index among all cells that were checked."""
    if not _INDEX.fullmatch(index):
        raise web.HTTPError(400, "The index of a cell is expected.")
    _, kept = await _kept(handler, job_id)
    try:
        handler.reply(kept.outputs(int(index)))
    except LookupError as error:
        raise web.HTTPError(404, str(error.args[0])) from None


async def accept(handler: ProvHandler, job_id: str) -> None:
    """Accept the re-run outputs of `cells`, by their indices; the notebook itself is left to the client."""
    job, kept = await _kept(handler, job_id)
    indices = handler.body().get("cells")
    if not isinstance(indices, list) or not indices or not all(type(index) is int for index in indices):
        raise web.HTTPError(400, "The indices of the cells to accept are expected.")
    try:
        handler.reply(await _accept(handler, job, kept, list(dict.fromkeys(indices))))
    except LookupError as error:
        raise web.HTTPError(400, str(error.args[0])) from None
    except (Refused, UnreadableRecord) as error:
        raise web.HTTPError(409, str(error)) from None


def _job(handler: ProvHandler, job_id: str) -> Job:
    """The job of this id; answers 404 where there is none."""
    job = handler.jobs.get(job_id)
    if job is None:
        raise web.HTTPError(404, "There is no such job; the server remembers the last ones until it ends.")
    return job


async def _kept(handler: ProvHandler, job_id: str) -> tuple[Job, Kept]:
    """What a finished check has kept; answers 404 or 409 otherwise."""
    job = _job(handler, job_id)
    if job.kind != CHECK:
        raise web.HTTPError(409, "Only a check has outputs to look at.")
    if job.state != FINISHED or job.kept is None:
        raise web.HTTPError(409, f"The check has not finished: it is {job.state}.")
    return job, await asyncio.to_thread(Kept.read, job.kept)


async def _accept(handler: ProvHandler, job: Job, kept: Kept, indices: list[int]) -> list[dict[str, Any]]:
    recorder, path = handler.recorder, await handler.notebook(job.path)
    notebook = await recorder.records.notebook_of(path)
    if notebook is None or job.result is None or job.started is None:
        raise Refused(f"{path} cannot be read.")
    cells = kept.acceptable(indices, job.result, notebook, recorder.ran_since(path, notebook, job.started))
    assert kept.record is not None
    if not await recorder.accept(path, notebook, kept.record, {cell["id"] for cell in cells}):
        raise Refused(recorder.obstacles.get(path, f"The record of {path} cannot be saved."))
    job.accept(indices)
    return cells
