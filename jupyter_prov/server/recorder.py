"""The recorder: knows every kernel's sessions and every notebook's record, and keeps the two together."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_core.utils import ensure_async
from traitlets import Bool
from traitlets.config import LoggingConfigurable

from jupyter_prov.record import obstacles
from jupyter_prov.record.assemble import now, with_accepted
from jupyter_prov.record.journal import Journal
from jupyter_prov.record.match_cells import aligned, outline
from jupyter_prov.record.model import Record
from jupyter_prov.record.recover_sessions import showing
from jupyter_prov.record.sessionlog import Entry, SessionLog
from jupyter_prov.server.events import INPUTS, RECORD, RECORDING, Events
from jupyter_prov.server.kernels import Kernels
from jupyter_prov.server.listener import STATE, Listener
from jupyter_prov.server.masked_log import masked_log
from jupyter_prov.server.notebook_events import EVENTS, Contents, Following
from jupyter_prov.server.record_writer import Records
from jupyter_prov.server.save_waiting import Met, Waiting, is_heard, is_settled
from jupyter_prov.server.watched_inputs import Watches

KERNEL_EVENTS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
_SETTLE_SECONDS = 5.0
_ON_ITS_WAY_SECONDS = 2.0
"""What a save waits at most for an execution that it shows and of which nothing has been heard."""
_LAST_SECONDS = 2.0
"""What the server's end waits at most for what is on its way, and then for the records to be written."""


