"""Where records are kept: in files, which are replaced atomically, or wherever a contents manager keeps notebooks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import time
import unicodedata
from pathlib import Path
from typing import Any, Protocol

from blake3 import blake3
from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from jupyter_prov.record import safe_reading, settings
from jupyter_prov.record.atomic_write import replace, sweep
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.portable_paths import Place

BROKEN = ".broken"
_SAVES = 2
"""How often a record is saved that does not read back as it was written."""
_SECRET = re.compile("key|token|secret|password|credential", re.IGNORECASE)
_MOST_LINKS = 40
"""As many links as Linux follows."""
_PROJECT_SECONDS = 10.0
"""How long the settings that a contents manager keeps are believed, which are looked up in each folder above."""


class Store(Protocol):
    """What a contents manager offers for records; names are paths of the contents API."""

    root: str
    """Where its notebooks lie, told apart from all other places."""

    def identity(self, name: str) -> str:
        """What a file is known by, whatever server and contents manager shows it."""

    def place(self, name: str) -> Place | None:
        """Where a file lies in the file system, if it does."""

    def must_be_regular(self, name: str) -> None:
        """Raises NotRegular where reading a file may wait or have no end; raises OSError."""

    async def leads_to(self, name: str, other: str) -> bool:
        """Whether what a name leads to would be gone with another name: as a link does, or where case is ignored."""

    async def project(self, name: str) -> str:
        """The text of the pyproject.toml of the project that a file belongs to; '' where there is none."""

    async def stamp(self, name: str) -> object:
        """What is another whenever a file was written; None where there is no file."""

    async def read(self, name: str) -> bytes | None:
        """The content of a file; None where nothing is there. Raises UnreadableRecord where something else is."""

    async def write(self, name: str, text: str) -> None:
        """Write a file, at once or not at all where that is possible; raises OSError or HTTPError."""

    async def sweep(self, name: str) -> None:
        """Remove what writes that were cut off have left beside a file, as each write does."""

    async def set_aside(self, name: str) -> str:
        """Rename a file that is broken, and give its new name; raises OSError or HTTPError."""


def store_of(contents: Any) -> Store:
    """The store of a contents manager."""
    return FileStore(contents) if hasattr(contents, "_get_os_path") else ManagerStore(contents)


class FileStore:
    """Files that a contents manager shows."""

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        self.root = os.path.realpath(contents.root_dir)

    def _path(self, name: str) -> Path:
        return Path(self._contents._get_os_path(name))

    def identity(self, name: str) -> str:
        return os.path.realpath(self._path(name))

    def place(self, name: str) -> Place | None:
        return Place.of_folder(self._path(name).parent)

    def must_be_regular(self, name: str) -> None:
        safe_reading.must_be_regular(self._path(name))

    async def leads_to(self, name: str, other: str) -> bool:
        path = self._path(name)
        try:
            there = os.lstat(self._path(other))
            for _ in range(_MOST_LINKS):
                if os.path.samestat(os.lstat(path), there):
                    return True
                if not path.is_symlink():
                    return False
                path = path.parent / os.readlink(path)
        except OSError:
            return name == other
        return True

    async def project(self, name: str) -> str:
        return settings.text_of(Place.of_folder(self._path(name).parent).root)

    async def stamp(self, name: str) -> object:
        try:
            found = os.stat(self._path(name))
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    async def read(self, name: str) -> bytes | None:
        path = self._path(name)
        if not os.path.lexists(path):
            return None
        try:
            return await asyncio.to_thread(safe_reading.bytes_of, path, safe_reading.LARGEST_RECORD)
        except FileNotFoundError:
            raise UnreadableRecord(f"{name} is a link that leads nowhere", "") from None
        except safe_reading.Unreadable as error:
            raise UnreadableRecord(str(error).replace(str(path), name), "") from None

    async def write(self, name: str, text: str) -> None:
        """As the contents manager's `save` does, with its hooks, but by replacing the file."""
        path, contents = self._path(name), self._contents
        model = {"type": "file", "format": "text", "content": text}
        contents.run_pre_save_hooks(model=model, path=name)
        await asyncio.to_thread(replace, path, str(model["content"]))
        with contextlib.suppress(HTTPError):  # a hook failed, and the contents manager has logged it
            saved = await ensure_async(contents.get(name, content=False))
            contents.run_post_save_hooks(model=saved, os_path=str(path))
        contents.emit(data={"action": "save", "path": name})

    async def sweep(self, name: str) -> None:
        await asyncio.to_thread(sweep, self._path(name))

    async def set_aside(self, name: str) -> str:
        number = 1
        while os.path.lexists(self._path(new := _aside(name, number))):
            number += 1
        os.rename(self._path(name), self._path(new))
        return new


