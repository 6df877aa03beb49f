"""The table of the REST API: who may ask what, in whatever order."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer

from jupyter_prov.server.routes import ROUTES, Route

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
BODIES = {
    "live": {"path": "a.ipynb"},
    "jobs": {"path": "a.ipynb", "kind": "check"},
    "jobs/{job}/accept": {"cells": [0]},
}


class AllBut(Authorizer):
    """Allows everything but one action on one resource; `denied` is a pair of both, or None."""

    denied: Any = None

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (resource, action) != self.denied


@pytest.fixture
def authorizer(jp_serverapp: Any) -> AllBut:
    found = AllBut(parent=jp_serverapp)
    jp_serverapp.web_app.settings["authorizer"] = found
    return found


async def code_of(person: Any, method: str, address: str, body: Any = None, job: str = "ab", index: str = "0") -> int:
    """The status of a request for an address of the table."""
    end = address.replace("{job}", job).replace("{index}", index)
    content = body if isinstance(body, bytes) else json.dumps(body or BODIES.get(address, {}))
    answer = await person.fetch(
        "jupyter-prov", *end.split("/"), method=method, raise_error=False, allow_nonstandard_methods=True,
        body=content if method in ("POST", "PUT", "PATCH") else None,
    )  # fmt: skip
    return int(answer.code)


def needed(method: str, address: str) -> set[tuple[str, str]]:
    """The permissions that a request needs."""
    return {(route.resource, route.action) for route in ROUTES if (route.method, route.address) == (method, address)}


@pytest.mark.parametrize("seed", [0, 1])
async def test_each_request_needs_the_permissions_of_its_rows_and_no_others(
    person: Any, authorizer: AllBut, seed: int
) -> None:
    await person.open("a.ipynb", "1")
    pairs = {(route.resource, route.action) for route in ROUTES} | {("sessions", "read"), ("kernels", "write")}
    calls = [(pair, method, address) for pair in pairs for method, address in {(r.method, r.address) for r in ROUTES}]
    random.Random(seed).shuffle(calls)
    for pair, method, address in calls:
        authorizer.denied = pair
        code = await code_of(person, method, address)
        assert (code == 403) == (pair in needed(method, address)), (pair, method, address, code)


async def test_methods_that_are_not_in_the_table_are_not_allowed(person: Any, authorizer: AllBut) -> None:
    for address in {route.address for route in ROUTES}:
        for method in METHODS:
            if not needed(method, address):
                assert await code_of(person, method, address) == 405, (method, address)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"",
        b"[]",
        b"null",
        b"5",
        b"{",
        b'{"path": 5}',
        b'{"path": ["a.ipynb"], "kind": "check"}',
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b'{"cells": ' + b"9" * 5_000 + b"}",
        b'{"path": "a\\u0000.ipynb", "kind": "check"}',
        b"NaN",
        b'{"kind": {}, "path": "a.ipynb"}',
        b'{"path": "\\ud800.ipynb", "kind": "fix"}',
        b'{"path": "' + b"a" * 5_000 + b'.ipynb", "kind": "fix"}',
    ],
)
async def test_a_body_that_makes_no_sense_is_never_an_error_of_ours(person: Any, body: bytes) -> None:
    for address in ("live", "jobs", "jobs/{job}/accept"):
        assert await code_of(person, "POST", address, body) in (400, 404), address


async def test_an_index_is_a_number(person: Any) -> None:
    for index in ("9" * 5_000, "-1", "x", "%00", "1.5", "%F0%9F%98%80", "٣"):
        assert await code_of(person, "GET", "jobs/{job}/outputs/{index}", index=index) == 400, index


@pytest.mark.parametrize("name", [".hidden.ipynb", ".folder/a.ipynb", "open/.folder/deep/a.ipynb"])
async def test_hidden_notebooks_are_as_absent_as_for_the_contents_api(
    person: Any, name: str, jp_serverapp: Any
) -> None:
    await person.open("a.ipynb", "1")
    (person.root / name).parent.mkdir(parents=True, exist_ok=True)
    (person.root / name).write_bytes((person.root / "a.ipynb").read_bytes())
    for end in ("live", "jobs"):
        await person.refused(404, end, "POST", {"path": name, "kind": "check"})
    jp_serverapp.contents_manager.allow_hidden = True
    assert (await person.ask("live", "POST", {"path": name}))["path"] == name


def test_each_row_of_the_table_is_there_once() -> None:
    rows = [Route(*row)[:4] for row in ROUTES]
    assert len(set(rows)) == len(rows)
