"""Records beside notebooks, read and written through the contents manager alone."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from jupyter_prov.record import files, reading, settings
from jupyter_prov.record.assemble import assemble, same_but_times, shows_other_outputs
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.model import Record, to_json
from jupyter_prov.record.place import Place
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.record.settings import Settings
from jupyter_prov.server.notebooks import Contents


class Records:
    """The records of the notebooks that a server's contents manager keeps."""

    def __init__(self, contents: Contents, log: logging.Logger) -> None:
        self._manager, self._log = contents, log

    @property
    def _contents(self) -> Any:
        return self._manager.current

    @staticmethod
    def notebook(path: str, model: Mapping[str, Any]) -> dict[str, Any] | None:
        """The notebook that a saved model holds, or None if it is something else or only a part."""
        if not path.endswith(".ipynb") or model.get("chunk", -1) != -1:
            return None
        content = model.get("content")
        if isinstance(content, str):
            try:
                content = reading.json_of(content, path)
            except reading.Unreadable:
                return None
        return content if isinstance(content, dict) and isinstance(content.get("cells"), list) else None

    @staticmethod
    def wants_no_record(notebook: Mapping[str, Any]) -> bool:
        """Whether the notebook's metadata says `"prov": {"record": false}`."""
        prov = notebook.get("metadata", {}).get("prov")
        return isinstance(prov, dict) and prov.get("record") is False

    async def notebook_of(self, path: str) -> dict[str, Any] | None:
        """The notebook that is kept under this path, if it can be read.

        It is read as text: read as a notebook while it is being saved, Jupyter Server would take it for broken, and
        move the half-written file away under the hands of the save.
        """
        try:
            return self.notebook(path, {"content": await self._text(path, reading.LARGEST_NOTEBOOK)})
        except (HTTPError, reading.Unreadable):
            return None

    async def _text(self, path: str, most: int) -> str:
        """The text of a file of at most so many bytes; raises HTTPError and Unreadable."""
        about = await ensure_async(self._contents.get(path, content=False))
        if (about.get("size") or 0) > most:
            raise reading.Unreadable(reading.too_large(path, most))
        text: str = (await ensure_async(self._contents.get(path, content=True, type="file", format="text")))["content"]
        return text

    def place(self, path: str) -> Place | None:
        """Where a notebook lies in the file system, if its contents manager keeps it in one."""
        local = getattr(self._contents, "_get_os_path", None)
        return Place.of_folder(os.path.dirname(local(path))) if local else None

    def _settings(self, place: Place | None) -> Settings:
        """What the project asks for; nothing where that cannot be known, or is wrong."""
        try:
            return settings.of_project(place.root) if place else Settings()
        except UsageError as error:
            self._log.warning("%s", error)
            return Settings()

    async def exists(self, path: str) -> bool:
        """Whether there is a record beside a notebook."""
        return bool(await ensure_async(self._contents.file_exists(files.record_path(path))))

    async def can_be_saved(self, path: str) -> bool:
        """Whether the contents manager would let the record of a notebook be written."""
        name = files.record_path(path)
        try:
            folder = await ensure_async(self._contents.get(os.path.dirname(path), content=False, type="directory"))
            beside = await ensure_async(self._contents.get(name, content=False)) if await self.exists(path) else folder
        except HTTPError:
            return False
        return bool(folder.get("writable", True)) and bool(beside.get("writable", True))

    def opens(self, path: str) -> str:
        """The path by which the contents API opens a file of the file system; '' where it does not."""
        root = getattr(self._contents, "root_dir", "") if hasattr(self._contents, "_get_os_path") else ""
        try:
            relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root)) if root else os.pardir
        except ValueError:  # on another drive
            return ""
        parts = relative.split(os.sep)
        hidden = any(part.startswith(".") for part in parts) and not getattr(self._contents, "allow_hidden", False)
        return "" if parts[0] == os.pardir or hidden else "/".join(parts)

    async def read(self, path: str) -> Record | None:
        """The record beside a notebook; None where there is none. Raises UnreadableRecord."""
        if not await self.exists(path):
            return None
        name = files.record_path(path)
        try:
            return files.loads(await self._text(name, reading.LARGEST_RECORD), name)
        except (HTTPError, reading.Unreadable) as error:
            raise UnreadableRecord(str(getattr(error, "log_message", None) or error), "") from None

    async def write(
        self, path: str, notebook: Mapping[str, Any], sessions: Sequence[SessionLog], settled: bool = True
    ) -> bool:
        """Write the record of a saved notebook, unless it would say nothing new; whether it was written.

        While entries are still to come (not `settled`), a record of the same outputs stays: it knows more.
        """
        try:
            before = await self.read(path)
        except UnreadableRecord as error:
            self._log.warning("%s It is left as it is.", error)
            return False
        name, place = os.path.basename(path), self.place(path)
        record = assemble(name, notebook, sessions, before, place, self._settings(place).keep_sources)
        if not record.cells:  # never run, or stripped of its outputs: what is known of it stays
            return False
        if before and (
            same_but_times(to_json(before), to_json(record)) or not (settled or shows_other_outputs(record, before))
        ):
            return False
        return await self.save(path, record)

    async def move(self, old: str, new: str) -> None:
        """Take the record of a renamed notebook along."""
        await self.copy(old, new)
        await self.remove(old)

    async def copy(self, old: str, new: str) -> None:
        """Give a copied notebook the record of its original."""
        if not (old.endswith(".ipynb") and new.endswith(".ipynb")):
            return
        try:
            record = await self.read(old)
        except UnreadableRecord as error:
            self._log.warning("%s", error)
            return
        if record is not None:
            record.notebook = os.path.basename(new)
            await self.save(new, record)

    async def remove(self, path: str) -> None:
        """Delete the record of a notebook that is gone."""
        name = files.record_path(path)
        if path.endswith(".ipynb") and await ensure_async(self._contents.file_exists(name)):
            await ensure_async(self._contents.delete_file(name))

    async def save(self, path: str, record: Record) -> bool:
        """Write the record of a notebook as it is; whether that went well."""
        name = files.record_path(path)
        model = {"type": "file", "format": "text", "content": files.dumps(to_json(record))}
        try:
            await ensure_async(self._contents.save(model, name))
        except HTTPError as error:
            self._log.error("The record %s cannot be saved: %s", name, error.log_message or error)
            return False
        return True
