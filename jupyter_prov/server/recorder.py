"""The recorder: knows every kernel's sessions and every notebook's record, and keeps the two together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_core.utils import ensure_async
from traitlets import Bool
from traitlets.config import LoggingConfigurable

from jupyter_prov.record import journal
from jupyter_prov.record.assemble import now, with_accepted
from jupyter_prov.record.model import Record
from jupyter_prov.record.sessionlog import Entry, SessionLog
from jupyter_prov.server.events import INPUTS, RECORD, RECORDING, Events
from jupyter_prov.server.listener import STARTING, STATE, Listener
from jupyter_prov.server.records import Records
from jupyter_prov.server.watched import Watches

KERNEL_EVENTS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
KEPT_GONE = 50
"""Kernels that are gone and whose notebook was not saved since; older ones are still in their journals."""
_SETTLE_SECONDS = 5.0
_ON_ITS_WAY_SECONDS = 2.0
"""What a save waits at most for an execution that it shows and of which nothing has been heard."""


class Recorder(LoggingConfigurable):
    """Listens to kernels and writes records when notebooks are saved."""

    record = Bool(True, config=True, help="Record what notebooks depend on, and save it beside them.")

    def __init__(self, server: Any, **kwargs: Any) -> None:
        super().__init__(parent=server, **kwargs)
        self._server = server
        self.records = Records(server.contents_manager, self.log)
        self.events = Events(server.event_logger)
        self.on_rename: Callable[[str, str], None] = lambda old, new: None
        self.on_change: Callable[[str, str], None] = lambda path, moment: None
        """Told of notebooks that have gone on, or whose inputs have changed, and when."""
        self.watches = Watches(self._inputs_changed)
        self.obstacles: dict[str, str] = {}
        """Why the record of a notebook is not written, by its path; the panel shows the sentence."""
        self.listeners: dict[str, Listener] = {}
        self._gone: list[Listener] = []
        self._recovered: dict[str, list[SessionLog]] = {}
        self._folder = Path(jupyter_data_dir()) / "jupyter-prov" / "journals"
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._plugins = [p.value for p in entry_points(group="jupyter_prov.factors")]

    def start(self) -> None:
        """Listen to kernels that run and to those that will be started."""
        self._server.event_logger.add_listener(schema_id=KERNEL_EVENTS, listener=self._on_kernel)
        for kernel_id in self._server.kernel_manager.list_kernel_ids():
            self._listen(kernel_id)
        try:
            journal.prune(self._folder)
        except OSError as error:
            self.log.warning("Old journals cannot be removed: %s", error)

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
        elif data["action"] == "shutdown":
            self._forget(data["kernel_id"])

    def _listen(self, kernel_id: str) -> None:
        manager = self._server.kernel_manager.get_kernel(kernel_id)
        if kernel_id in self.listeners or not hasattr(manager, "connect_iopub"):
            return
        path = self._folder / f"{kernel_id}.jsonl"
        self.listeners[kernel_id] = Listener(kernel_id, manager, path, self._plugins, self._told, self.log)

    def _forget(self, kernel_id: str) -> None:
        if listener := self.listeners.pop(kernel_id, None):
            listener.catch_up()
            listener.stop()
            self._gone = [*self._gone, listener][-KEPT_GONE:]

    def _told(self, listener: Listener, entry: Entry) -> None:
        self.watches.note(listener)
        if entry["kind"] in (STATE, "session"):
            self.start_task(self._announce(listener))
        elif entry["kind"] == "started":
            self.start_task(self._gone_on(listener, entry["started"]))
        self.start_task(self._notify())

    async def _announce(self, listener: Listener) -> None:
        """Tell clients that a kernel has begun to be recorded, or that it is known not to be."""
        await self._locate()
        if listener.path is not None:
            self.events.notebook(listener.path, RECORDING)

    async def _gone_on(self, listener: Listener, moment: str) -> None:
        """A cell has begun to run."""
        await self._locate()
        if listener.path is not None:
            self.on_change(listener.path, moment)

    def _inputs_changed(self, path: str) -> None:
        self.events.notebook(path, INPUTS)
        self.on_change(path, now())

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _locate(self) -> None:
        """Find out which notebook each kernel serves, and whether that wants to be recorded."""
        for session in await ensure_async(self._server.session_manager.list_sessions()):
            listener = self.listeners.get((session["kernel"] or {}).get("id", ""))
            path = session["path"].strip("/")
            if listener is not None and path != listener.path:
                if await self.records.switched_off(path):
                    listener.switch_off()
                listener.note_path(path)

    async def listener_of(self, path: str) -> Listener | None:
        """The listener of the kernel that serves this notebook now."""
        await self._locate()
        return next((one for one in self.listeners.values() if one.path == path), None)

    def ran_since(self, path: str, moment: str) -> set[str]:
        """The cells of a notebook that have begun to run after this moment, by their ids."""
        for listener in self.listeners.values():
            listener.catch_up()
        executions = (execution for session in self.sessions_of(path) for execution in session.executions)
        return {execution.cell for execution in executions if execution.cell and execution.started > moment}

    def sessions_of(self, path: str) -> list[SessionLog]:
        """The sessions that this notebook is known to have had, oldest first."""
        known = [one for one in (*self._gone, *self.listeners.values()) if one.path == path]
        if path not in self._recovered:
            live = {one.kernel_id for one in (*self._gone, *self.listeners.values())}
            self._recovered[path] = journal.recovered(self._folder, path, live)
        return [*self._recovered[path], *(session for one in known for session in one.sessions)]

    # -- notebooks

    async def saved(self, path: str, model: dict[str, Any]) -> None:
        """A notebook was saved: write its record, once what was told to come has come."""
        notebook = self.records.notebook(path, model)
        if notebook is None or not self.record:
            return
        async with self._locks.setdefault(path, asyncio.Lock()):
            if listener := await self.listener_of(path):
                listener.catch_up()
                if Records.wants_no_record(notebook):
                    listener.switch_off()
            if Records.wants_no_record(notebook):
                return
            settled = await self._settled(path, notebook)
            await self._heard(path, notebook)
            await self._write(path, notebook, settled)
            self._gone = [one for one in self._gone if one.path != path]
        if not settled:
            self.start_task(self._write_again(path, notebook))

    async def _write(self, path: str, notebook: dict[str, Any], settled: bool = True) -> None:
        if await self.records.write(path, notebook, self.sessions_of(path), settled):
            self.events.notebook(path, RECORD)

    async def _write_again(self, path: str, notebook: dict[str, Any]) -> None:
        await self._settled(path, notebook, seconds=600.0)
        async with self._locks[path]:
            await self._write(path, notebook)

    async def _heard(self, path: str, notebook: dict[str, Any]) -> None:
        """Wait a moment for executions that the notebook shows: a browser may have heard of them before we do."""

        def heard() -> bool:
            live = [one for one in self.listeners.values() if one.path == path and one.is_recording]
            if any(not one.sessions or one.sessions[-1].ended for one in live):  # a session begins with the kernel
                return False
            known = {(e.cell, e.count) for session in self.sessions_of(path) for e in session.executions}
            newest = max((e.count or 0 for one in live for e in one.sessions[-1].executions), default=0)
            if not live or any(one.sessions[-1].running for one in live):
                return True
            shown = ((cell.get("id"), cell.get("execution_count") or 0) for cell in notebook["cells"])
            return all(count <= newest or (cell, count) in known for cell, count in shown)

        async with self._news:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait_for(heard), _ON_ITS_WAY_SECONDS)

    async def _settled(self, path: str, notebook: dict[str, Any], seconds: float = _SETTLE_SECONDS) -> bool:
        """Wait for entries on their way: digests, packages, the end of a cell whose outputs were saved."""
        counts = {cell.get("id"): cell.get("execution_count") for cell in notebook.get("cells", [])}

        def settled() -> bool:
            if any(one.path == path and one.state == STARTING for one in self.listeners.values()):
                return False
            return not any(_awaited(session, counts) for session in self.sessions_of(path))

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(settled), seconds)
            except asyncio.TimeoutError:
                return False
        return True

    async def accept(self, path: str, rerun: Record, cells: Collection[str]) -> bool:
        """Put these cells of a notebook down to a re-run in its record; whether that was written.

        Raises UnreadableRecord.
        """
        async with self._locks.setdefault(path, asyncio.Lock()):
            before = await self.records.read(path) or Record(rerun.notebook)
            written = await self.records.save(path, with_accepted(before, rerun, cells, now()))
        if written:
            self.events.notebook(path, RECORD)
        return written

    async def renamed(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed: its record and its sessions go along."""
        for listener in (*self.listeners.values(), *self._gone):
            if listener.path == old or (listener.path or "").startswith(f"{old}/"):
                listener.note_path(new + (listener.path or "")[len(old) :])
        if old in self._recovered:
            self._recovered[new] = self._recovered.pop(old)
        self.on_rename(old, new)
        await self.records.move(old, new)

    async def deleted(self, path: str) -> None:
        """A notebook was deleted, and its record with it."""
        await self.records.remove(path)

    async def copied(self, source: str, target: str) -> None:
        """A notebook was copied, and its record with it."""
        await self.records.copy(source, target)


def _awaited(session: SessionLog, counts: Mapping[str, int | None]) -> bool:
    """Whether something that a saved notebook shows is still on its way; `counts` are its cells' prompts."""
    if session.ended or not session.executions:
        return False
    running = session.running
    count = counts.get(running.cell or "") if running else None
    on_its_way = count is not None and all(e.count != count for e in session.executions)
    return bool(session.waiting) or on_its_way or not session.packages
