"""A contents manager that keeps everything in memory, as managers of databases and buckets do: no files, no events."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

from jupyter_server.services.contents.checkpoints import Checkpoints
from jupyter_server.services.contents.manager import ContentsManager
from tornado.web import HTTPError

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class NoCheckpoints(Checkpoints):
    """Keeps none."""

    def list_checkpoints(self, path: str) -> list[Any]:
        return []


class MemoryContents(ContentsManager):
    """Models by their path."""

    checkpoints_class = NoCheckpoints

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kept: dict[str, dict[str, Any]] = {}

    def dir_exists(self, path: str) -> bool:
        return path.strip("/") == ""

    def file_exists(self, path: str = "") -> bool:
        return path.strip("/") in self.kept

    def is_hidden(self, path: str) -> bool:
        return False

    def get(self, path: str, content: bool = True, type: str | None = None, format: str | None = None, **_: Any) -> Any:
        path = path.strip("/")
        if not path:
            return self._model("", "directory", [], "json")
        if path not in self.kept:
            raise HTTPError(404, f"no {path}")
        model = copy.deepcopy(self.kept[path])
        return model if content else {**model, "content": None, "format": None, "mimetype": None}

    def save(self, model: dict[str, Any], path: str = "") -> Any:
        path = path.strip("/")
        content = json.loads(json.dumps(model["content"]))
        self.kept[path] = self._model(path, model["type"], content, model.get("format"))
        return self.get(path, content=False)

    def delete_file(self, path: str) -> None:
        del self.kept[path.strip("/")]

    def rename_file(self, old_path: str, new_path: str) -> None:
        model = self.kept.pop(old_path.strip("/"))
        new_path = new_path.strip("/")
        self.kept[new_path] = {**model, "path": new_path, "name": new_path.rpartition("/")[2]}

    @staticmethod
    def _model(path: str, kind: str, content: Any, form: str | None) -> dict[str, Any]:
        return {
            "name": path.rpartition("/")[2],
            "path": path,
            "type": kind,
            "content": content,
            "format": form,
            "mimetype": "text/plain" if kind == "file" else None,
            "created": NOW,
            "last_modified": NOW,
            "writable": True,
        }
