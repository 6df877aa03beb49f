"""One job: `jupyter prov check` or `fix` in a process of its own, whose progress is read as it comes."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_prov.record import safe_reading
from jupyter_prov.record.assemble import now
from jupyter_prov.record.masking import mask_urls
from jupyter_prov.record.match_cells import shown
from jupyter_prov.record.notebook_shape import is_notebook
from jupyter_prov.server.cli_process import Command
from jupyter_prov.server.job_folder import JobFolder
from jupyter_prov.server.staging import Checkable

CHECK, FIX = "check", "fix"
QUEUED, RUNNING, FINISHED, CANCELLED, FAILED = "queued", "running", "finished", "cancelled", "failed"
_WHAT = {CHECK: "check", FIX: "search for a fix"}
_CANCEL_SECONDS = 10.0
_LONGEST_MESSAGE = 1000


class Job:
    """What is done with one notebook; its folder holds what came of it, until it is forgotten."""

    def __init__(self, kind: str, path: str, told: Callable[[Job], None]) -> None:
        """`path` is the notebook's in the contents API; `told` hears of each step."""
        self.id = uuid.uuid4().hex
        self.kind, self.path = kind, path
        self.state = QUEUED
        self.progress: dict[str, Any] = {"phase": None, "done": 0, "total": 0, "message": "Waiting."}
        self.started: str | None = None
        self.exit_code: int | None = None
        self.cells: list[dict[str, Any]] | None = None
        """The notebook's cells as they were when it began."""
        self.result: dict[str, Any] | None = None
        self.outdated = False
        """Whether the notebook has gone on, or its inputs, since the check began."""
        self._told = told
        self._folder: JobFolder | None = None
        self._command: Command | None = None
        self.ended = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (QUEUED, RUNNING)

    @property
    def kept(self) -> Path | None:
        """The folder in which a finished check has kept what it saw."""
        if self._folder is None or self.kind != CHECK or self.state != FINISHED:
            return None
        return self._folder.path / "kept"

    def to_json(self, ahead: int = 0, whole: bool = True) -> dict[str, Any]:
        """The job as clients know it, with its result if it is wanted `whole`."""
        result = self.result if whole else None
        return {
            "id": self.id,
            "kind": self.kind,
            "path": self.path,
            "state": self.state,
            "ahead": ahead,
            **self.progress,
            "started": self.started,
            "outdated": self.outdated,
            "exit_code": self.exit_code,
            "report": result if self.kind == CHECK else None,
            "fix": result if self.kind == FIX else None,
            **({"cells": self.cells} if whole and self.cells is not None else {}),
        }

    async def run(self, subject: Checkable) -> None:
        """Run the command to its end."""
        self.state, self.started = RUNNING, now()
        self._tell(message="Starting.")
        try:
            self.cells = await asyncio.to_thread(_cells, subject.path)
            self._folder = await asyncio.to_thread(JobFolder)
            self._command = await Command.start(self._arguments(subject.path), subject.path.parent)
            await self._follow(self._command)
        except OSError as error:
            self._end(FAILED, f"The {_WHAT[self.kind]} cannot be started: {error.strerror or error}.")
        finally:
            self._close(subject)

    def _close(self, subject: Checkable) -> None:
        """Nothing more will come; what still runs then is given up."""
        given_up = self.state == RUNNING
        if given_up:
            self._kill()
            self.state = FAILED
        subject.clean()
        if self.state != FINISHED:
            self.forget()
        self.ended.set()
        if given_up:
            self._end(FAILED, f"The {_WHAT[self.kind]} could not be followed to its end; the server's log says why.")

    def fail(self, message: str) -> None:
        """It cannot even begin."""
        self.ended.set()
        self._end(FAILED, message)

    async def cancel(self) -> None:
        """End it in order, by force if that takes too long; one that waits never begins."""
        if not self.is_open:
            return
        is_running = self.state == RUNNING
        self._end(CANCELLED, "Cancelled.")
        if not is_running:
            self.ended.set()
            return
        if self._command is not None:
            self._command.end()
        try:
            await asyncio.wait_for(self.ended.wait(), _CANCEL_SECONDS)
        except asyncio.TimeoutError:
            self._kill()

    def accept(self, indices: Collection[int]) -> None:
        """What the re-run showed in the cells with these indices has become the recorded output."""
        for cell in self.result["cells"] if self.result else ():
            if cell["index"] in indices:
                cell["accepted"] = True
        self._told(self)

    def outdate(self, since: str) -> None:
        """Something has happened to the notebook at this moment: a check that began before does not stand any more."""
        stands = self.kind == CHECK and self.state in (RUNNING, FINISHED) and not self.outdated
        if stands and self.started is not None and self.started < since:
            self.outdated = True
            self._told(self)

    def forget(self) -> None:
        """Remove what came of it."""
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _arguments(self, notebook: Path) -> list[str]:
        assert self._folder is not None
        more = ["--keep", str(self._folder.path / "kept")] if self.kind == CHECK else []
        return [self.kind, str(notebook), "--json", self._report_path, "--progress", "json", *more]

    @property
    def _report_path(self) -> str:
        assert self._folder is not None
        return str(self._folder.path / "report.json")

    async def _follow(self, command: Command) -> None:
        last = ""
        if self.state == CANCELLED:  # while the process was being started
            command.end()
        async for line in command.lines():
            try:
                event = json.loads(line)
                if self.state == RUNNING:
                    self._tell(**{key: event[key] for key in self.progress if key in event})
            except (ValueError, TypeError):
                last = line or last
        self.exit_code = await command.wait()
        await self._conclude(last[:_LONGEST_MESSAGE])

    async def _conclude(self, last: str) -> None:
        report = Path(self._report_path)
        if self.state == RUNNING and report.exists():
            try:
                result = await asyncio.to_thread(_result, report, self.kind)
            except (OSError, ValueError, LookupError, TypeError) as error:
                self._end(FAILED, f"The report of the {_WHAT[self.kind]} cannot be read: {error}.")
                return
            if self.state == RUNNING:
                self.result = result
                self.progress["phase"] = "done"
                self._end(FINISHED, "")
        elif self.state == RUNNING:
            self._end(FAILED, last or f"The {_WHAT[self.kind]} ended with exit code {self.exit_code}.")

    def _end(self, state: str, message: str) -> None:
        self.state = state
        self._tell(message=mask_urls(message))

    def _tell(self, **progress: Any) -> None:
        self.progress |= progress
        self._told(self)

    def _kill(self) -> None:
        if self._command is not None:
            self._command.kill()


def _result(report: Path, kind: str) -> dict[str, Any]:
    """What came of it, of a report; raises what a report that is none raises."""
    told = json.loads(report.read_text(encoding="utf-8"))
    result: dict[str, Any] = told["notebooks"][0] if kind == CHECK else told
    return result


def _cells(notebook: Path) -> list[dict[str, Any]] | None:
    """A notebook's cells, to be known again; None where it cannot be read."""
    try:
        text = safe_reading.text_of(notebook, safe_reading.LARGEST_NOTEBOOK)
        content = safe_reading.json_of(text, notebook.name)
        return [asdict(cell) for cell in shown(content)] if is_notebook(content) else None
    except (FileNotFoundError, safe_reading.Unreadable):
        return None  # the command says what is wrong with it
