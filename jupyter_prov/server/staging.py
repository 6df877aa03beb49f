"""Where a check finds a notebook that a contents manager keeps."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from jupyter_prov.record import files


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
    record = files.record_path(path)
    if await ensure_async(contents.file_exists(record)):
        model = await ensure_async(contents.get(record, content=True, type="file", format="text"))
        (folder / Path(record).name).write_text(model["content"], encoding="utf-8")
    return Checkable(target, temporary)
