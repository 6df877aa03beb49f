"""Follows what happens to notebooks, by wrapping the contents manager's own methods.

Every contents manager has these four, whatever it keeps notebooks in, while only those of files emit events.
A wrapped method does what it did, and then tells; what goes wrong with the record never fails the user's save.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

METHODS = ("save", "rename_file", "delete_file", "copy")


class Follower(Protocol):
    """What is told of notebooks; paths are those of the contents API, without slashes at the ends."""

    def saved(self, path: str, model: dict[str, Any]) -> Coroutine[Any, Any, None]: ...
    def renamed(self, old: str, new: str) -> Coroutine[Any, Any, None]: ...
    def deleted(self, path: str) -> Coroutine[Any, Any, None]: ...
    def copied(self, source: str, target: str) -> Coroutine[Any, Any, None]: ...


def follow(contents: Any, follower: Follower, start: Callable[[Awaitable[None]], None]) -> None:
    """Have `follower` told, in a task that `start` starts, of what this contents manager does from now on."""

    def tell(method: str, arguments: inspect.BoundArguments, result: Any) -> None:
        if told := _told(follower, method, dict(arguments.arguments), result):
            start(told)

    for method in METHODS:
        _wrap(contents, method, tell)


def _told(follower: Follower, method: str, arguments: dict[str, Any], result: Any) -> Coroutine[Any, Any, None] | None:
    if method == "save":
        return follower.saved(_clean(arguments["path"]), arguments["model"])
    if method == "rename_file":
        return follower.renamed(_clean(arguments["old_path"]), _clean(arguments["new_path"]))
    if method == "delete_file":
        return follower.deleted(_clean(arguments["path"]))
    if isinstance(result, dict):
        return follower.copied(_clean(arguments["from_path"]), _clean(result.get("path", "")))
    return None


def _wrap(contents: Any, method: str, tell: Callable[..., None]) -> None:
    original = getattr(contents, method)
    signature = inspect.signature(original)

    if asyncio.iscoroutinefunction(original):

        @functools.wraps(original)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = await original(*args, **kwargs)
            tell(method, signature.bind(*args, **kwargs), result)
            return result

    else:

        @functools.wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            tell(method, signature.bind(*args, **kwargs), result)
            return result

    setattr(contents, method, wrapped)


def _clean(path: str | None) -> str:
    return (path or "").strip("/")
