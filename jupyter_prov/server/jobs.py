"""Check jobs: each is `jupyter prov check --json` in a process of its own, whose progress is read as it comes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from jupyter_prov.server.staging import Checkable

RUNNING, FINISHED, CANCELLED, FAILED = "running", "finished", "cancelled", "failed"
KEPT = 20
_CANCEL_SECONDS = 10.0


class Job:
    """One check of one notebook."""

    def __init__(self, path: str, subject: Checkable) -> None:
        self.id = uuid.uuid4().hex
        self.path = path
        self.state = RUNNING
        self.progress: dict[str, Any] = {"phase": None, "done": 0, "total": 0, "message": "Starting."}
        self.exit_code: int | None = None
        self.report: dict[str, Any] | None = None
        self._subject = subject
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.state == RUNNING

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "path": self.path,
            "state": self.state,
            **self.progress,
            "exit_code": self.exit_code,
            "report": self.report,
        }

    async def start(self) -> None:
        """Start the process; its end is awaited in a task of its own."""
        self._folder = tempfile.TemporaryDirectory(prefix="jupyter-prov-job-")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jupyter_prov", "check", str(self._subject.path),
            "--json", self._report_path, "--progress", "json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._subject.path.parent,
            start_new_session=True,
            limit=1 << 20,
        )  # fmt: skip
        self._task = asyncio.create_task(self._follow(self._process))

    async def cancel(self) -> None:
        """End the check in order, by force if that takes too long."""
        if not self.running or self._process is None or self._task is None:
            return
        self.state = CANCELLED
        self.progress["message"] = "Cancelled."
        self._signal(signal.SIGTERM)  # a server started in the background ignores SIGINT, and so do its children
        done, _ = await asyncio.wait({self._task}, timeout=_CANCEL_SECONDS)
        if not done:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def _signal(self, number: int) -> None:
        assert self._process is not None
        try:
            if os.name == "nt":  # where a process can only be ended outright
                self._process.terminate()
            else:
                self._process.send_signal(number)
        except ProcessLookupError:
            return

    @property
    def _report_path(self) -> str:
        return os.path.join(self._folder.name, "report.json")

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        last = ""
        async for line in process.stderr:
            text = line.decode("utf-8", "replace").strip()
            try:
                event = json.loads(text)
                if self.running:
                    self.progress |= {key: event[key] for key in self.progress if key in event}
            except (ValueError, TypeError):
                last = text or last
        self.exit_code = await process.wait()
        self._finish(last)

    def _finish(self, last: str) -> None:
        report = Path(self._report_path)
        if self.running and report.exists():
            self.report = json.loads(report.read_text(encoding="utf-8"))["notebooks"][0]
            self.state = FINISHED
            self.progress |= {"phase": "done", "message": ""}
        elif self.running:
            self.state = FAILED
            self.progress["message"] = last or f"The check ended with exit code {self.exit_code}."
        self._folder.cleanup()
        self._subject.clean()


class Jobs:
    """The check jobs of a server, the newest of which are remembered."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._jobs: dict[str, Job] = {}

    async def start(self, path: str, subject: Checkable) -> Job:
        """Start a check of a notebook; `path` is the one of the contents API."""
        job = Job(path, subject)
        await job.start()
        self._jobs[job.id] = job
        for old in [one for one in self._jobs.values() if not one.running][: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[old.id]
        return job

    def get(self, job_id: str) -> Job | None:
        """The job of this id."""
        return self._jobs.get(job_id)

    def of(self, path: str) -> list[Job]:
        """The jobs of a notebook, newest first."""
        return [job for job in reversed(self._jobs.values()) if job.path == path]
