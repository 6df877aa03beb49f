"""The doors of synchronous requests: http.client, with all that stands on it (urllib, requests, botocore), and urllib3.

Only what these would not tell http.client is taken from urllib3: connections that fail before a request is put, and
bodies in chunks, which it reads past http.client.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, cast

from jupyter_prov.factors.network.fetches import Fetch, Fetches, joined
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import Patches

_READS = ("read", "readinto", "read1", "readline")
_Original = Callable[..., Any]


class _Beside:
    """The requests of connections, by their identity: a class of the notebook's own may have a hash of its own."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[weakref.ref[Any], Fetch]] = {}

    def put(self, connection: Any, fetch: Fetch) -> None:
        """Remember a request as long as its connection lives."""
        key = id(connection)
        self._found[key] = weakref.ref(connection, lambda _: self._found.pop(key, None)), fetch

    def pop(self, connection: Any) -> Fetch | None:
        """The request of a connection, which is then forgotten."""
        found = self._found.pop(id(connection), None)
        return found[1] if found else None


class HttpDoors:
    """Follows each request from its connection to its response, and each response to the end of its body."""

    def __init__(self, guard: Guard, fetches: Fetches, patches: Patches) -> None:
        self._tell, self._fetches, self._patches = guard.within_cell, fetches, patches
        self._announced: _Beside = _Beside()
        """Requests by connection that urllib3 is about to put."""
        self._bodies: dict[int, Fetch] = {}
        """By the `id` of a response, whose attributes are not ours to add to, its fetch while its body is read."""
        self._responses: dict[int, weakref.ref[Any]] = {}
        self._asked: _Beside = _Beside()

    def http_client(self, module: ModuleType) -> None:
        """Watch `http.client`."""
        self._patches.around(module.HTTPConnection, "putrequest", self._around_put)
        self._patches.around(module.HTTPConnection, "endheaders", self._around_sending)
        self._patches.around(module.HTTPConnection, "getresponse", self._around_answer)
        for name in _READS:
            self._patches.around(module.HTTPResponse, name, self._around_read)

    def urllib3_pool(self, module: ModuleType) -> None:
        """Watch `urllib3.connectionpool`."""
        self._patches.around(module.HTTPConnectionPool, "_make_request", self._around_pooled)

    def urllib3_response(self, module: ModuleType) -> None:
        """Watch `urllib3.response`."""
        self._patches.around(module.HTTPResponse, "_handle_chunk", self._around_chunk)
        self._patches.around(module.HTTPResponse, "_update_chunk_length", self._around_chunk_length)

    def _around_put(self, original: _Original) -> FunctionType:
        tell, put = self._tell, self._put

        def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            value = original(connection, method, url, *args, **kwargs)
            tell("a request", put, connection, method, url)
            return value

        return cast(FunctionType, putrequest)

    def _put(self, connection: Any, method: str, url: str) -> None:
        fetch = self._announced.pop(connection)
        if fetch is None:
            host = getattr(connection, "_tunnel_host", None) or connection.host
            port = getattr(connection, "_tunnel_port", None) if host != connection.host else connection.port
            scheme = "https" if connection.default_port == 443 else "http"
            whole = joined(scheme, host, port, url)
            fetch = self._fetches.open(whole, "http.client", method, (connection.host, connection.port))
        self._asked.pop(connection)
        if fetch is not None:
            self._asked.put(connection, fetch)

    def _around_sending(self, original: _Original) -> FunctionType:
        tell, failed, asked = self._tell, self._failed, self._asked

        def endheaders(connection: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(connection, *args, **kwargs)
            except BaseException as error:
                tell("a failed request", failed, asked, connection, error)
                raise

        return cast(FunctionType, endheaders)

    def _around_answer(self, original: _Original) -> FunctionType:
        tell, failed, answered, asked = self._tell, self._failed, self._answered, self._asked

        def getresponse(connection: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                response = original(connection, *args, **kwargs)
            except BaseException as error:
                tell("a failed request", failed, asked, connection, error)
                raise
            tell("an answer", answered, connection, response)
            return response

        return cast(FunctionType, getresponse)

    def _answered(self, connection: Any, response: Any) -> None:
        fetch = self._asked.pop(connection)
        if fetch is not None:
            fetch.answered(response.status, response.length)
            if not fetch.over:
                self._bodies[id(response)] = fetch
                self._responses[id(response)] = weakref.ref(response, functools.partial(self._gone, id(response)))

    def _gone(self, key: int, _: Any = None) -> None:
        """A response has been read, or is no more."""
        self._bodies.pop(key, None)
        self._responses.pop(key, None)

    @staticmethod
    def _failed(of: _Beside, what: Any, error: BaseException) -> None:
        fetch = of.pop(what)
        if fetch is not None:
            fetch.failed(error)

    def _around_read(self, original: _Original) -> FunctionType:
        tell, failed, heard, bodies = self._tell, self._failed_read, self._heard, self._bodies

        def read(response: Any, *args: Any, **kwargs: Any) -> Any:
            fetch = bodies.get(id(response))
            if fetch is None or fetch.inside:
                return original(response, *args, **kwargs)
            fetch.inside = True
            try:
                value = original(response, *args, **kwargs)
            except BaseException as error:
                tell("a failed read", failed, fetch, response, error)
                raise
            finally:
                fetch.inside = False
            # Lines come by the million: a short piece in the midst of a body is only put aside here.
            if value.__class__ is bytes and 0 < len(value) < fetch.room and response.fp is not None:
                fetch.pieces.append(value)
                fetch.room -= len(value)
            else:
                tell("a read", heard, fetch, response, args, value)
            return value

        return cast(FunctionType, read)

    def _heard(self, fetch: Fetch, response: Any, args: tuple[Any, ...], value: Any) -> None:
        """A read has given its bytes, or the number of those that it put into the buffer it was given."""
        fetch.take(memoryview(args[0]).cast("B")[:value] if isinstance(value, int) else value)
        if response.fp is None:
            fetch.ended()
        if fetch.over:
            self._gone(id(response))

    def _failed_read(self, fetch: Fetch, response: Any, error: BaseException) -> None:
        self._gone(id(response))
        fetch.failed(error)

    def _around_pooled(self, original: _Original) -> FunctionType:
        tell, announce, failed, announced = self._tell, self._announce, self._failed, self._announced

        def _make_request(pool: Any, conn: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            tell("a request", announce, pool, conn, method, url)
            try:
                return original(pool, conn, method, url, *args, **kwargs)
            except BaseException as error:
                tell("a failed request", failed, announced, conn, error)
                raise

        return cast(FunctionType, _make_request)

    def _announce(self, pool: Any, connection: Any, method: str, url: str) -> None:
        whole = joined(pool.scheme, pool.host, pool.port, url)
        fetch = self._fetches.open(whole, "http.client", method, (connection.host, connection.port))
        if fetch is not None:
            self._announced.put(connection, fetch)

    def _around_chunk(self, original: _Original) -> FunctionType:
        tell, chunk = self._tell, self._chunk

        def _handle_chunk(response: Any, *args: Any, **kwargs: Any) -> Any:
            value = original(response, *args, **kwargs)
            tell("a chunk", chunk, response, value)
            return value

        return cast(FunctionType, _handle_chunk)

    def _chunk(self, response: Any, value: bytes) -> None:
        fetch = self._bodies.get(id(response._fp))
        if fetch is not None:
            fetch.take(value)

    def _around_chunk_length(self, original: _Original) -> FunctionType:
        tell, last = self._tell, self._last_chunk

        def _update_chunk_length(response: Any, *args: Any, **kwargs: Any) -> Any:
            value = original(response, *args, **kwargs)
            tell("a chunk", last, response)
            return value

        return cast(FunctionType, _update_chunk_length)

    def _last_chunk(self, response: Any) -> None:
        fetch = self._bodies.get(id(response._fp)) if response.chunk_left == 0 else None
        if fetch is not None:
            fetch.ended()
