"""One job: `jupyter prov check` or `fix` in a process of its own, whose progress is read as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_prov.record.assemble import now
from jupyter_prov.record.identify import shown
from jupyter_prov.server.staging import Checkable

CHECK, FIX = "check", "fix"
QUEUED, RUNNING, FINISHED, CANCELLED, FAILED = "queued", "running", "finished", "cancelled", "failed"
_WHAT = {CHECK: "check", FIX: "search for a fix"}
_CANCEL_SECONDS = 10.0


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
        self._told = told
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: asyncio.subprocess.Process | None = None
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
        return Path(self._folder.name, "kept")

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
            "exit_code": self.exit_code,
            "report": result if self.kind == CHECK else None,
            "fix": result if self.kind == FIX else None,
            **({"cells": self.cells} if whole and self.cells is not None else {}),
        }

    async def run(self, subject: Checkable) -> None:
        """Run the command to its end."""
        self.state, self.started = RUNNING, now()
        self._tell(message="Starting.")
        self.cells = _cells(subject.path)
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="jupyter-prov-job-")
            self._process = await self._spawned(subject.path)
            await self._follow(self._process)
        except OSError as error:
            self._end(FAILED, f"The {_WHAT[self.kind]} cannot be started: {error.strerror or error}.")
        finally:
            subject.clean()
            if self.state != FINISHED:
                self.forget()
            self.ended.set()

    def fail(self, message: str) -> None:
        """It cannot even begin."""
        self._end(FAILED, message)

    async def cancel(self) -> None:
        """End it in order, by force if that takes too long; one that waits never begins."""
        if not self.is_open:
            return
        is_running = self.state == RUNNING
        self._end(CANCELLED, "Cancelled.")
        if not is_running:
            return
        if self._process is not None:
            self._signal(signal.SIGTERM)  # a server started in the background ignores SIGINT, and so do its children
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

    def forget(self) -> None:
        """Remove what came of it."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _spawned(self, notebook: Path) -> asyncio.subprocess.Process:
        assert self._folder is not None
        more = ["--keep", str(Path(self._folder.name, "kept"))] if self.kind == CHECK else []
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jupyter_prov", self.kind, str(notebook),
            "--json", self._report_path, "--progress", "json", *more,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=notebook.parent,
            start_new_session=True,
            limit=1 << 20,
        )  # fmt: skip

    @property
    def _report_path(self) -> str:
        assert self._folder is not None
        return os.path.join(self._folder.name, "report.json")

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        last = ""
        if self.state == CANCELLED:  # while the process was being started
            self._signal(signal.SIGTERM)
        async for line in process.stderr:
            text = line.decode("utf-8", "replace").strip()
            try:
                event = json.loads(text)
                if self.state == RUNNING:
                    self._tell(**{key: event[key] for key in self.progress if key in event})
            except (ValueError, TypeError):
                last = text or last
        self.exit_code = await process.wait()
        self._conclude(last)

    def _conclude(self, last: str) -> None:
        report = Path(self._report_path)
        if self.state == RUNNING and report.exists():
            told = json.loads(report.read_text(encoding="utf-8"))
            self.result = told["notebooks"][0] if self.kind == CHECK else told
            self.progress["phase"] = "done"
            self._end(FINISHED, "")
        elif self.state == RUNNING:
            self._end(FAILED, last or f"The {_WHAT[self.kind]} ended with exit code {self.exit_code}.")

    def _end(self, state: str, message: str) -> None:
        self.state = state
        self._tell(message=message)

    def _tell(self, **progress: Any) -> None:
        self.progress |= progress
        self._told(self)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":  # where a process can only be ended outright
                self._process.terminate()
            else:
                self._process.send_signal(number)

    def _kill(self) -> None:
        """End it with all that it has started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)


def _cells(notebook: Path) -> list[dict[str, Any]] | None:
    """A notebook's cells, to be known again; None where it cannot be read."""
    try:
        return [asdict(cell) for cell in shown(json.loads(notebook.read_text(encoding="utf-8")))]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None  # the command says what is wrong with it
