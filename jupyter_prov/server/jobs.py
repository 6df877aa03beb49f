"""The jobs of a server: one runs at a time, the others wait in a queue; the newest are remembered."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.web import HTTPError

from jupyter_prov.server.job import QUEUED, Job
from jupyter_prov.server.job_folder import sweep
from jupyter_prov.server.staging import Checkable

KEPT = 20
Stage = Callable[[str], Awaitable[Checkable]]
"""Gives the notebook of a path in the contents API as a file."""


class Jobs:
    """Starts jobs in their turn, and tells of their steps."""

    def __init__(self, stage: Stage, told: Callable[[dict[str, Any]], None]) -> None:
        """`told` hears of each step, as JSON."""
        self._stage, self._tell = stage, told
        sweep()
        self._jobs: dict[str, Job] = {}
        self._line: list[Job] = []
        """Those that wait or run, in their order."""
        self._running: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self, kind: str, path: str) -> tuple[Job, bool]:
        """Start a job, or find the one that is under way for the same; whether it is a new one."""
        if self._stopped:
            raise HTTPError(503, "The server is ending: it starts nothing any more.")
        for job in self._jobs.values():
            if job.is_open and (job.kind, job.path) == (kind, path):
                return job, False
        job = Job(kind, path, self._announce)
        self._jobs[job.id] = job
        self._line.append(job)
        self._forget_old()
        self._announce(job)
        self._go_on()
        return job, True

    def get(self, job_id: str) -> Job | None:
        """The job of this id."""
        return self._jobs.get(job_id)

    def all(self, path: str | None = None) -> list[Job]:
        """All jobs, or those of a notebook, newest first."""
        return [job for job in reversed(self._jobs.values()) if path in (None, job.path)]

    def to_json(self, job: Job, whole: bool = True) -> dict[str, Any]:
        """A job as clients know it."""
        return job.to_json(self._ahead(job), whole)

    def renamed(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, has another path now."""
        for job in self._jobs.values():
            if job.path == old or job.path.startswith(f"{old}/"):
                job.path = new + job.path[len(old) :]

    def outdate(self, path: str, since: str) -> None:
        """A notebook, or what it reads, is not what it was before this moment."""
        for job in self._jobs.values():
            if job.path == path:
                job.outdate(since)

    async def stop(self) -> None:
        """End all jobs with their processes; no more are started."""
        self._stopped = True
        for job in list(reversed(self._jobs.values())):
            await job.cancel()
        if self._running is not None:
            await asyncio.wait({self._running})
        for job in self._jobs.values():
            job.forget()

    def _ahead(self, job: Job) -> int:
        return self._line.index(job) if job.state == QUEUED else 0

    def _announce(self, job: Job) -> None:
        """Tell of a step; when a job has ended, fewer are before the others."""
        self._tell(self.to_json(job, whole=False))
        if job in self._line and not job.is_open:
            self._line.remove(job)
            for waiting in self._line:
                if waiting.state == QUEUED:
                    self._tell(self.to_json(waiting, whole=False))

    def _forget_old(self) -> None:
        closed = [job for job in self._jobs.values() if not job.is_open]
        for job in closed[: max(0, len(self._jobs) - KEPT)]:
            self._jobs.pop(job.id).forget()

    def _go_on(self) -> None:
        """Begin with the next one, if none is running."""
        if self._running is None and not self._stopped:
            waiting = next((job for job in self._jobs.values() if job.state == QUEUED), None)
            if waiting is not None:
                self._running = asyncio.create_task(self._run(waiting))
                self._running.add_done_callback(functools.partial(self._done, waiting))

    async def _run(self, job: Job) -> None:
        try:
            subject = await self._stage(job.path)
        except (HTTPError, OSError) as error:
            job.fail(f"{job.path} cannot be read: {getattr(error, 'log_message', None) or error}.")
            return
        if job.state == QUEUED:
            await job.run(subject)
        else:
            subject.clean()

    def _done(self, job: Job, task: asyncio.Task[None]) -> None:
        self._running = None
        if job.is_open:  # it never got as far as to end by itself
            job.fail(f"{job.path} could not be brought to where it is read; the server's log says why.")
        self._go_on()
        if not task.cancelled() and (error := task.exception()):
            raise error
