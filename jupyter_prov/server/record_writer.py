"""Records beside notebooks: which may be written, moved and removed, and why one is not."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from jupyter_prov.record import obstacles, record_file, safe_reading, settings
from jupyter_prov.record.assemble import assemble, same_but_times, shows_other_outputs
from jupyter_prov.record.errors import UnreadableRecord, UsageError
from jupyter_prov.record.model import Record
from jupyter_prov.record.notebook_shape import is_notebook
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.server.last_written import Written
from jupyter_prov.server.notebook_events import Contents
from jupyter_prov.server.record_store import FileStore, Store, store_of


class Records:
    """The records of the notebooks that a server's contents manager keeps.

    Only a record of ours, of a version that is known here, is ever replaced, moved or removed.
    """

    def __init__(self, contents: Contents, log: logging.Logger, data: Path) -> None:
        self._manager, self._log = contents, log
        self._stores: tuple[Any, Store] | None = None
        self._written = Written(data / "written")
        self._lock = asyncio.Lock()
        """One record is read, changed and written at a time: what is moved away is not written at the same time."""
        self._known: dict[str, tuple[object, bool]] = {}
        self.obstacles: dict[str, str] = {}
        """Why the record of a notebook is not written, by its path."""
        self.remarks: dict[str, str] = {}
        """What else is to be known of a notebook's record, by its path."""

    @property
    def _contents(self) -> Any:
        return self._manager.current

    @property
    def store(self) -> Store:
        """Where records are kept."""
        contents = self._contents
        if self._stores is None or self._stores[0] is not contents:
            self._stores = contents, store_of(contents)
        return self._stores[1]

    def identity(self, path: str) -> str:
        """What a notebook is known by, whichever server shows it."""
        try:
            return self.store.identity(path)
        except HTTPError:  # outside the root
            return path

    @staticmethod
    def notebook(path: str, model: Mapping[str, Any]) -> dict[str, Any] | None:
        """The notebook that a saved model holds, or None if it is something else or only a part."""
        if not path.endswith(".ipynb") or model.get("chunk", -1) != -1:
            return None
        content = model.get("content")
        if isinstance(content, str):
            try:
                content = safe_reading.json_of(content, path)
            except safe_reading.Unreadable:
                return None
        return content if isinstance(content, dict) and is_notebook(content) else None

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
            return self.notebook(path, {"content": await self._text(path, safe_reading.LARGEST_NOTEBOOK)})
        except (HTTPError, OSError, safe_reading.Unreadable):
            return None

    async def _text(self, path: str, most: int) -> str:
        """The text of a file of at most so many bytes; raises HTTPError, OSError and Unreadable."""
        self.store.must_be_regular(path)
        about = await ensure_async(self._contents.get(path, content=False))
        if (about.get("size") or 0) > most:
            raise safe_reading.Unreadable(safe_reading.too_large(path, most))
        model = await ensure_async(self._contents.get(path, content=True, type="file", format="text"))
        text: str = model["content"]  # a notebook's model from managers that know no other kind
        return text

    def place(self, path: str) -> Place | None:
        """Where a notebook lies in the file system, if its contents manager keeps it in one."""
        return self.store.place(path)

    async def name(self, path: str) -> str:
        """The path of the record of a notebook; raises UsageError where the project's settings are wrong."""
        return record_file.record_path(path, await self._pattern(path))

    async def _pattern(self, path: str) -> str:
        return settings.record_name_of(await self.store.project(path), settings.FILE)

    async def _keeps_sources(self, path: str) -> bool:
        """Whether the project wants the texts of sources; not where that cannot be known, or is wrong."""
        try:
            return settings.of_text(await self.store.project(path), settings.FILE).keep_sources
        except UsageError as error:
            self._log.warning("%s", error)
            return False

    async def exists(self, path: str) -> bool:
        """Whether there is a record beside a notebook; what has not changed is not read again."""
        try:
            name = await self.name(path)
            stamp = await self.store.stamp(name)
            if stamp is not None and self._known.get(name, (None, False))[0] != stamp:
                self._known[name] = stamp, await self._is_record(path)
        except (UsageError, HTTPError):
            return False
        return stamp is not None and self._known[name][1]

    async def _is_record(self, path: str) -> bool:
        try:
            return await self.read(path) is not None
        except UnreadableRecord:
            return False

    async def can_be_saved(self, path: str) -> bool:
        """Whether the contents manager would let the record of a notebook be written."""
        try:
            folder = await ensure_async(self._contents.get(os.path.dirname(path), content=False, type="directory"))
            name = await self.name(path) if await self.exists(path) else None
            beside = await ensure_async(self._contents.get(name, content=False)) if name else folder
        except (HTTPError, UsageError):
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
        """The record beside a notebook; None where there is none. Raises UnreadableRecord or UsageError."""
        name = await self.name(path)
        content = await self.store.read(name)
        return None if content is None else await self._parsed(content, name, path)

    async def _parsed(self, content: bytes, name: str, *paths: str) -> Record:
        record = record_file.loads(content.decode("utf-8", "replace"), name)
        pattern, names = await self._pattern(paths[0]), [name]
        if isinstance(self.store, FileStore):  # a link may lead to the record of another notebook
            names.append(self.store.identity(name))
        for known in names:
            record_file.must_be_of(record, os.path.basename(known), pattern, *paths)
        return record

    async def write(
        self, path: str, notebook: Mapping[str, Any], sessions: Sequence[SessionLog], settled: bool = True
    ) -> bool:
        """Write the record of a saved notebook, unless it would say nothing new; whether it was written.

        While entries are still to come (not `settled`), a record of the same outputs stays: it knows more. Nothing is
        written for a notebook that has been renamed or deleted meanwhile.
        """
        keeps = await self._keeps_sources(path)

        def assembled(before: Record | None) -> Record | None:
            record = assemble(os.path.basename(path), notebook, sessions, before, self.place(path), keeps)
            if not record.cells:  # never run, or stripped of its outputs: what is known of it stays
                return None
            stays = before and (same_but_times(before, record) or not (settled or shows_other_outputs(record, before)))
            return None if stays else record

        async with self._lock:
            return bool(await ensure_async(self._contents.file_exists(path))) and await self._update(path, assembled)

    async def change(self, path: str, changed: Callable[[Record | None], Record]) -> bool:
        """Write what is made of the record of a notebook; whether that went well."""
        async with self._lock:
            return await self._update(path, changed)

    async def move(self, old: str, new: str) -> None:
        """Take the record of a renamed notebook along; where it cannot be written, the old one stays."""
        for noted in (self.obstacles, self.remarks):
            if old in noted:
                noted[new] = noted.pop(old)
        async with self._lock:
            if await self._copy(old, new, moves=True) and not await self.store.leads_to(
                await self.name(new), await self.name(old)
            ):
                await self._remove(old)

    async def copy(self, old: str, new: str) -> None:
        """Give a copied notebook the record of its original."""
        async with self._lock:
            await self._copy(old, new)

    async def remove(self, path: str) -> None:
        """Remove the record of a notebook that is gone."""
        self.obstacles.pop(path, None)
        async with self._lock:
            if not await ensure_async(self._contents.file_exists(path)):  # and was not made anew at once
                await self._remove(path)

    async def look(self, path: str) -> None:
        """Notice what is in the place of a notebook's record before there is anything to write."""
        try:
            await self.read(path)
        except UnreadableRecord as error:
            if not error.is_torn:  # which a save may find to be ours
                self._hindered(path, obstacles.occupied(os.path.basename(path), error))
        except UsageError as error:
            self._hindered(path, obstacles.unnamed(os.path.basename(path), error))

    async def _update(self, path: str, changed: Callable[[Record | None], Record | None], of: str = "") -> bool:
        """Write what is made of the record that is there, if anything; whether it was written.

        `of` is the notebook whose record may be there; by default it is that with the path.
        """
        notebook = os.path.basename(path)
        try:
            name = await self.name(path)
        except UsageError as error:
            return self._hindered(path, obstacles.unnamed(notebook, error))
        try:
            record = changed(await self._before(path, name, of or path))
            await (self._save(name, record) if record else self.store.sweep(name))
        except UnreadableRecord as error:
            return self._hindered(path, obstacles.occupied(notebook, error))
        except (OSError, HTTPError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "log_message", None) or error
            return self._hindered(path, obstacles.unwritable(notebook, name, str(reason)))
        self.obstacles.pop(path, None)
        return record is not None

    async def _before(self, path: str, name: str, of: str) -> Record | None:
        """The record that is there; one of ours whose writing was cut off is set aside. Raises UnreadableRecord."""
        content = await self.store.read(name)
        if content is None:
            return None
        try:
            return await self._parsed(content, name, path, of)
        except UnreadableRecord as error:
            if not error.is_torn or not self._written.is_beginning(self.store.identity(name), content):
                raise
        self.remarks[path] = obstacles.set_aside(name, await self.store.set_aside(name))
        self._log.warning("%s", self.remarks[path])
        return None

    async def _save(self, name: str, record: Record) -> None:
        text, identity = record_file.text_of(record), self.store.identity(name)
        try:
            await asyncio.to_thread(self._written.note, identity, text)
        except OSError as error:  # it would be of use only if this write is cut off
            self._log.warning("What is written to %s cannot be noted: %s", name, error)
        await self.store.write(name, text)

    async def _copy(self, old: str, new: str, moves: bool = False) -> bool:
        """Write the record of one notebook beside another; whether there was one and it could be written.

        One that moves may be replaced, where its name says nothing of its notebook and stays the same.
        """
        if not (old.endswith(".ipynb") and new.endswith(".ipynb")) or await ensure_async(
            self._contents.dir_exists(new)
        ):
            return False
        try:
            record = await self.read(old)
        except UsageError as error:
            self._log.warning("%s has not got the record of %s: %s", new, old, error)
            return False
        if record is None:
            return False
        record.notebook = os.path.basename(new)
        return await self._update(new, lambda _: record, old if moves else new)

    async def _remove(self, path: str) -> None:
        try:
            if path.endswith(".ipynb") and await self.read(path) is not None:
                await ensure_async(self._contents.delete_file(await self.name(path)))
        except UsageError as error:
            self._log.warning("What lies beside the removed %s stays: %s", path, error)
        except (OSError, HTTPError) as error:
            self._log.warning("The record of the removed %s cannot be removed: %s", path, error)

    def _hindered(self, path: str, sentence: str) -> bool:
        if self.obstacles.get(path) != sentence:
            self._log.warning("%s", sentence)
        self.obstacles[path] = sentence
        return False
