"""What `jupyter prov check` refuses or puts up with: records that are damaged or foreign, and wrong options."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.cli import json_output
from tests.command import Command, verdicts

NOT_REPRODUCED, WRONG_USE, NO_ENVIRONMENT = 1, 2, 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: "{", "analysis.prov.json is not valid JSON ("),
        (lambda record: "[]", "analysis.prov.json is not a jupyter-prov record; move it away and record"),
        (lambda record: "[" * 100_000, "analysis.prov.json "),
        (lambda record: json.dumps(record | {"schema": "jupyter-prov/record/9"}), "analysis.prov.json has the format"),
        (lambda record: json.dumps(record | {"sessions": 3}), "analysis.prov.json is damaged ("),
        (lambda record: json.dumps(record | {"sessions": [], "cells": []}), "analysis.prov.json tells of no session;"),
        (
            lambda record: re.sub(
                r'"c(\d)"|[0-9a-f]{64}', lambda id: f'"x{id[1]}"' if id[1] else "0" * 64, json.dumps(record)
            ),
            "analysis.prov.json is the record of another notebook: none of its cells is in analysis.ipynb.",
        ),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(recorded: Command, change: Any, said: str) -> None:
    path = recorded.folder / "analysis.prov.json"
    path.write_text(change(json.loads(path.read_text())))
    done = recorded("check", "analysis.ipynb", code=WRONG_USE)
    (complaint,) = done.complaints
    assert complaint.startswith(f"jupyter prov: {said}")
    assert len(complaint) < 400
    assert done.out == ""


def test_sessions_that_the_cells_point_to_but_the_record_lacks_do_no_harm(recorded: Command) -> None:
    path = recorded.folder / "analysis.prov.json"
    record = json.loads(path.read_text())
    for state in record["cells"]:
        state["session"], state["execution"] = 7, 99
    path.write_text(json.dumps(record))
    report = recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report).count("differs") == 2


def test_unknown_keys_of_a_record_do_no_harm(recorded: Command) -> None:
    path = recorded.folder / "analysis.prov.json"
    record = json.loads(path.read_text())
    record["future"] = record["sessions"][0]["future"] = record["sessions"][0]["executions"][0]["future"] = {"a": 1}
    path.write_text(json.dumps(record))
    recorded("check", "analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--env", "nowhere"), WRONG_USE, "nowhere is no environment: it holds no "),
        (("--env", "analysis.ipynb"), WRONG_USE, "analysis.ipynb is no environment: it does not run as a Python."),
        (("--env", "/bin/true"), WRONG_USE, "/bin/true is no environment: it does not run as a Python."),
        (("--json", "no/such/report.json"), WRONG_USE, "The report cannot be written: there is no folder "),
        (("--json", "."), WRONG_USE, "The report cannot be written to "),
    ],
)
def test_what_cannot_be_used_is_said(recorded: Command, arguments: tuple[str, ...], code: int, said: str) -> None:
    *_, complaint = recorded("check", "analysis.ipynb", *arguments, code=code).complaints
    assert said in complaint


@pytest.mark.parametrize("name", ["analysis.prov.json", "other.ipynb", "data.txt"])
def test_a_report_replaces_nothing_but_a_report(recorded: Command, name: str) -> None:
    path = recorded.folder / name
    if not path.exists():
        path.write_text("[1]")
    before = path.read_bytes()
    [complaint] = recorded("check", "analysis.ipynb", "--env", "current", "--json", name, code=WRONG_USE).complaints
    assert "is there and is not a report; give another file" in complaint
    assert path.read_bytes() == before


def test_a_device_or_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    json_output.write({"a": 1}, json_output.target_of(str(tmp_path / "pipe")))
    assert json.loads(os.read(reader, 1000)) == {"a": 1}
    assert (tmp_path / "pipe").is_fifo()
    os.close(reader)


def test_an_environment_can_be_given_by_its_folder_or_interpreter(recorded: Command, tmp_path: Path) -> None:
    report = recorded.report("analysis.ipynb", "--env", sys.prefix, code=NOT_REPRODUCED)
    assert report["environment"]["source"] == sys.prefix
    assert verdicts(report).count("identical") == 3
    bare = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if bare and os.system(f"{bare} -c 'import ipykernel' 2>/dev/null"):
        (complaint,) = recorded("check", "analysis.ipynb", "--env", bare, code=NO_ENVIRONMENT).complaints
        assert complaint.endswith("has no ipykernel; install it there to check in it.")
