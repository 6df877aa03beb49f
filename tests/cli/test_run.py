"""`jupyter prov run`: the notebook is executed where it lies, and saved with its record or not at all."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

import nbformat
import pytest
from jsonschema import Draft202012Validator

from jupyter_prov.record import digests, record_file
from tests.command import Command, interrupted

ENDLESS = "open('ready', 'w').close()\nimport time\nwhile True: time.sleep(0.05)"


def test_the_notebook_is_saved_with_its_outputs(original: Command) -> None:
    notebook = nbformat.read(original.folder / "analysis.ipynb", 4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == ["title", "c1", "c2", "c3", "c4", "c5", "c6", "c7"]
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, 2, 3, 4, 5, None, 6]
    assert notebook.cells[4].outputs[0].text == "a,b\n1,2\n\n"
    assert notebook.cells[7].outputs[0].ename == "ZeroDivisionError"


def test_its_record_is_valid_and_tells_of_every_output(original: Command) -> None:
    data = json.loads((original.folder / "analysis.prov.json").read_text())
    Draft202012Validator(record_file.record_schema()).validate(data)
    record = record_file.read(original.folder / "analysis.prov.json")
    notebook = nbformat.read(original.folder / "analysis.ipynb", 4)
    assert [state.id for state in record.cells] == ["c1", "c2", "c3", "c4", "c5", "c7"]
    for cell in notebook.cells:
        if state := record.cell(cell.id):
            assert state.outputs == digests.of_outputs(cell.outputs)
    (session,) = record.sessions
    assert [e.outcome for e in session.executions] == ["ok"] * 5 + ["error"]
    assert session.executions[3].evidence["data"]["files"][0]["path"] == "data.csv"
    assert session.packages["distributions"]["ipykernel"]["version"]


def test_what_was_run_is_said_and_so_is_what_failed(original: Command) -> None:
    done = original.done  # type: ignore[attr-defined]
    assert done.out == "Ran 6 cells of analysis.ipynb and saved it with its record.\n"
    assert done.complaints == ["jupyter prov: cell 8 failed: ZeroDivisionError: division by zero"]


def test_a_failing_cell_stops_the_run_unless_errors_are_allowed(prov: Command) -> None:
    prov.write("stops.ipynb", "1", "1 / 0", "2")
    done = prov("run", "stops.ipynb", code=1)
    assert done.complaints == [
        "jupyter prov: cell 2 failed: ZeroDivisionError: division by zero",
        "jupyter prov: cell 3 failed: not run: cell 2 failed",
    ]
    notebook = nbformat.read(prov.folder / "stops.ipynb", 4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, None]


def test_an_error_that_the_notebook_expects_is_no_failure(prov: Command) -> None:
    cell = nbformat.v4.new_code_cell("1 / 0", id="expected", metadata={"tags": ["raises-exception"]})
    prov.write("expects.ipynb", cell, "2")
    assert prov("run", "expects.ipynb").complaints == []


def test_a_cell_that_is_too_slow_is_interrupted_and_the_next_one_runs(prov: Command) -> None:
    prov.write("slow.ipynb", ENDLESS, "print('next')")
    done = prov("run", "slow.ipynb", "--timeout", "1", "--allow-errors", code=1)
    assert done.complaints == ["jupyter prov: cell 1 failed: it ran for more than 1 s"]
    assert nbformat.read(prov.folder / "slow.ipynb", 4).cells[1].outputs[0].text == "next\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_changes_nothing_and_leaves_nothing(prov: Command, number: signal.Signals) -> None:
    child = "import subprocess\nchild = subprocess.Popen(['setsid', 'sleep', '1000'])\n"
    path = prov.write("endless.ipynb", "print(1)", child + ENDLESS)
    before = path.read_bytes()
    done = interrupted(prov.start("run", "endless.ipynb"), number, prov.folder / "ready")
    assert (done.code, done.out) == (130, "")
    assert done.complaints == ["jupyter prov: interrupted; nothing was changed."]
    assert path.read_bytes() == before
    assert sorted(one.name for one in prov.folder.iterdir()) == ["endless.ipynb", "ready"]
    assert prov.left() == []


def test_processes_that_a_cell_started_end_with_the_kernel(prov: Command) -> None:
    prov.write(
        "children.ipynb",
        "import subprocess, sys\nsubprocess.Popen(['sleep', '1000'])",
        "subprocess.Popen(['sleep', '1000'], start_new_session=True)",
        "subprocess.run(['sh', '-c', '(setsid sleep 1000 &) &'])",
    )
    prov("run", "children.ipynb")
    assert prov.left() == []


def test_an_output_that_cannot_be_read_is_a_failure_of_its_cell(prov: Command) -> None:
    deep = "v = 1\nfor _ in range(900): v = [v]\ndisplay({'application/json': v}, raw=True)"
    prov.write("deep.ipynb", deep, "2")
    done = prov("run", "deep.ipynb", code=1)
    assert done.complaints == ["jupyter prov: cell 1 failed: one of its outputs cannot be read (nested too deeply)"]


def test_a_notebook_without_ids_gets_them(prov: Command) -> None:
    path = prov.write("old.ipynb", "1")
    data = json.loads(path.read_text()) | {"nbformat_minor": 2}
    del data["cells"][0]["id"]
    path.write_text(json.dumps(data))
    prov("run", "old.ipynb")
    notebook = nbformat.read(path, 4)
    assert (notebook.nbformat_minor, notebook.cells[0].id) == (5, "cell-0")
    assert record_file.read(prov.folder / "old.prov.json").cell("cell-0") is not None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.ipynb", None, "There is no notebook missing.ipynb."),
        ("broken.ipynb", "{", "broken.ipynb is not valid JSON (Expecting property name"),
        ("list.ipynb", "[]", "list.ipynb is not a notebook: it has no nbformat."),
        (
            "odd.ipynb",
            '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}',
            "odd.ipynb is not a valid",
        ),
        (
            "deep.ipynb",
            "[" * 100_000,
            "deep.ipynb is nested too deeply to be read; restore it from a checkpoint or git.",
        ),
        ("notebook.txt", "{}", "notebook.txt is not a notebook: its name does not end in .ipynb."),
        ("latin.ipynb", b"\xff{}", "latin.ipynb cannot be read ("),
    ],
)
@pytest.mark.parametrize("command", ["run", "check", "show"])
def test_what_is_no_notebook_is_refused(
    prov: Command, command: str, name: str, content: str | bytes | None, said: str
) -> None:
    if content is not None:
        (prov.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        if command == "show":
            (prov.folder / record_file.record_path(name)).write_text(
                json.dumps({"schema": "jupyter-prov/record/1", "notebook": name, "cells": [], "sessions": []})
            )
    (complaint,) = prov(command, name, code=2).complaints
    assert complaint.startswith(f"jupyter prov: {said}")
    assert len(complaint) < 400


def test_a_folder_and_an_unknown_kernel_are_refused(prov: Command) -> None:
    (prov.folder / "notebooks").mkdir()
    assert prov("run", "notebooks", code=2).complaints == [
        "jupyter prov: notebooks is a folder; name the notebooks in it, such as notebooks/*.ipynb."
    ]
    prov.write("other.ipynb", "1", kernel="no\x1b[2Jsuch")
    (complaint,) = prov("run", "other.ipynb", code=2).complaints
    assert "asks for the kernel 'no\\x1b[2Jsuch', which is not installed here (there are: " in complaint
    assert "python3" in complaint


def bound_by_modes() -> None:
    """Take from root, in a child before it executes, the power to ignore the modes of files."""
    if os.geteuid() == 0:
        prctl_capbset_drop, cap_dac_override = 24, 1
        if ctypes.CDLL(None, use_errno=True).prctl(prctl_capbset_drop, cap_dac_override, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "this root cannot give up its power over modes")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root is bound by modes through Linux capabilities")
@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o755), (0o644, 0o555)])
def test_a_read_only_notebook_is_refused_before_it_is_run(prov: Command, file: int, folder: int) -> None:
    path = prov.write("locked.ipynb", "open('../ran', 'w')")
    path.chmod(file)
    prov.folder.chmod(folder)
    prov.before = bound_by_modes
    assert prov("run", "locked.ipynb", code=2).complaints == [
        "jupyter prov: locked.ipynb cannot be saved: the file or its folder is read-only."
    ]
    assert not (prov.folder.parent / "ran").exists()
    prov.folder.chmod(0o755)


def test_what_is_not_a_record_stops_a_run_before_anything_is_run(prov: Command) -> None:
    prov.write("w3c.ipynb", "open('ran', 'w').close()")
    (prov.folder / "w3c.prov.json").write_text('{"prefix": {}}')
    done = prov("run", "w3c.ipynb", code=2)
    assert "w3c.prov.json is not a jupyter-prov record, and is left as it is" in done.complaints[0]
    assert not (prov.folder / "ran").exists()
    (prov.folder / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "{stem}.repro.prov.json"\n')
    prov("run", "w3c.ipynb")
    assert (prov.folder / "w3c.prov.json").read_text() == '{"prefix": {}}'
    assert "1 cell with outputs of known origin" in prov("show", "w3c.ipynb").out
    assert prov("show", "w3c.repro.prov.json").out == prov("show", "w3c.ipynb").out
