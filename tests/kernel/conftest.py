"""Kernels for these tests: of this interpreter, or of each that PROV_PYTHONS names (separated as in PATH)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import LiveKernel, kernel

PYTHONS = os.environ.get("PROV_PYTHONS", sys.executable).split(os.pathsep)


@pytest.fixture(scope="session", params=PYTHONS)
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder for a kernel that a test starts for itself."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """A kernel that all tests of a file share."""
    folder = tmp_path_factory.mktemp("shared") / "project"
    folder.mkdir()
    with kernel(folder, python) as started:
        yield started
