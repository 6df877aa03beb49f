"""Where a check finds a notebook that a contents manager keeps."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from jupyter_prov.record import record_file, settings
from jupyter_prov.server.record_store import store_of


@dataclass(frozen=True)
class Checkable:
    """A notebook in the file system; `temporary` holds it if it had to be brought there."""

    path: Path
    temporary: tempfile.TemporaryDirectory[str] | None = None

    def clean(self) -> None:
        """Remove what was only brought for the check."""
        if self.temporary is not None:
            self.temporary.cleanup()


async def checkable(contents: Any, path: str) -> Checkable:
    """The notebook's own file; where its manager has no files, a copy of notebook and record alone."""
    local = getattr(contents, "_get_os_path", None)
    if local is not None:
        return Checkable(Path(local(path)))
    temporary = tempfile.TemporaryDirectory(prefix="jupyter-prov-")
    folder = Path(temporary.name)
    model = await ensure_async(contents.get(path, content=True))
    target = folder / Path(path).name
    target.write_text(json.dumps(model["content"]), encoding="utf-8")
    store = store_of(contents)
    record = await store.read(
        record_file.record_path(path, settings.record_name_of(await store.project(path), settings.FILE))
    )
    if record is not None:
        record_file.beside(target).write_bytes(record)
    return Checkable(target, temporary)
