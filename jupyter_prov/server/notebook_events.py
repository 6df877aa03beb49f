"""Follows what happens to notebooks, by wrapping the methods of the contents manager and by the server's events.

Every contents manager has these four methods, whatever it keeps notebooks in, and only those of files emit events.
These tell also what one does in another's name: jupytext's saves a text file and writes the notebook paired with it.
A wrapped method does what it did, and then tells; what goes wrong with the record never fails the user's save.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

METHODS = ("save", "rename_file", "delete_file", "copy")
EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"
_under_way: ContextVar[str | None] = ContextVar("jupyter_prov_saving", default=None)
"""The path that a wrapped `save` is saving to; tasks of the events that it emits know it too."""


class Follower(Protocol):
    """What is told of notebooks; paths are those of the contents API, without slashes at the ends."""

    def saved(
        self, path: str, model: dict[str, Any] | None, within: str | None = None
    ) -> Coroutine[Any, Any, None]: ...
    def renamed(self, old: str, new: str) -> Coroutine[Any, Any, None]: ...
    def deleted(self, path: str) -> Coroutine[Any, Any, None]: ...
    def copied(self, source: str, target: str) -> Coroutine[Any, Any, None]: ...


class Contents:
    """The contents manager that a server uses now: extensions such as jupytext's exchange it when they load."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def current(self) -> Any:
        """The manager that requests get."""
        return self._server.web_app.settings.get("contents_manager") or self._server.contents_manager


class Following:
    """Tells a follower, in tasks that `start` starts, what is done to notebooks from now on."""

    def __init__(self, contents: Contents, follower: Follower, start: Callable[[Awaitable[None]], None]) -> None:
        self._contents, self._follower, self._start = contents, follower, start
        self._followed: list[Any] = []
        self.pairs: dict[str, str] = {}
        """The notebooks that were written within the saving of text files, by the paths of these."""

    def look(self) -> bool:
        """Follow the contents manager that is in use now; whether it is another than before."""
        contents = self._contents.current
        if any(contents is one for one in self._followed):
            return False
        self._followed.append(contents)
        for method in METHODS:
            _wrap(contents, method, self._tell)
        return True

    async def on_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """A manager of files says what it has done, whoever asked it."""
        is_new, under_way = self.look(), _under_way.get()
        action, path = data.get("action"), _clean(data.get("path"))
        if action == "save" and path.endswith(".ipynb") and under_way != path:
            if under_way is not None:
                self.pairs[under_way] = path
            self._start(self._follower.saved(path, None, under_way))
        elif is_new and action == "rename":
            self._start(self._follower.renamed(_clean(data.get("source_path")), path))
        elif is_new and action == "delete":
            self._start(self._follower.deleted(path))
        elif is_new and action == "copy":
            self._start(self._follower.copied(_clean(data.get("source_path")), path))

    def _tell(self, method: str, arguments: dict[str, Any], result: Any) -> None:
        if told := _following_step(self._follower, method, arguments, result):
            self._start(told)


def _following_step(
    follower: Follower, method: str, arguments: dict[str, Any], result: Any
) -> Coroutine[Any, Any, None] | None:
    if method == "save":
        return follower.saved(_clean(arguments["path"]), arguments["model"])
    if method == "rename_file":
        return follower.renamed(_clean(arguments["old_path"]), _clean(arguments["new_path"]))
    if method == "delete_file":
        return follower.deleted(_clean(arguments["path"]))
    if isinstance(result, dict):
        return follower.copied(_clean(arguments["from_path"]), _clean(result.get("path", "")))
    return None


@contextmanager
def _at_work(method: str, arguments: dict[str, Any]) -> Iterator[None]:
    token = _under_way.set(_clean(arguments.get("path")) if method == "save" else None)
    try:
        yield
    finally:
        _under_way.reset(token)


def _wrap(contents: Any, method: str, tell: Callable[[str, dict[str, Any], Any], None]) -> None:
    original = getattr(contents, method)
    signature = inspect.signature(original)

    if asyncio.iscoroutinefunction(original):

        @functools.wraps(original)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            arguments = dict(signature.bind(*args, **kwargs).arguments)
            with _at_work(method, arguments):
                result = await original(*args, **kwargs)
            tell(method, arguments, result)
            return result

    else:

        @functools.wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            arguments = dict(signature.bind(*args, **kwargs).arguments)
            with _at_work(method, arguments):
                result = original(*args, **kwargs)
            tell(method, arguments, result)
            return result

    setattr(contents, method, wrapped)


def _clean(path: str | None) -> str:
    return (path or "").strip("/")