class Recorder(LoggingConfigurable):
    """Listens to kernels and writes records when notebooks are saved."""

    record = Bool(True, config=True, help="Record what notebooks depend on, and save it beside them.")

    def __init__(self, server: Any, **kwargs: Any) -> None:
        super().__init__(parent=server, **kwargs)
        self._server = server
        self.log = masked_log(self.log)
        contents, data = Contents(server), Path(jupyter_data_dir()) / "jupyter-prov"
        self.records = Records(contents, self.log, data)
        self._following = Following(contents, self, self.start_task)
        self.events = Events(server.event_logger)
        self.on_rename: Callable[[str, str], None] = lambda old, new: None
        self.on_change: Callable[[str, str], None] = lambda path, moment: None
        """Told of notebooks that have gone on, or whose inputs have changed, and when."""
        self.watches = Watches(self._inputs_changed)
        self.obstacles = self.records.obstacles
        """Why the record of a notebook is not written, by its path; the panel shows the sentence."""
        self._folder = data / "journals"
        self.kernels = Kernels(self._folder, self.records.identity, self.log)
        self.listeners = self.kernels.live
        self._waiting = Waiting()
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._plugins = [p.value for p in entry_points(group="jupyter_prov.factors")]

    def start(self) -> None:
        """Listen to kernels that run and to those that will be started."""
        self._server.event_logger.add_listener(schema_id=KERNEL_EVENTS, listener=self._on_kernel)
        for kernel_id in self._server.kernel_manager.list_kernel_ids():
            self._listen(kernel_id)

    def follow(self) -> None:
        """Follow what is done to notebooks, whichever contents manager the server uses."""
        self._following.look()
        self._server.event_logger.add_listener(schema_id=EVENTS, listener=self._following.on_event)
        self._server.io_loop.add_callback(self._following.look)  # when all extensions have loaded

    async def stop(self) -> None:
        """The server is about to end: write the records of what was saved, with what has come by now."""
        for _ in range(2):
            if waiting := [task for task in self._tasks if not task.done()]:
                await asyncio.wait(waiting, timeout=_LAST_SECONDS)
            await self._waiting.stop()
        await self.watches.stop()

    def start_task(self, work: Awaitable[None]) -> None:
        """Do something after the request that led to it; what fails is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.log.error("A record could not be kept: %s", error, exc_info=error)

    # -- kernels

    async def _on_kernel(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("status") == "error" or not data.get("kernel_id"):
            return
        if data["action"] == "start":
            self._listen(data["kernel_id"])
        elif data["action"] == "restart" and data["kernel_id"] in self.listeners:
            self.listeners[data["kernel_id"]].line.restarted()
        elif data["action"] == "shutdown":
            self.kernels.forget(data["kernel_id"])

    def _listen(self, kernel_id: str) -> None:
        manager = self._server.kernel_manager.get_kernel(kernel_id)
        if kernel_id in self.listeners or not hasattr(manager, "connect_iopub"):
            return
        server = {"host": socket.gethostname(), "pid": os.getpid()}
        head = {"server": server, "root": self.records.store.root, "kernel": kernel_id}
        kept = Journal(self._folder / f"{kernel_id}.jsonl", head)
        self.listeners[kernel_id] = Listener(
            kernel_id, manager, kept, self._plugins, self._take_in, self.log, self.records.identity
        )

    def _take_in(self, listener: Listener, entry: Entry) -> None:
        self._following.look()
        self.watches.note(listener)
        if entry["kind"] in (STATE, "session"):
            self.start_task(self._announce(listener))
        elif entry["kind"] == "started":
            self.start_task(self._gone_on(listener, entry["started"]))
        self.start_task(self._waiting.notify())

    async def _announce(self, listener: Listener) -> None:
        """Tell clients that a kernel has begun to be recorded, or that it is known not to be."""
        await self._locate()
        for path in listener.serves:
            self.events.notebook(path, RECORDING)

    async def _gone_on(self, listener: Listener, moment: str) -> None:
        """A cell has begun to run."""
        await self._locate()
        for path in listener.serves:
            self.on_change(path, moment)

    def _inputs_changed(self, path: str) -> None:
        self.events.notebook(path, INPUTS)
        self.on_change(path, now())

    async def _locate(self) -> None:
        """Find out which notebooks each kernel serves, and whether they want to be recorded."""
        self._following.look()
        self.kernels.serving.update(await ensure_async(self._server.session_manager.list_sessions()))
        for listener in list(self.listeners.values()):
            served = self.kernels.serving.of(listener.kernel_id)
            listener.serves = [one.path for one in served if one.is_notebook]
            listener.is_shared |= any(not one.is_notebook for one in served)
            for path in listener.serves:
                if path not in listener.paths:
                    await self._meet(listener, path)

    async def _meet(self, listener: Listener, path: str) -> None:
        """A kernel serves a notebook that it did not serve before."""
        notebook = await self.records.notebook_of(path)
        if notebook is not None:
            self.kernels.serving.outlines.setdefault(path, outline(notebook))
            listener.note_notebook(path, outline(notebook), not Records.wants_no_record(notebook))
        listener.note_path(path)
        await self.records.look(path)

    async def listener_of(self, path: str) -> Listener | None:
        """The listener of the kernel that serves this notebook now."""
        await self._locate()
        live = [*self.listeners.values()]
        serving = next((one for one in live if path in one.serves), None)
        return serving or next((one for one in live if path in one.paths), None)

    def ran_since(self, path: str, notebook: Mapping[str, Any], moment: str) -> set[str]:
        """The cells of a notebook that have begun to run after this moment, by their ids."""
        for listener in self.listeners.values():
            listener.catch_up()
        sessions = self.kernels.belonging(path, outline(notebook))
        executions = (execution for session in sessions for execution in session.executions)
        return {execution.cell for execution in executions if execution.cell and execution.started > moment}

    def sessions_of(self, path: str) -> list[SessionLog]:
        """The sessions that this notebook is known to have had, oldest first."""
        return self.kernels.sessions_of(path)

    # -- notebooks

    async def saved(self, path: str, model: dict[str, Any] | None, within: str | None = None) -> None:
        """A notebook was saved: write its record, once what was told to come has come.

        Where there is no model, the contents manager wrote it by itself, perhaps `within` the saving of a text file.
        """
        notebook = self.records.notebook(path, model) if model else await self.records.notebook_of(path)
        if notebook is None or not self.record:
            return self._note_text(path, model) if self.record else None
        async with self._locks.setdefault(path, asyncio.Lock()):
            await self._find_kernels(path, notebook, within)
            is_wanted = not Records.wants_no_record(notebook)
            for listener in self.kernels.known(path):
                listener.note_notebook(path, outline(notebook), is_wanted)
            if not is_wanted:
                return
            await self.kernels.recovered.look(path)
            self._waiting.saved[path] = notebook
            settled = await self._come(path, notebook, _SETTLE_SECONDS)
            await self._write(path, notebook, settled)
            self.kernels.release(path)
        if settled:
            self._waiting.saved.pop(path, None)
        else:
            self.start_task(self._finish(path, notebook))

    def _note_text(self, path: str, model: Mapping[str, Any] | None) -> None:
        """Something was saved that is no .ipynb file: of a notebook that is kept as text alone, there is no record."""
        is_notebook = model is not None and model.get("type") == "notebook" and not path.endswith(".ipynb")
        if is_notebook and path not in self._following.pairs and path not in self.obstacles:
            self.obstacles[path] = obstacles.text_only(os.path.basename(path))
            self.log.warning("%s", self.obstacles[path])
            self.events.notebook(path, RECORDING)
        elif path in self._following.pairs:
            self.obstacles.pop(path, None)

    async def _find_kernels(self, path: str, notebook: dict[str, Any], within: str | None) -> None:
        """Find the kernels that have made a notebook's outputs, and take in what they have said."""
        self.kernels.serving.note_saved(path)
        await self._locate()
        self.kernels.serving.outlines[path] = cells = outline(notebook)
        for listener in self.listeners.values():
            listener.catch_up()
            if within is not None and within in listener.serves:
                listener.note_path(path)
        if not self.kernels.known(path) and not await self.records.exists(path):
            self.kernels.adopt(path, cells)

    async def _write(self, path: str, notebook: dict[str, Any], settled: bool = True) -> None:
        before, sessions = self.obstacles.get(path), self.kernels.belonging(path, outline(notebook))
        if await self.records.write(path, notebook, showing(sessions, notebook), settled):
            self.events.notebook(path, RECORD)
        elif self.obstacles.get(path) != before:
            self.events.notebook(path, RECORDING)

    async def _finish(self, path: str, notebook: dict[str, Any]) -> None:
        """Complete the record of a saved notebook when the last has come, unless it is saved anew before."""
        settled = await self._come(path, notebook, None)
        async with self._locks.setdefault(path, asyncio.Lock()):
            if self._waiting.saved.get(path) is notebook:
                del self._waiting.saved[path]
                await self._write(path, notebook, settled)

    async def _come(self, path: str, notebook: dict[str, Any], seconds: float | None) -> bool:
        """Wait, at most so long, until what is on its way to a saved notebook has come; whether all of it has.

        A kernel that has just begun to be recorded may be known to be before what it has run so far is heard of.
        """
        await self._until(path, notebook, is_settled, seconds)
        await self._until(path, notebook, is_heard, _ON_ITS_WAY_SECONDS)
        await self._until(path, notebook, is_settled, seconds)
        return is_settled(notebook, self.kernels.of(path), self.sessions_of(path))

    async def _until(self, path: str, notebook: dict[str, Any], met: Met, seconds: float | None) -> bool:
        """Wait until this is so of a saved notebook, at most so long; whether it is."""
        return await self._waiting.until(
            path, notebook, lambda: met(notebook, self.kernels.of(path), self.sessions_of(path)), seconds
        )

    async def accept(self, path: str, notebook: Mapping[str, Any], rerun: Record, cells: Collection[str]) -> bool:
        """Put these cells of a notebook down to a re-run in its record; whether that was written."""

        def accepted(before: Record | None) -> Record:
            return with_accepted(aligned(before or Record(rerun.notebook), notebook), rerun, cells, now())

        async with self._locks.setdefault(path, asyncio.Lock()):
            written = await self.records.change(path, accepted)
        if written:
            self.events.notebook(path, RECORD)
        return written

    async def renamed(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed: its record and its sessions go along."""
        await self._locate()
        self.kernels.rename(old, new)
        self.on_rename(old, new)
        await self.records.move(old, new)
        for to, notebook in self._waiting.rename(old, new):
            self.start_task(self._finish(to, notebook))

    async def deleted(self, path: str) -> None:
        """A notebook was deleted, and its record with it."""
        await self.records.remove(path)

    async def copied(self, source: str, target: str) -> None:
        """A notebook was copied, and its record with it."""
        await self.records.copy(source, target)
