"""`jupyter prov check --accept`: what the re-run showed becomes what is stored."""

from __future__ import annotations

import json
from typing import Any

from tests.command import Command

CELLS = ("import random, os", "print(random.random())", "print(6 * 7)", "print(random.random(), os.getcwd())", "1 / 0")


def outputs(prov: Command) -> list[Any]:
    return [cell["outputs"] for cell in json.loads((prov.folder / "a.ipynb").read_text())["cells"]]


def origins(prov: Command) -> dict[str, int]:
    record = json.loads((prov.folder / "a.prov.json").read_text())
    return {cell["id"]: cell["session"] for cell in record["cells"]}


def test_all_that_differs_is_accepted_with_its_record(prov: Command) -> None:
    prov.write("a.ipynb", *CELLS)
    prov("run", "a.ipynb", "--allow-errors", code=1)
    before = outputs(prov)
    said = prov("check", "a.ipynb", "--env", "current", "--accept").out
    assert said.count("(accepted: the new outputs are stored)") == 2
    after = outputs(prov)
    assert [one != other for one, other in zip(before, after, strict=True)] == [False, True, False, True, False]
    assert str(prov.folder) in json.dumps(after[3])
    assert sorted(origins(prov).values()) == [1, 1, 1, 2, 2]
    replayed = prov("check", "a.ipynb", "--env", "current", "--replay", "random")
    assert "4 identical, 1 equivalent" in replayed.out  # the working folder is noise


def test_some_cells_are_accepted_by_their_numbers(prov: Command) -> None:
    prov.write("a.ipynb", *CELLS)
    prov("run", "a.ipynb", "--allow-errors", code=1)
    before = outputs(prov)
    prov("check", "a.ipynb", "--env", "current", "--accept", "4", code=1)
    changed = [one != other for one, other in zip(before, outputs(prov), strict=True)]
    assert changed == [False, False, False, True, False]


def test_wrong_numbers_change_nothing(prov: Command) -> None:
    prov.write("a.ipynb", "print(1)")
    prov("run", "a.ipynb")
    before = (prov.folder / "a.ipynb").read_bytes()
    [said] = prov("check", "a.ipynb", "--env", "current", "--accept", "7", code=2).complaints
    assert "There is no code cell 7" in said
    prov("check", "a.ipynb", "b.ipynb", "--accept", "1", code=2)
    assert (prov.folder / "a.ipynb").read_bytes() == before
