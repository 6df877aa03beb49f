"""`jupyter prov fix`: notebooks that did not reproduce, and do after it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.check.worked import Worked
from tests.command import Command, interrupted

pytestmark = pytest.mark.slow

CURRENT = ("--env", "current")
MANY = (
    "%matplotlib --list\nimport random, time, uuid\nfrom datetime import datetime as D",
    "print(random.random())\nprint(D.now().isoformat())",
    "run = uuid.uuid4()",
    "str(run)",
    "names = {'a%d' % i for i in range(40)}",
    "!echo kept\nprint(list(names))",
    "start = time.time()",
    "print(f'took {time.time() - start:.7f} s')",
    "6 * 7",
)


def content(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in content(path)["cells"]]


def test_a_notebook_with_many_causes_reproduces_after_its_fix(prov: Command) -> None:
    path = prov.write("a.ipynb", *MANY)
    prov("run", "a.ipynb")
    said = prov("fix", "a.ipynb", *CURRENT, "--write").out
    assert "verified: two clean re-runs of the edited notebook agree" in said
    assert "    +random.seed(0)" in said
    assert "    -print(list(names))\n    +print(sorted(names))" in said
    assert "    +tag prov-volatile" in said
    assert all(len(line) <= 80 for line in said.splitlines())
    now = sources(path)
    assert [one for one, old in zip(now, MANY, strict=True) if one == old] == [MANY[i] for i in (0, 3, 4, 6, 7, 8)]
    assert now[5] == "!echo kept\nprint(sorted(names))"
    prov("check", "a.ipynb", *CURRENT, "--explain", "no")


def test_nothing_is_written_unasked_and_a_fixed_notebook_needs_no_fix(prov: Command) -> None:
    prov.write("a.ipynb", "import random\nrandom.random()")
    prov("run", "a.ipynb")
    before = prov.files()
    assert "nothing was written: --write does it" in prov("fix", "a.ipynb", *CURRENT).out
    assert prov.files() == before
    prov("fix", "a.ipynb", *CURRENT, "--write")
    after = prov.files()
    assert "there is nothing to fix" in prov("fix", "a.ipynb", *CURRENT, "--write").out
    assert prov.files() == after


def test_a_tangled_order_is_put_right(prov: Command) -> None:
    cells = {"show": "print(x, y, z)", "set": "x = 1", "add": "x = x + 1", "sort": "y.sort()", "edited": "k = 2\nk"}
    worked = Worked(prov.folder, **cells, other="y = [5]", last="z = 1")
    order = ("set", "add", "add", "other", "sort", "sort", "last", "show", "edited")
    path = worked.work(*order, edited="k = 1\nk")
    prov("check", "worked.ipynb", *CURRENT, "--explain", "no", code=1)
    said = prov("fix", "worked.ipynb", *CURRENT, "--write").out
    assert "is moved to where it works from top to bottom" in " ".join(said.split())
    assert "the cell was edited after it had run" in " ".join(said.split())
    assert sources(path) == [
        *("x = 1", "x = x + 1", "x = x + 1", "y = [5]", "y.sort()", "z = 1", "print(x, y, z)", "k = 2\nk")
    ]
    assert "".join(content(path)["cells"][6]["outputs"][0]["text"]) == "3 [5] 1\n"
    prov("check", "worked.ipynb", *CURRENT, "--explain", "no")


def test_without_a_record_the_stored_numbers_tell_an_order_that_works(prov: Command) -> None:
    counts = {"print(y, x)": 3, "x = y + 1": 2, "y = 5": 1}
    cells = [nbformat.v4.new_code_cell(source, execution_count=count) for source, count in counts.items()]
    cells[0].outputs = [nbformat.v4.new_output("stream", text="5 6\n")]
    path = prov.write("a.ipynb", *cells)
    prov("fix", "a.ipynb", *CURRENT, "--write")
    assert sources(path) == ["y = 5", "x = y + 1", "print(y, x)"]
    prov("check", "a.ipynb", *CURRENT, "--explain", "no")


def test_what_is_left_is_said_and_keeps_its_outputs(prov: Command) -> None:
    (prov.folder / "data.csv").write_text("1\n")
    path = prov.write(
        "a.ipynb", "import random, secrets", "random.random()", "open('data.csv').read()", "secrets.token_hex()"
    )
    prov("run", "a.ipynb")
    old = content(path)["cells"]
    (prov.folder / "data.csv").write_text("2\n")
    said = " ".join(prov("fix", "a.ipynb", *CURRENT, "--write", code=1).out.split())
    assert "restore data.csv, whose content was blake3:" in said
    assert "secrets.token_hex took entropy from the system, which cannot be fixed automatically: keep keys out" in said
    now = content(path)["cells"]
    assert [one["outputs"] == other["outputs"] for one, other in zip(now, old, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    report = prov.report("a.ipynb", *CURRENT, "--explain", "no", code=1)
    assert [cell["verdict"] for cell in report["cells"]] == ["identical", "identical", "differs", "differs"]


def test_an_edit_that_makes_a_cell_raise_is_made_in_another_way_or_taken_back(prov: Command) -> None:
    cells = [
        "mixed = {*map(str, range(30)), *range(30)}",
        "print(list(mixed)[:9])",
        "import numpy as np\nclass Mixture:\n    def sample(self):\n        return np.random.rand()",
        "Mixture().sample()",
        "wrong = {*map(str, range(40))}\nassert list(wrong) != sorted(wrong)\nprint(list(wrong))",
    ]
    path = prov.write("a.ipynb", *cells)
    prov("run", "a.ipynb")
    said = prov("fix", "a.ipynb", *CURRENT, "--write", code=1).out
    assert "! cell 5: a set or a hash is made here" in said
    now = sources(path)
    assert [one for one, old in zip(now, cells, strict=True) if one == old] == [cells[i] for i in (0, 2, 4)]
    assert now[1] == "print(sorted(mixed, key=repr)[:9])"
    assert now[3] == "np.random.seed(0)\nMixture().sample()"


def test_where_nothing_can_be_fixed_nothing_is_written(prov: Command) -> None:
    prov.write("a.ipynb", "import secrets\nsecrets.token_hex()")
    prov("run", "a.ipynb")
    before = prov.files()
    assert "nothing here can be fixed by an edit" in prov("fix", "a.ipynb", *CURRENT, "--write", code=1).out
    assert prov.files() == before


def test_a_notebook_that_was_saved_meanwhile_is_not_overwritten(prov: Command) -> None:
    path = prov.write(
        "a.ipynb", f"import random\nopen({str(prov.folder / 'a.ipynb')!r}, 'a').write(' ')\nrandom.random()"
    )
    prov("run", "a.ipynb")
    record = path.with_name("a.prov.json").read_bytes()
    [said] = prov("fix", "a.ipynb", *CURRENT, "--write", code=2).complaints
    assert "was changed while it was being fixed" in said
    assert path.with_name("a.prov.json").read_bytes() == record


def test_ctrl_c_changes_nothing(prov: Command) -> None:
    ready = prov.folder / "ready"
    cell = f"import os, random, time\nopen({str(ready)!r}, 'w').close()\ntime.sleep(2)\nrandom.random()"
    prov.write("a.ipynb", cell)
    prov("run", "a.ipynb")
    ready.unlink()
    before = prov.files()
    done = interrupted(prov.start("fix", "a.ipynb", *CURRENT, "--write"), signal.SIGINT, ready)
    assert done.code == 130
    ready.unlink()
    assert prov.files() == before


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs the modes of POSIX")
def test_wrong_use_is_told_in_a_sentence(prov: Command) -> None:
    [said] = prov("fix", "none.ipynb", code=2).complaints
    assert "There is no notebook none.ipynb" in said
    prov.write("a.ipynb", "1")
    [said] = prov("fix", "a.ipynb", code=2).complaints
    assert "has no record beside it" in said
    (prov.folder / "a.ipynb").write_text("{")
    [said] = prov("fix", "a.ipynb", "--write", code=2).complaints
    assert "is not valid JSON" in said
