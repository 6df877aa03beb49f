"""Environment: what the session ran on, and no value of a variable that is not on the list."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.factors.environment.factor import VARIABLES, _agree
from tests.live import kernel

SECRETS = {
    "SECRET_TOKEN": "s3cr3t-t0k3n-value",
    "AWS_SECRET_ACCESS_KEY": "aws-very-secret",
    "DATABASE_URL": "postgres://user:db-passw0rd@host/db",
    "PYTHONSTARTUP_X": "python-like-secret",
    "LC_SECRET": "lc-secret-value",
}


def test_no_value_of_another_variable_is_in_any_entry(project: Path, python: str) -> None:
    with kernel(project, python, environ={**SECRETS, "OMP_NUM_THREADS": "3", "TZ": "Asia/Tokyo"}) as live:
        live.run("import os, random, time, numpy\nkey = os.environ['SECRET_TOKEN']\nrandom.seed(key); time.time()")
        live.run("open('out', 'w').write(os.environ['DATABASE_URL']); print(key); os.environ.copy()")
        live.run("import subprocess; subprocess.run(['env'], capture_output=True).stdout; raise OSError(key)")
        live.run("%prov")
        live.settle()
        told = json.dumps(live.entries)
        session = live.log().facts["environment"]
    assert [name for name, value in SECRETS.items() if value in told] == []
    assert session["variables"]["OMP_NUM_THREADS"] == "3"
    assert session["variables"]["TZ"] == "Asia/Tokyo"
    assert set(session["variables"]) <= set(VARIABLES)


def test_python_and_platform_are_those_of_the_kernel(project: Path, python: str) -> None:
    asked = "import platform as p; print(p.python_version(), p.python_implementation(), p.machine())"
    told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    with kernel(project, python) as live:
        facts = live.log().facts
    assert [facts["python"]["version"], facts["python"]["implementation"], facts["platform"]["machine"]] == told


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["openblas 0.3.31.188.0 SkylakeX"], ["scipy-openblas 0.3.31.188.0"], True),
        (["openblas 0.3.31 SkylakeX"], ["openblas 0.3.29 SkylakeX"], False),
        ({"openblas": 2}, {"openblas": 2, "libgomp": 2}, True),
        ({"openblas": 2}, {"openblas": 8}, False),
        ("UTC", "Europe/Berlin", False),
    ],
)
def test_two_sessions_agree_as_far_as_both_say_it(one: Any, other: Any, same: bool) -> None:
    assert _agree(one, other) is _agree(other, one) is same
