"""What all handlers of the REST API share, and the answer about a notebook's live session."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_prov.record import safe_reading
from jupyter_prov.record.match_cells import Cell, Shown
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.server.jobs import Jobs
from jupyter_prov.server.listener import Listener
from jupyter_prov.server.live_answer import NOTHING, answer, cells_of, session_of
from jupyter_prov.server.recorder import Recorder
from jupyter_prov.server.recording_state import recording_of


class ProvHandler(APIHandler):
    """What every handler needs: the recorder, the jobs, and a notebook's path that the user may see."""

    @property
    def recorder(self) -> Recorder:
        """The recorder of this server."""
        recorder: Recorder = self.settings["jupyter_prov_recorder"]
        return recorder

    @property
    def jobs(self) -> Jobs:
        """The jobs of this server."""
        jobs: Jobs = self.settings["jupyter_prov_jobs"]
        return jobs

    def body(self) -> dict[str, Any]:
        """The request's JSON object; answers 400 where it is none."""
        try:
            text = self.request.body.decode("utf-8")
            body = safe_reading.json_of(text, "The body")
        except (UnicodeDecodeError, safe_reading.Unreadable) as error:
            raise web.HTTPError(400, f"{error}; send a JSON object.") from None
        if not isinstance(body, dict):
            raise web.HTTPError(400, "A JSON object is expected.")
        return body

    async def notebook(self, path: Any) -> str:
        """A path of the contents API, if a notebook is there; answers 400 or 404 otherwise."""
        if not isinstance(path, str) or "\0" in path or not _is_text(path):
            raise web.HTTPError(400, "The path of a notebook is expected.")
        name: str = path.strip("/")
        if not name.endswith(".ipynb") and name not in self.recorder.obstacles:  # one that is kept as text alone
            raise web.HTTPError(400, "The path of a notebook is expected.")
        contents = self.contents_manager
        try:
            found = await ensure_async(contents.file_exists(name))
            hidden = found and not contents.allow_hidden and await ensure_async(contents.is_hidden(name))
        except (OSError, ValueError):  # a name that no file can have
            found, hidden = False, False
        if not found or hidden:
            raise web.HTTPError(404, f"There is no notebook {name}.")
        return name

    def reply(self, content: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.finish(json.dumps(content))


def _is_text(text: str) -> bool:
    """Whether a text can be written down; JSON can hold halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def live(handler: ProvHandler) -> None:
    """Answer with the live session of `path`, held against the `cells` that the client shows."""
    body, recorder = handler.body(), handler.recorder
    path = await handler.notebook(body.get("path"))
    records, switched_on = recorder.records, recorder.record
    listener = await recorder.listener_of(path) if switched_on else None
    recorded = await records.exists(path)
    told: dict[str, Any] = {
        "path": path,
        "recorded": recorded,
        "writable": await records.can_be_saved(path),
        "recording": recording_of(path, listener, recorded, switched_on, recorder.obstacles.get(path)),
    }
    if remark := records.remarks.get(path):
        told["recording"]["message"] += f" {remark}"
    handler.set_header("Content-Type", "application/json")
    handler.finish(await _with_session(recorder, told, path, listener, cells_of(body.get("cells"))))


async def _with_session(
    recorder: Recorder, told: dict[str, Any], path: str, listener: Listener | None, cells: list[Cell] | None
) -> str:
    """The answer as JSON."""
    if listener is None or not listener.sessions or path in listener.unwanted.paths:
        return json.dumps({**told, **NOTHING})
    log, number = listener.sessions[-1], len(listener.sessions)
    disk = await recorder.watches.disk(listener)
    shown = [Shown(cell.id, "", None, False) for cell in cells or () if cell.source is not None]
    taken = log.snapshot() if cells is None else recorder.kernels.view(listener, path, log, shown)
    opens = recorder.records.opens

    def work() -> str:
        session, place = session_of(path, taken), Place.of_folder(taken.cwd or ".")
        on_disk = {place.portable(path): digest for path, digest in disk.items()}
        named = lambda path: opens(str(place.resolve(path)))  # noqa: E731
        return json.dumps({**told, **answer(session, number, taken.texts, cells, named, on_disk)})

    return await asyncio.to_thread(work)
