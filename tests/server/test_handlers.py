"""The REST API: what it answers, and to whom."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPClientError


async def finished(person: Any, job: dict[str, Any], seconds: float = 120.0) -> dict[str, Any]:
    async def wait() -> dict[str, Any]:
        while True:
            answer = json.loads((await person.fetch("jupyter-prov", "checks", job["id"])).body)
            if answer["state"] != "running":
                return dict(answer)
            await asyncio.sleep(0.05)

    return await asyncio.wait_for(wait(), seconds)


async def start_check(person: Any, path: str) -> dict[str, Any]:
    answer = await person.fetch("jupyter-prov", "checks", method="POST", body=json.dumps({"path": path}))
    assert answer.code == 201
    return dict(json.loads(answer.body))


@pytest.mark.parametrize("path", ["../outside.ipynb", "missing.ipynb", "/etc/passwd", "data.csv", 3, None])
async def test_paths_go_through_the_contents_manager_alone(person: Any, path: Any) -> None:
    (person.root.parent / "outside.ipynb").write_text("{}")
    for end in ("live", "checks"):
        with pytest.raises(HTTPClientError) as caught:
            await person.fetch("jupyter-prov", end, method="POST", body=json.dumps({"path": path}))
        assert caught.value.code in (400, 404)


@pytest.mark.parametrize(
    ("method", "end"), [("POST", "live"), ("POST", "checks"), ("GET", "checks/ab"), ("DELETE", "checks/ab")]
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
    with pytest.raises(HTTPClientError) as caught:
        await start_check(person, "a.ipynb")
    assert caught.value.code == 403


async def test_a_check_runs_as_a_job_and_ends_with_its_report(person: Any) -> None:
    await person.open("a.ipynb", "import random\nrandom.random()", "2")
    await person.run("a.ipynb", 0, 1)
    await person.save("a.ipynb")
    job = await start_check(person, "a.ipynb")
    assert (job["state"], job["path"]) == ("running", "a.ipynb")
    again = await start_check(person, "a.ipynb")
    assert again["id"] == job["id"]
    ended = await finished(person, job)
    assert (ended["state"], ended["exit_code"], ended["phase"]) == ("finished", 1, "done")
    cells = ended["report"]["cells"]
    assert [cell["verdict"] for cell in cells] == ["differs", "identical"]
    assert [cause["kind"] for cause in cells[0]["causes"]] == ["random"]
    listed = json.loads((await person.fetch("jupyter-prov", "checks", params={"path": "a.ipynb"})).body)
    assert [one["id"] for one in listed["checks"]] == [job["id"]]


async def test_a_check_that_cannot_be_made_fails_with_the_reason(person: Any) -> None:
    await person.open("a.ipynb", "1")
    ended = await finished(person, await start_check(person, "a.ipynb"))
    assert ended["state"] == "failed"
    assert "has no record beside it" in ended["message"]


async def test_a_cancelled_check_ends_with_its_processes(person: Any) -> None:
    await person.open("a.ipynb", "import time, os\nif os.environ.get('PROV_SLEEP'): time.sleep(600)")
    await person.run("a.ipynb", 0)
    await person.save("a.ipynb")
    os.environ["PROV_SLEEP"] = "cancel-test"
    try:
        job = await start_check(person, "a.ipynb")
    finally:
        del os.environ["PROV_SLEEP"]
    while json.loads((await person.fetch("jupyter-prov", "checks", job["id"])).body)["phase"] != "rerun":
        await asyncio.sleep(0.05)
    assert processes_with(b"PROV_SLEEP=cancel-test")
    answer = await person.fetch("jupyter-prov", "checks", job["id"], method="DELETE")
    assert json.loads(answer.body)["state"] == "cancelled"
    assert processes_with(b"PROV_SLEEP=cancel-test") == []


def processes_with(variable: bytes) -> list[str]:
    """The processes whose environment has this variable."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if variable in file.read().split(b"\0"):
                    found.append(pid)
        except OSError:
            continue
    return found
