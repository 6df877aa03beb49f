"""Fixtures of pytest-jupyter, and what all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytest_jupyter.jupyter_server"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every check of this test run keeps environments and overlays."""
    return tmp_path_factory.mktemp("cache")
