"""`%prov check`: a check in the background, shown by a display that is updated."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from jupyter_prov.factors.data.child_processes import Children
from jupyter_prov.record import digests
from jupyter_prov.report import report_lines
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.guard import Guard
from tests.live import LiveKernel, companion, kernel

SLOW = "import time, os\nwhile not os.path.exists({!r}): time.sleep(0.05)\nprint('went on')"


class Checked:
    """A kernel whose notebook is saved with its record, and what its displays show."""

    def __init__(self, live: LiveKernel, path: Path) -> None:
        self.live, self.path = live, path
        self.cells: list[Any] = []

    def run(self, cell: str, source: str) -> None:
        reply = self.live.run(source, cell)
        shown = [nbformat.from_dict({k: v for k, v in o.items() if k != "transient"}) for o in self.live.outputs]
        self.cells.append(
            nbformat.v4.new_code_cell(source, id=cell, execution_count=reply["execution_count"], outputs=shown)
        )

    def save(self) -> None:
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=self.cells, metadata=metadata), self.path)
        self.live.run("%prov save")

    def start(self) -> str:
        self.live.run("%prov check")
        [output] = self.live.outputs
        assert output["metadata"] == digests.DISPLAY
        return str(output["transient"]["display_id"])

    def shown(self) -> str:
        """What was shown last, whoever's message brought it."""
        self.live.drain(None, 0.05)
        return self.live.updates[-1]["data"]["text/plain"] if self.live.updates else ""


@contextmanager
def checked(project: Path, python: str) -> Iterator[Checked]:
    path = project / "analysis.ipynb"
    with kernel(project, python, environ={"JPY_SESSION_NAME": str(path)}) as live:
        yield Checked(live, path)


def checks_of(live: LiveKernel) -> list[psutil.Process]:
    assert live.manager.provisioner is not None
    children = psutil.Process(live.manager.provisioner.pid).children(recursive=True)
    return [one for one in children if "check" in one.cmdline()]


@pytest.mark.slow
def test_the_verdict_and_its_causes_are_shown_while_cells_go_on(project: Path, python: str) -> None:
    with checked(project, python) as notebook:
        live = notebook.live
        (project / "data.csv").write_text("1")
        notebook.run("drawn", "import random; open('data.csv').read()\nprint(random.random())")
        notebook.run("same", "%prov note it's here\nprint('same')")
        notebook.save()
        display = notebook.start()
        assert "Checking the saved analysis.ipynb" in live.text
        assert live.ran("open('meanwhile.txt', 'w').write('x')").evidence["data"]["files"][0]["path"].endswith("txt")
        waited = live.ran(f"import time\ncheck = {companion('Check')}\nwhile check.running: time.sleep(0.05)")
        assert "data" not in waited.evidence
        live.until(lambda: "reproduce" in notebook.shown(), "a verdict", 200)
        assert {update["transient"]["display_id"] for update in live.updates} == {display}
        assert all(update["metadata"] == digests.DISPLAY for update in live.updates)
        assert any("running cells, " in update["data"]["text/plain"] for update in live.updates)
        said = notebook.shown()
        assert "✗ analysis.ipynb did not reproduce: 1 identical, 1 differs" in said
        assert "random: Python's global generator was drawn from without a seed (cell 1, line 2, proven)" in said
        assert "random.seed(0)" in said
        assert "<progress" not in live.updates[-1]["data"]["text/html"]
        noted = [execution.evidence for execution in live.log().executions[2:]]
        assert {kind for evidence in noted for kind in evidence} <= {"order", "data"}
        assert live.ran("open('meanwhile.txt').read()").evidence["data"]["files"][0]["by"] == "self"


@pytest.mark.slow
def test_a_second_check_says_that_one_runs_and_the_kernel_ends_it(project: Path, python: str) -> None:
    with checked(project, python) as notebook:
        live = notebook.live
        notebook.run(
            "slow", SLOW.format(str(project.parent / "go on")).replace("while not", "while 'x' in globals() and not")
        )
        notebook.cells[0].source = SLOW.format(str(project.parent / "go on"))
        notebook.save()
        notebook.start()
        live.until(lambda: "running cells" in notebook.shown(), "the re-run", 100)
        live.run("%prov check")
        assert "is being checked already" in live.text
        [check] = checks_of(live)
        assert live.manager.provisioner is not None
        os.kill(live.manager.provisioner.pid, signal.SIGKILL)
        assert psutil.wait_procs([check], timeout=300)[0] == [check]


