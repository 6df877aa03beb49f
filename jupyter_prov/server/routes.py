"""Who may ask what: the one table of the REST API, and the handlers that are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_prov.server import job_handlers as jobs
from jupyter_prov.server.handlers import ProvHandler, live

Answer = Callable[..., Awaitable[None]]
"""Answers a request: given its handler, and the parts of the address that are in braces."""


class Route(NamedTuple):
    """A permission that a request needs: the user may do `action` on `resource`, as Jupyter Server names them.

    A request with several rows needs the permissions of all.
    """

    method: str
    address: str
    """Below `{base_url}jupyter-prov/`."""
    resource: str
    action: str
    answer: Answer


ROUTES = (
    Route("POST", "live", "contents", "read", live),
    Route("GET", "jobs", "kernels", "read", jobs.find),
    Route("GET", "jobs", "contents", "read", jobs.find),
    Route("POST", "jobs", "kernels", "execute", jobs.start),
    Route("POST", "jobs", "contents", "read", jobs.start),
    Route("GET", "jobs/{job}", "kernels", "read", jobs.show),
    Route("GET", "jobs/{job}", "contents", "read", jobs.show),
    Route("DELETE", "jobs/{job}", "kernels", "execute", jobs.cancel),
    Route("DELETE", "jobs/{job}", "contents", "read", jobs.cancel),
    Route("GET", "jobs/{job}/outputs/{index}", "kernels", "read", jobs.outputs),
    Route("GET", "jobs/{job}/outputs/{index}", "contents", "read", jobs.outputs),
    Route("POST", "jobs/{job}/accept", "contents", "read", jobs.accept),
    Route("POST", "jobs/{job}/accept", "contents", "write", jobs.accept),
)
"""Whatever shows something of a notebook, be it its path, needs the permission to read contents."""
_PART = r"([^/]+)"


def handlers(routes: Sequence[Route] = ROUTES) -> Iterator[tuple[str, type[ProvHandler]]]:
    """For each address, as a regular expression, a handler with exactly the methods of its rows."""
    for address in dict.fromkeys(route.address for route in routes):
        rows = [route for route in routes if route.address == address]
        methods: dict[str, Any] = {row.method.lower(): _guarded(row.method, rows) for row in rows}
        name = address.title().replace("/", "").replace("{", "").replace("}", "") + "Handler"
        yield _pattern(address), type(name, (ProvHandler,), methods)


def _pattern(address: str) -> str:
    return "/".join(_PART if part.startswith("{") else part for part in address.split("/"))


def _guarded(method: str, rows: Sequence[Route]) -> Answer:
    """The answer to a method, for those who have all permissions.

    `authorized` keeps what it was first asked about, so each guard is made with its own resource and action, and no
    handler inherits another one's method.
    """
    mine = [row for row in rows if row.method == method]

    async def answer(self: ProvHandler, *parts: str) -> None:
        await mine[0].answer(self, *parts)

    guarded: Any = answer
    for row in mine:
        guarded = authorized(row.action, row.resource)(guarded)
    return cast(Answer, web.authenticated(guarded))
