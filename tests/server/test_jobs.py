"""Checks and searches for a fix, as jobs of the server."""

from __future__ import annotations

import asyncio
import os
import zlib
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import launch_python
from jupyter_prov.server import jobs as module
from jupyter_prov.server.events import JOB_EVENT

KEYS = set("id kind path state ahead phase done total message started outdated exit_code report fix".split())


async def start(person: Any, path: str, kind: str = "check") -> Any:
    return await person.ask("jobs", "POST", {"path": path, "kind": kind})


async def ended(person: Any, job: Any) -> Any:
    """The job once it has ended."""
    await asyncio.wait_for(person.server.web_app.settings["jupyter_prov_jobs"].get(job["id"]).ended.wait(), 200)
    return await person.ask(f"jobs/{job['id']}")


async def recorded(person: Any, path: str, *sources: str) -> None:
    await person.open(path, *sources)
    await person.run(path, *range(len(sources)))
    await person.save(path)


async def sleeping(person: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A check whose re-run sleeps in its first cell."""
    await recorded(person, path, "import time, os\nif os.environ.get('PROV_SLEEP'): time.sleep(600)")
    with monkeypatch.context() as patched:
        patched.setenv("PROV_SLEEP", str(person.root))
        job = await start(person, path)
        while (await person.ask(f"jobs/{job['id']}"))["phase"] != "rerun":
            await asyncio.sleep(0.05)
    assert processes(person)
    return job


def processes(person: Any) -> list[str]:
    """The processes of a check that sleeps."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if f"PROV_SLEEP={person.root}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append(pid)
        except OSError:
            continue
    return found


async def test_a_check_runs_as_a_job_and_ends_with_its_report(person: Any, listen: Any) -> None:
    await recorded(person, "a.ipynb", "import random\nrandom.random()", "2")
    stream = await listen()
    job = await start(person, "a.ipynb")
    assert job.keys() == KEYS
    assert (job["kind"], job["state"], job["path"], job["ahead"]) == ("check", "queued", "a.ipynb", 0)
    assert (await start(person, "a.ipynb"))["id"] == job["id"]
    done = await ended(person, job)
    assert (done["state"], done["exit_code"], done["phase"], done["fix"]) == ("finished", 1, "done", None)
    cells = done["report"]["cells"]
    assert [cell["verdict"] for cell in cells] == ["differs", "identical"]
    assert [cause["kind"] for cause in cells[0]["causes"]] == ["random"]

    heard = []
    while not heard or heard[-1]["state"] != "finished":
        heard.append(await stream.next(JOB_EVENT))
    assert all(one.keys() == KEYS - {"started", "outdated", "exit_code", "report", "fix"} for one in heard)
    assert [one["state"] for one in heard[:2]] == ["queued", "running"]
    assert list(dict.fromkeys(one["phase"] for one in heard)) == [
        None, "environment", "stage", "rerun", "compare", "explain", "done",
    ]  # fmt: skip
    assert max(one["done"] for one in heard if one["phase"] == "rerun") > 0


async def test_a_job_tells_which_cells_it_saw(person: Any) -> None:
    await recorded(person, "a.ipynb", "'é'")
    job = await start(person, "a.ipynb")
    [cell] = person.notebooks["a.ipynb"].cells
    seen = (await ended(person, job))["cells"]
    assert seen == [{"id": cell.id, "source": zlib.crc32("'é'".encode())}]


async def test_a_search_for_a_fix_runs_as_a_job_and_ends_with_its_cells(person: Any) -> None:
    await recorded(person, "a.ipynb", "import random\nprint(random.random())")
    done = await ended(person, await start(person, "a.ipynb", "fix"))
    assert (done["state"], done["exit_code"], done["report"]) == ("finished", 0, None), done["message"]
    assert done["fix"]["verified"] is True
    assert done["fix"]["cells"][0]["after"] == "import random\nrandom.seed(0)\nprint(random.random())"


async def test_jobs_are_listed_newest_first_without_their_results(person: Any) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        await person.open(name, "1")
    made = [await start(person, *one) for one in (("a.ipynb", "check"), ("b.ipynb", "check"), ("a.ipynb", "fix"))]
    listed = (await person.ask("jobs"))["jobs"]
    assert [one["id"] for one in listed] == [job["id"] for job in reversed(made)]
    assert all(one["report"] is None and one["fix"] is None for one in listed)
    assert [one["kind"] for one in (await person.ask("jobs", path="a.ipynb"))["jobs"]] == ["fix", "check"]
    for job in made:
        await ended(person, job)


async def test_a_check_that_cannot_be_made_fails_with_the_reason(person: Any) -> None:
    await person.open("a.ipynb", "1")
    done = await ended(person, await start(person, "a.ipynb"))
    assert done["state"] == "failed"
    assert "has no record beside it" in done["message"]


async def test_a_notebook_that_is_gone_when_its_turn_comes_fails(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await sleeping(person, "a.ipynb", monkeypatch)
    await person.open("b.ipynb", "1")
    second = await start(person, "b.ipynb")
    (person.root / "b.ipynb").unlink()
    await person.ask(f"jobs/{first['id']}", "DELETE")
    assert (await ended(person, second))["state"] == "failed"


async def test_a_cancelled_job_ends_with_its_processes_and_the_next_one_begins(
    person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await sleeping(person, "a.ipynb", monkeypatch)
    await recorded(person, "b.ipynb", "1")
    second, third = await start(person, "b.ipynb"), await start(person, "b.ipynb", "fix")
    assert [(one["state"], one["ahead"], one["started"]) for one in (second, third)] == [
        ("queued", 1, None),
        ("queued", 2, None),
    ]
    answer = await person.ask(f"jobs/{third['id']}", "DELETE")  # which only takes it out of the queue
    assert (answer["state"], answer["started"], len(processes(person)) > 0) == ("cancelled", None, True)
    assert (await person.ask(f"jobs/{first['id']}", "DELETE"))["state"] == "cancelled"
    assert processes(person) == []
    assert (await ended(person, second))["state"] == "finished"
    assert (await person.ask(f"jobs/{third['id']}"))["state"] == "cancelled"


async def test_a_server_that_ends_leaves_no_processes(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await sleeping(person, "a.ipynb", monkeypatch)
    waiting = await start(person, "a.ipynb", "fix")
    await person.server.cleanup_extensions()
    assert processes(person) == []
    assert (await person.ask(f"jobs/{waiting['id']}"))["state"] == "cancelled"


async def test_what_came_of_old_jobs_is_forgotten(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 1)
    await recorded(person, "a.ipynb", "1")
    old = await ended(person, await start(person, "a.ipynb"))
    kept = person.server.web_app.settings["jupyter_prov_jobs"].get(old["id"]).kept
    assert (kept / "rerun.ipynb").exists()
    await ended(person, await start(person, "a.ipynb"))
    assert not kept.exists()
    assert "no such job" in await person.refused(404, f"jobs/{old['id']}")


async def test_a_renamed_notebook_keeps_its_jobs(person: Any) -> None:
    await person.open("a.ipynb", "1")
    await ended(person, await start(person, "a.ipynb"))
    await person.rename("a.ipynb", "b.ipynb")
    assert (await person.ask("jobs", path="a.ipynb"))["jobs"] == []
    assert len((await person.ask("jobs", path="b.ipynb"))["jobs"]) == 1


async def test_what_cannot_be_done_is_refused_in_a_sentence(person: Any) -> None:
    await person.open("a.ipynb", "1")
    for kind in (None, "nap", 3):
        said = await person.refused(400, "jobs", "POST", {"path": "a.ipynb", "kind": kind})
        assert said == "The kind of a job is 'check' or 'fix'."
    for method, end in (("GET", ""), ("DELETE", ""), ("GET", "/outputs/0"), ("POST", "/accept")):
        body = {"cells": [0]} if method == "POST" else None
        assert "There is no such job" in await person.refused(404, f"jobs/ab{end}", method, body)
    job = await ended(person, await start(person, "a.ipynb"))
    assert "it is failed" in await person.refused(409, f"jobs/{job['id']}/outputs/0")
    assert "it is failed" in await person.refused(409, f"jobs/{job['id']}/accept", "POST", {"cells": [0]})


async def test_modules_beside_the_notebook_are_not_imported(person: Any) -> None:
    await person.open("a.ipynb", "1")
    for name in ("argparse.py", "random.py"):
        (person.root / name).write_text("raise SystemExit('This is mine.')")
    assert "has no record beside it" in (await ended(person, await start(person, "a.ipynb")))["message"]


HALF_A_REPORT = "import sys; open(sys.argv[sys.argv.index('--json') + 1], 'w').write('{\"notebooks\": [')"
TOO_DEEP = """\
import os, sys, time
open(f"{os.environ['PROV_SLEEP']}/pid", "w").close()
print("[" * 60_000, file=sys.stderr, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [(HALF_A_REPORT, "The report of the check cannot be read: "), (TOO_DEEP, "could not be followed to its end")],
)
async def test_a_command_that_is_not_understood_fails_its_job(
    person: Any, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(launch_python, "_UNTIL_INPUT_ENDS", program)
    await person.open("a.ipynb", "1")
    with monkeypatch.context() as patched:
        patched.setenv("PROV_SLEEP", str(person.root))
        done = await ended(person, await start(person, "a.ipynb"))
    assert (done["state"], said in done["message"]) == ("failed", True), done["message"]
    await person.until(lambda: not processes(person))


async def test_a_notebook_that_cannot_be_brought_fails_and_the_next_one_has_its_turn() -> None:
    async def stage(path: str) -> Any:
        raise ValueError(path)

    jobs = module.Jobs(stage, lambda told: None)
    for job in [jobs.start("check", path)[0] for path in ("a.ipynb", "b.ipynb")]:
        await asyncio.wait_for(job.ended.wait(), 300)
        assert (job.state, "could not be brought" in job.progress["message"]) == ("failed", True)


async def test_those_that_wait_are_told_when_they_move_up() -> None:
    never, told = asyncio.Event(), list[dict[str, Any]]()

    async def stage(path: str) -> Any:
        await never.wait()

    jobs = module.Jobs(stage, told.append)
    first, second, third = (jobs.start("check", path)[0] for path in ("a.ipynb", "b.ipynb", "c.ipynb"))
    assert [(one["path"], one["ahead"]) for one in told] == [("a.ipynb", 0), ("b.ipynb", 1), ("c.ipynb", 2)]
    told.clear()
    await second.cancel()
    assert [(one["path"], one["ahead"]) for one in told] == [("b.ipynb", 0), ("a.ipynb", 0), ("c.ipynb", 1)]
    told.clear()
    await first.cancel()
    assert [(one["path"], one["ahead"]) for one in told] == [("a.ipynb", 0), ("c.ipynb", 0)]
    await third.cancel()


async def test_a_server_that_ends_starts_no_job(person: Any) -> None:
    await person.open("a.ipynb", "1")
    await person.server.web_app.settings["jupyter_prov_jobs"].stop()
    said = await person.refused(503, "jobs", "POST", {"path": "a.ipynb", "kind": "check"})
    assert said == "The server is ending: it starts nothing any more."


# -- accepting


async def shown(person: Any, path: str, *sources: str) -> Any:
    """A finished check of a notebook with these cells."""
    await recorded(person, path, *sources)
    job = await ended(person, await start(person, path))
    assert job["state"] == "finished", job["message"]
    return job


async def test_outputs_of_a_check_are_shown_side_by_side_and_accepted(person: Any) -> None:
    job = await shown(person, "a.ipynb", "x = 1", "import random, os\nprint(os.getcwd())\nprint(random.random())", "2")
    notebook = person.notebooks["a.ipynb"]
    assert [cell["verdict"] for cell in job["report"]["cells"]] == ["identical", "differs", "identical"]
    sides = await person.ask(f"jobs/{job['id']}/outputs/1")
    recorded_text, rerun_text = sides["recorded"][0]["text"], sides["rerun"][0]["text"]
    assert recorded_text == notebook.cells[1].outputs[0].text != rerun_text
    assert rerun_text.splitlines()[0] == str(person.root)

    (cell,) = await person.ask(f"jobs/{job['id']}/accept", "POST", {"cells": [1]})
    assert (cell["id"], cell["outputs"]) == (notebook.cells[1].id, sides["rerun"])
    told = (await person.ask(f"jobs/{job['id']}"))["report"]["cells"]
    assert [one.get("accepted", False) for one in told] == [False, True, False]
    now = person.record("a.ipynb")
    assert [(state.session, bool(state.accepted)) for state in now.cells] == [(1, False), (2, True), (1, False)]

    notebook.cells[1].outputs, notebook.cells[1].execution_count = cell["outputs"], cell["execution_count"]
    await person.save("a.ipynb")
    assert [(state.session, bool(state.accepted)) for state in person.record("a.ipynb").cells] == [
        (1, False), (2, True), (1, False),
    ]  # fmt: skip
    again = await ended(person, await start(person, "a.ipynb"))
    outputs = await person.ask(f"jobs/{again['id']}/outputs/1")
    assert outputs["recorded"] == sides["rerun"]

    await person.run("a.ipynb", 1)
    await person.save("a.ipynb")
    assert [state.accepted for state in person.record("a.ipynb").cells] == [None, None, None]


async def test_a_check_is_outdated_once_its_notebook_has_gone_on_and_that_is_told_once(
    person: Any, listen: Any
) -> None:
    (person.root / "d.csv").write_text("1")
    job = await shown(person, "a.ipynb", "open('d.csv').read()")
    await person.open("b.ipynb", "1")
    accept = f"jobs/{job['id']}/accept"
    await person.live("a.ipynb")
    await person.run("b.ipynb", 0)
    await person.settled()
    assert job["outdated"] is False
    assert [one["outdated"] for one in (await person.ask("jobs"))["jobs"]] == [False]

    stream = await listen()
    (person.root / "d.csv").write_text("other")
    await stream.next(JOB_EVENT, id=job["id"], state="finished")
    assert [one["outdated"] for one in (await person.ask("jobs"))["jobs"]] == [True]

    again = await ended(person, await start(person, "a.ipynb"))
    await person.ask(f"jobs/{again['id']}/accept", "POST", {"cells": [0]})
    assert (await person.ask(f"jobs/{again['id']}"))["outdated"] is False  # its other cells can still be accepted

    jobs = person.server.web_app.settings["jupyter_prov_jobs"]
    for one in jobs.all():
        one.outdated = False
    told: list[Any] = []
    jobs._tell = told.append
    await person.run("a.ipynb", 0)
    await person.until(lambda: all(one.outdated for one in jobs.all()))
    await person.run("a.ipynb", 0)
    await person.settled()
    assert [one["id"] for one in told] == [job["id"], again["id"]]
    said = await person.refused(409, accept, "POST", {"cells": [0]})
    assert said == "Cell 1 was run after it had been checked; check it again."


async def test_what_cannot_be_accepted_is_refused_and_changes_nothing(person: Any) -> None:
    job = await shown(
        person, "a.ipynb", "1", "2", "", "import os\nif os.environ.get('PROV_KILL'): os.kill(os.getpid(), 9)"
    )
    notebook = person.notebooks["a.ipynb"]
    accept = f"jobs/{job['id']}/accept"
    assert "has no cell 9" in await person.refused(404, f"jobs/{job['id']}/outputs/9")
    assert "has no cell 9" in await person.refused(400, accept, "POST", {"cells": [0, 9]})
    assert "nothing in it" in await person.refused(400, accept, "POST", {"cells": [2]})
    for wrong in ([], "1", [True], [0.5], None):
        assert "indices" in await person.refused(400, accept, "POST", {"cells": wrong})
    notebook.cells[1].source = "3"
    del notebook.cells[0]
    await person.save("a.ipynb")
    before = (person.root / "a.prov.json").read_bytes()
    assert "Cell 2 was edited" in await person.refused(409, accept, "POST", {"cells": [1]})
    assert "Cell 1 is in the notebook no more" in await person.refused(409, accept, "POST", {"cells": [0]})
    assert (person.root / "a.prov.json").read_bytes() == before


async def test_a_cell_that_had_no_end_has_nothing_to_accept(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROV_KILL", "1")
    with monkeypatch.context() as patched:
        patched.delenv("PROV_KILL")
        await recorded(person, "a.ipynb", "import os\nif os.environ.get('PROV_KILL'): os.kill(os.getpid(), 9)")
    job = await ended(person, await start(person, "a.ipynb"))
    assert job["report"]["cells"][0]["verdict"] == "failed"
    said = await person.refused(409, f"jobs/{job['id']}/accept", "POST", {"cells": [0]})
    assert said.startswith("Cell 1 has no outputs to accept: ")


async def test_a_search_for_a_fix_has_no_outputs_to_look_at(person: Any) -> None:
    await person.open("a.ipynb", "1")
    job = await ended(person, await start(person, "a.ipynb", "fix"))
    assert await person.refused(409, f"jobs/{job['id']}/outputs/0") == "Only a check has outputs to look at."
    assert job["fix"] is None