@pytest.mark.slow
def test_the_check_knows_nothing_of_variables_that_the_notebook_set(project: Path, python: str) -> None:
    with checked(project, python) as notebook:
        notebook.live.run("import os; os.environ['FROM_NOTEBOOK'] = '1'; os.environ['PYTHONPATH'] = '/nowhere'")
        notebook.run("reads", "import os\nprint(os.environ.get('FROM_NOTEBOOK'))")
        notebook.save()
        notebook.start()
        notebook.live.until(lambda: "reproduce" in notebook.shown(), "a verdict", 200)
        assert "1 → None" in notebook.shown()


@pytest.mark.slow
def test_what_cannot_be_checked_gets_the_sentence_of_the_command(project: Path, python: str) -> None:
    with checked(project, python) as notebook:
        notebook.live.run("%prov check")
        assert "There is no saved notebook" in notebook.live.text
        notebook.run("one", "print(1)")
        notebook.save()
        (project / "analysis.prov.json").unlink()
        notebook.start()
        notebook.live.until(lambda: "could not be checked" in notebook.shown(), "an answer")
        assert "has no record beside it" in notebook.shown()


def head(live: LiveKernel) -> str:
    live.run("%prov")
    return live.text.splitlines()[0]


@pytest.mark.slow
def test_what_a_check_found_is_the_verdict_until_something_changes(project: Path, python: str) -> None:
    with checked(project, python) as notebook:
        live = notebook.live
        (project / "data.csv").write_text("1")
        notebook.run("reads", "print(open('data.csv').read())")
        notebook.save()
        assert head(live) == "Not checked"
        notebook.start()
        live.until(lambda: "reproduce" in notebook.shown(), "a verdict", 200)
        assert head(live) == "Reproduces"
        assert head(live) == "Reproduces"
        (project / "data.csv").write_text("2")
        assert head(live) == "Changed since the check · 1 reason"
        (project / "data.csv").write_text("1")
        assert head(live) == "Reproduces"
        live.run("x = 1")
        assert head(live) == "Changed since the check"
        notebook.run("drawn", "import random; print(random.random())")
        notebook.save()
        seen = len(live.updates)
        notebook.start()
        live.until(lambda: "did not reproduce" in notebook.shown() and len(live.updates) > seen, "a verdict", 200)
        assert head(live) == "Would not reproduce · 1 reason"


def test_what_a_report_quotes_is_inert() -> None:
    report = {
        "notebook": "<b>.ipynb", "verdict": "not-reproduced", "counts": {"differs": 1}, "runs": 1, "seconds": 1.0,
        "inputs": [], "blind_spots": ["<script>"],
        "cells": [{"index": 0, "verdict": "differs", "outputs": [{"summary": "<img src=x>\x1b[2J → \u202e"}],
                   "causes": [], "volatile": True, "reason": "<i>"}],
    }  # fmt: skip
    lines = report_lines.verdict(report)
    shown = report_lines.as_html(lines)
    assert not any(tag in shown for tag in ("<b>", "<script>", "<img", "<i>", "\x1b", "\u202e"))
    assert "\x1b" not in report_lines.as_text(lines)
    assert "✗ cell 1 differs (volatile, <i>: it does not count)" in report_lines.as_text(lines)
    assert json.dumps(report_lines.as_text(report_lines.failure("a.ipynb", "because")))


@pytest.mark.skipif(sys.platform != "linux", reason="children are listed by /proc")
def test_a_check_is_no_child_whose_accesses_count() -> None:
    children = Children(Guard(), lambda: None)
    with Quiet():
        process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    children.checks.add(process.pid)
    children.begin()
    assert not children.seen()
    assert process.stdin is not None
    process.stdin.close()
    children.wait(process)
    assert not children.seen()
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert children.seen()