class ManagerStore:
    """Whatever a contents manager keeps, through its own methods alone."""

    def __init__(self, contents: Any) -> None:
        self._contents = contents
        self.root = f"{type(contents).__module__}.{type(contents).__qualname__}:{_settings_of(contents)}"
        self._projects: dict[str, tuple[float, str]] = {}

    def identity(self, name: str) -> str:
        return f"{self.root}:{name}"

    def place(self, name: str) -> Place | None:
        return None

    def must_be_regular(self, name: str) -> None:
        """Its manager alone knows what it reads."""

    async def leads_to(self, name: str, other: str) -> bool:
        """Names that differ only in case or in the form of their letters are two where the manager lists two."""
        if name == other or _plain(name) != _plain(other):
            return name == other
        folder = await ensure_async(self._contents.get(name.rpartition("/")[0], content=True, type="directory"))
        listed = {one.get("name") for one in folder.get("content") or ()}
        return not listed.issuperset(one.rpartition("/")[2] for one in (name, other))

    async def project(self, name: str) -> str:
        folder = name.rpartition("/")[0]
        known = self._projects.get(folder)
        if known is None or time.monotonic() - known[0] > _PROJECT_SECONDS:
            known = self._projects[folder] = time.monotonic(), await self._project(folder)
        return known[1]

    async def _project(self, folder: str) -> str:
        path = f"{folder}/{settings.FILE}".lstrip("/")
        if await ensure_async(self._contents.file_exists(path)):
            model = await ensure_async(self._contents.get(path, content=True, type="file", format="text"))
            return str(model["content"])
        return await self._project(folder.rpartition("/")[0]) if folder else ""

    async def stamp(self, name: str) -> object:
        if not await ensure_async(self._contents.file_exists(name)):
            return None
        model = await ensure_async(self._contents.get(name, content=False))
        return str(model.get("last_modified")), model.get("size")

    async def read(self, name: str) -> bytes | None:
        if not await ensure_async(self._contents.file_exists(name)):
            return None
        try:
            about = await ensure_async(self._contents.get(name, content=False))
            if (about.get("size") or 0) > safe_reading.LARGEST_RECORD:
                raise UnreadableRecord(safe_reading.too_large(name, safe_reading.LARGEST_RECORD), "")
            model = await ensure_async(self._contents.get(name, content=True, type="file", format="text"))
        except HTTPError as error:
            raise UnreadableRecord(f"{name} cannot be read ({error.log_message or error})", "") from None
        return str(model["content"]).encode("utf-8", "surrogatepass")

    async def write(self, name: str, text: str) -> None:
        for _ in range(_SAVES):
            await ensure_async(self._contents.save({"type": "file", "format": "text", "content": text}, name))
            if _says(await self.read(name), text):
                return
        raise OSError("what was saved reads back as something else")

    async def sweep(self, name: str) -> None:
        """Nothing is left: its manager writes as it does."""

    async def set_aside(self, name: str) -> str:
        number = 1
        while await ensure_async(self._contents.file_exists(new := _aside(name, number))):
            number += 1
        await ensure_async(self._contents.rename_file(name, new))
        return new


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _says(content: bytes | None, text: str) -> bool:
    """Whether a content says what was saved, however its manager keeps line ends."""
    try:
        return content is not None and bool(json.loads(content) == json.loads(text))
    except (ValueError, RecursionError):
        return False


def _settings_of(contents: Any) -> str:
    """A digest of what tells a contents manager from others of its class: a root, a bucket, an address; never a key."""
    texts = {
        name: value
        for name, value in contents.trait_values(config=True).items()
        if isinstance(value, str) and not _SECRET.search(name)
    }
    return blake3(json.dumps(texts, sort_keys=True).encode()).hexdigest(length=8)


def _aside(name: str, number: int) -> str:
    return name + BROKEN + (f"-{number}" if number > 1 else "")
