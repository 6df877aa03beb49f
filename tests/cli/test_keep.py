"""`jupyter prov check --keep`: what the check saw, for a person or a program to look at."""

from __future__ import annotations

import json
from typing import Any

from jupyter_prov.record import record_file
from jupyter_prov.record.digests import of_outputs
from tests.command import Command


def outputs(prov: Command, name: str) -> list[Any]:
    return [cell["outputs"] for cell in json.loads((prov.folder / name).read_text())["cells"]]


def test_the_notebook_is_kept_as_it_was_checked_and_as_it_was_re_run(prov: Command) -> None:
    prov.write("a.ipynb", "import os, random", "print(random.random())", "print(os.getcwd())", "1 / 0")
    prov("run", "a.ipynb", "--allow-errors", code=1)
    before = (prov.folder / "a.ipynb").read_bytes()
    prov("check", "a.ipynb", "--env", "current", "--explain", "no", "--keep", "seen/here", code=1)
    recorded, rerun = outputs(prov, "seen/here/recorded.ipynb"), outputs(prov, "seen/here/rerun.ipynb")
    assert "".join(recorded[1][0]["text"]) == "".join(outputs(prov, "a.ipynb")[1][0]["text"])
    assert [one == other for one, other in zip(recorded, rerun, strict=True)][:3] == [True, False, True]
    assert rerun[2][0]["text"].strip() == str(prov.folder)  # not where it was staged
    record = record_file.read(prov.folder / "seen/here/rerun.prov.json")
    assert [state.id for state in record.cells] == ["c0", "c1", "c2", "c3"]
    assert [state.outputs for state in record.cells] == [of_outputs(one) for one in rerun]
    assert (prov.folder / "a.ipynb").read_bytes() == before


def test_what_cannot_be_kept_is_said(prov: Command) -> None:
    prov.write("a.ipynb", "1")
    prov("run", "a.ipynb")
    (prov.folder / "file").write_text("")
    [said] = prov("check", "a.ipynb", "--env", "current", "--keep", "file", code=2).complaints
    assert "cannot be kept in file" in said
    [said] = prov("check", "a.ipynb", "a.ipynb", "--keep", "seen", code=2).complaints
    assert "one notebook at a time" in said


def test_notebooks_that_no_check_has_kept_are_not_replaced(prov: Command) -> None:
    prov.write("a.ipynb", "1")
    prov("run", "a.ipynb")
    (prov.folder / "mine").mkdir()
    (prov.folder / "mine/rerun.ipynb").write_text("{}")
    before = (prov.folder / "mine/rerun.ipynb").read_bytes()
    [said] = prov("check", "a.ipynb", "--env", "current", "--keep", "mine", code=2).complaints
    assert "no check has kept it; give another folder" in said
    assert (prov.folder / "mine/rerun.ipynb").read_bytes() == before
    for _ in range(2):
        prov("check", "a.ipynb", "--env", "current", "--keep", "seen")
