"""`jupyter prov fix --json`: what it would do, for a program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.command import Command

pytestmark = pytest.mark.slow


def told(prov: Command, *arguments: str, code: int = 0) -> dict[str, Any]:
    prov("fix", "a.ipynb", "--env", "current", "--json", "fix.json", *arguments, code=code)
    return dict(json.loads((prov.folder / "fix.json").read_text()))


def test_all_cells_are_told_in_their_order_with_what_was_done(prov: Command) -> None:
    text = {"cell_type": "markdown", "id": "text", "source": "# Title", "metadata": {}}
    timed = "import time\nstart = time.perf_counter()\nprint(f'{time.perf_counter() - start:.9f} s')"
    prov.write("a.ipynb", text, "print(y)", "import random\ny = random.random()", timed)
    notebook = json.loads((prov.folder / "a.ipynb").read_text())
    notebook["cells"][1:3] = reversed(notebook["cells"][1:3])
    (prov.folder / "a.ipynb").write_text(json.dumps(notebook))
    prov("run", "a.ipynb")
    before = (prov.folder / "a.ipynb").read_bytes()
    fix = told(prov)
    assert fix["schema"] == "jupyter-prov/fix/1"
    assert (fix["notebook"], fix["verified"], fix["files"], fix["left"]) == ("a.ipynb", True, [], [])
    assert {change["kind"] for change in fix["changes"]} == {"random", "clock"}
    assert [(cell["id"], cell["type"], cell["tags"]) for cell in fix["cells"]] == [
        ("text", "markdown", []),
        ("c2", "code", []),
        ("c1", "code", []),
        ("c3", "code", ["prov-volatile"]),
    ]
    random = fix["cells"][1]
    assert random["before"] == "import random\ny = random.random()"
    assert random["after"] == "import random\nrandom.seed(0)\ny = random.random()"
    assert fix["runs"] > 2
    assert (prov.folder / "a.ipynb").read_bytes() == before


def test_a_notebook_that_reproduces_has_nothing_to_change(prov: Command) -> None:
    prov.write("a.ipynb", "print(1)")
    prov("run", "a.ipynb")
    fix = told(prov)
    assert (fix["verified"], fix["changes"], fix["said"], fix["left"]) == (False, [], [], [])
    assert fix["cells"] == [{"id": "c0", "type": "code", "before": "print(1)", "after": "print(1)", "tags": []}]


def test_a_fix_is_told_on_standard_output_and_its_steps_as_json(prov: Command) -> None:
    prov.write("a.ipynb", "print(1)")
    prov("run", "a.ipynb")
    done = prov("fix", "a.ipynb", "--env", "current", "--json", "-", "--progress", "json")
    assert json.loads(done.out)["cells"]
    phases = [json.loads(line)["phase"] for line in done.err.splitlines()]
    assert set(phases) == {"environment", "rerun", "explain"}


def test_a_restored_file_is_told(prov: Command) -> None:
    (prov.folder / "pyproject.toml").write_text('[tool.jupyter-prov]\nkeep-inputs = "1M"\n')
    (prov.folder / "d.csv").write_text("1,2,3")
    prov.write("a.ipynb", "print(open('d.csv').read())")
    prov("run", "a.ipynb")
    (prov.folder / "d.csv").unlink()
    fix = told(prov)
    assert fix["files"] == [{"path": "d.csv", "diff": []}]
    assert not (prov.folder / "d.csv").exists()
