"""The REST API: what it answers, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPClientError


@pytest.mark.parametrize("path", ["../outside.ipynb", "missing.ipynb", "/etc/passwd", "data.csv", 3, None])
async def test_paths_go_through_the_contents_manager_alone(person: Any, path: Any) -> None:
    (person.root.parent / "outside.ipynb").write_text("{}")
    for end in ("live", "jobs"):
        with pytest.raises(HTTPClientError) as caught:
            await person.ask(end, "POST", {"path": path, "kind": "check"})
        assert caught.value.code in (400, 404)


@pytest.mark.parametrize(
    ("method", "end"),
    [("POST", "live"), ("POST", "jobs"), ("GET", "jobs/ab"), ("DELETE", "jobs/ab"), ("POST", "jobs/ab/accept")],
)
async def test_nobody_is_answered_without_a_token(person: Any, method: str, end: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await person.fetch(
            "jupyter-prov", *end.split("/"), method=method, headers={"Authorization": "token wrong"},
            body="{}" if method == "POST" else None,
        )  # fmt: skip
    assert caught.value.code == 403


class ReadOnly(Authorizer):
    """Lets everybody look and nobody do anything."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return action == "read"


async def test_a_reader_may_look_and_not_check(person: Any, jp_serverapp: Any) -> None:
    await person.open("a.ipynb", "1")
    jp_serverapp.web_app.settings["authorizer"] = ReadOnly(parent=jp_serverapp)
    assert (await person.live("a.ipynb"))["session"]
    for end, body in (("jobs", {"path": "a.ipynb", "kind": "check"}), ("jobs/ab/accept", {"cells": [0]})):
        with pytest.raises(HTTPClientError) as caught:
            await person.ask(end, "POST", body)
        assert caught.value.code == 403
