"""Outputs made to take much: each pair gets its verdict by linear work and within 500 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prov.report.model import DIFFERS, EQUIVALENT
from tests.check.hostile import PAIRS

MEGABYTES = 500
ROOT = Path(__file__).parents[2]
HARMLESS = {"50 MB with addresses in between", "sets on every line", "a table that differs in the last digits"}


@pytest.mark.parametrize("name", PAIRS)
def test_a_hostile_pair_is_judged_within_limits(name: str) -> None:
    command = [sys.executable, "-m", "tests.check.hostile", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == (EQUIVALENT if name in HARMLESS else DIFFERS)
    assert found["megabytes"] < MEGABYTES
