"""The doors of httpcore, on which httpx stands (sync and async), and of aiohttp, on which fsspec and s3fs stand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any, cast

from jupyter_prov.factors.network.fetches import Fetch, Fetches
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import Patches

_READERS = 256
"""How many of aiohttp's streams are followed at once; they know no weak references."""
_Original = Callable[..., Any]


class AsyncDoors:
    """Follows each request to its response, and the response's body to its end."""

    def __init__(self, guard: Guard, fetches: Fetches, patches: Patches) -> None:
        self._guard, self._tell = guard, guard.within_cell
        self._fetches, self._patches = fetches, patches
        self._readers: dict[int, tuple[Any, Fetch]] = {}

    def httpcore(self, module: ModuleType) -> None:
        """Watch `httpcore`."""
        self._patches.around(module.ConnectionPool, "handle_request", self._around_handle)
        self._patches.around(module.AsyncConnectionPool, "handle_async_request", self._around_async_handle)

    def aiohttp_client(self, module: ModuleType) -> None:
        """Watch `aiohttp.client`."""
        self._patches.around(module.ClientSession, "_request", self._around_request)

    def aiohttp_streams(self, module: ModuleType) -> None:
        """Watch `aiohttp.streams`."""
        self._patches.around(module.StreamReader, "_read_nowait_chunk", self._around_chunk)

    def settle(self) -> None:
        """Finish what aiohttp read to its end: it may learn that there is no more only after the last read."""
        for reader, fetch in list(self._readers.values()):
            if reader.at_eof():
                fetch.finish()
                self._readers.pop(id(reader), None)

    def _around_handle(self, original: _Original) -> FunctionType:
        tell, asked, answered, failed = self._tell, self._asked, self._answered, _failed

        def handle_request(pool: Any, request: Any) -> Any:
            fetch = tell("a request", asked, pool, request)
            try:
                response = original(pool, request)
            except BaseException as error:
                tell("a failed request", failed, fetch, error)
                raise
            tell("an answer", answered, fetch, response, _Listened)
            return response

        return cast(FunctionType, handle_request)

    def _around_async_handle(self, original: _Original) -> FunctionType:
        tell, asked, answered, failed = self._tell, self._asked, self._answered, _failed

        async def handle_async_request(pool: Any, request: Any) -> Any:
            fetch = tell("a request", asked, pool, request)
            try:
                response = await original(pool, request)
            except BaseException as error:
                tell("a failed request", failed, fetch, error)
                raise
            tell("an answer", answered, fetch, response, _AsyncListened)
            return response

        return cast(FunctionType, handle_async_request)

    def _asked(self, pool: Any, request: Any) -> Fetch | None:
        url, proxy = request.url, getattr(pool, "_proxy_url", None)
        peers = [(u.host.decode(), u.port or {b"http": 80, b"https": 443}.get(u.scheme)) for u in (url, proxy) if u]
        whole = bytes(url).decode("utf-8", "replace")
        return self._fetches.open(whole, "httpcore", request.method.decode("ascii", "replace"), *peers)

    def _answered(self, fetch: Fetch | None, response: Any, listened: type[_Stream]) -> None:
        if fetch is not None:
            fetch.answered(response.status)
            response.stream = listened(response.stream, fetch, self._guard)

    def _around_request(self, original: _Original) -> FunctionType:
        tell, asked, answered, failed = self._tell, self._client_asked, self._client_answered, _failed

        async def _request(session: Any, method: str, str_or_url: Any, *args: Any, **kwargs: Any) -> Any:
            fetch = tell("a request", asked, session, method, str_or_url, kwargs)
            try:
                response = await original(session, method, str_or_url, *args, **kwargs)
            except BaseException as error:
                tell("a failed request", failed, fetch, error)
                raise
            tell("an answer", answered, fetch, response)
            return response

        return cast(FunctionType, _request)

    def _client_asked(self, session: Any, method: str, url: Any, options: dict[str, Any]) -> Fetch | None:
        try:
            url = session._build_url(url)
            if options.get("params"):
                url = url.update_query(options["params"])
        except (ValueError, TypeError, AttributeError):  # no URL: the call itself will tell
            return None
        proxy = options.get("proxy") or getattr(session, "_default_proxy", None)
        peers = [(getattr(one, "host", None), getattr(one, "port", None)) for one in (url, proxy)]
        return self._fetches.open(str(url), "aiohttp", method, *peers)

    def _client_answered(self, fetch: Fetch | None, response: Any) -> None:
        if fetch is None:
            return
        reader = response.content
        fetch.answered(response.status)
        if reader.at_eof():  # nothing came, and all such answers share one stream
            fetch.finish()
            return
        self._readers[id(reader)] = (reader, fetch)
        if len(self._readers) > _READERS:
            del self._readers[next(iter(self._readers))]

    def _around_chunk(self, original: _Original) -> FunctionType:
        tell, chunk, readers = self._tell, self._chunk, self._readers

        def _read_nowait_chunk(reader: Any, *args: Any, **kwargs: Any) -> Any:
            value = original(reader, *args, **kwargs)
            if id(reader) in readers:
                tell("a chunk", chunk, reader, value)
            return value

        return cast(FunctionType, _read_nowait_chunk)

    def _chunk(self, reader: Any, value: bytes) -> None:
        known, fetch = self._readers[id(reader)]
        if known is reader:
            fetch.take(value)
            if reader.at_eof():
                fetch.finish()
                del self._readers[id(reader)]


def _failed(fetch: Fetch | None, error: BaseException) -> None:
    """A request raised; aiohttp may be told to raise for an answer's status, which the error then knows."""
    if fetch is not None:
        if isinstance(status := getattr(error, "status", None), int) and status:
            fetch.answered(status)
        fetch.failed(error)


class _Stream:
    """A body as httpcore gives it, listened to while it is read; all else is the stream's own."""

    __slots__ = ("__weakref__", "_fetch", "_stream", "_tell")

    def __init__(self, stream: Any, fetch: Fetch, guard: Guard) -> None:
        for name, value in (("_stream", stream), ("_fetch", fetch), ("_tell", guard.within_cell)):
            object.__setattr__(self, name, value)

    def __getattribute__(self, name: str) -> Any:
        return getattr(_own(self, "_stream"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_own(self, "_stream"), name, value)

    def __dir__(self) -> list[str]:
        return dir(_own(self, "_stream"))

    def __repr__(self) -> str:
        return repr(_own(self, "_stream"))


_own = object.__getattribute__


class _Listened(_Stream):
    __slots__ = ()

    def __iter__(self) -> Iterator[bytes]:
        stream, fetch, tell = (_own(self, name) for name in ("_stream", "_fetch", "_tell"))
        try:
            for part in stream:
                tell("a part", fetch.take, part)
                yield part
        except BaseException as error:
            tell("a failed read", fetch.failed, error)
            raise
        tell("the end of an answer", fetch.finish)


class _AsyncListened(_Stream):
    __slots__ = ()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream, fetch, tell = (_own(self, name) for name in ("_stream", "_fetch", "_tell"))
        try:
            async for part in stream:
                tell("a part", fetch.take, part)
                yield part
        except BaseException as error:
            tell("a failed read", fetch.failed, error)
            raise
        tell("the end of an answer", fetch.finish)
