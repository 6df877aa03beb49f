"""What clients hear over the server's event stream."""

from __future__ import annotations

from typing import Any

from jupyter_prov.server.events import JOB_EVENT, NOTEBOOK_EVENT


async def test_a_notebook_whose_kernel_begins_to_be_recorded_is_told(person: Any, listen: Any) -> None:
    stream = await listen()
    await person.open("a.ipynb", "1")
    assert await stream.next(NOTEBOOK_EVENT, path="a.ipynb") == {"path": "a.ipynb", "changed": "recording"}
    assert (await person.live("a.ipynb"))["recording"]["state"] == "recording"


async def test_a_session_that_starts_anew_is_told(person: Any, listen: Any) -> None:
    stream = await listen()
    await person.open("a.ipynb", "1")
    await person.run("a.ipynb", 0)
    while not (await person.live("a.ipynb"))["executions"]:
        await stream.next(NOTEBOOK_EVENT)
    await person.restart("a.ipynb")
    while (await person.live("a.ipynb"))["executions"]:
        await stream.next(NOTEBOOK_EVENT, changed="recording")
    assert (await person.live("a.ipynb"))["session"]["number"] == 2


async def test_a_record_that_was_written_is_told_and_one_that_says_nothing_new_is_not(person: Any, listen: Any) -> None:
    stream = await listen()
    for name in ("a.ipynb", "b.ipynb"):
        await person.open(name, "1")
        await person.run(name, 0)
    for name in ("a.ipynb", "a.ipynb", "b.ipynb"):
        await person.save(name)
    assert [(await stream.next(NOTEBOOK_EVENT, changed="record"))["path"] for _ in range(2)] == ["a.ipynb", "b.ipynb"]


def test_the_schemas_are_those_of_the_panel(jp_serverapp: Any) -> None:
    assert {JOB_EVENT, NOTEBOOK_EVENT} <= set(jp_serverapp.event_logger.schemas.schema_ids)
