"""Fixtures of pytest-jupyter, and what all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytest_jupyter.jupyter_server"]

# hypothesis fails examples that take longer than 0.2 s, and strategies that are slow: both hang on the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every check of this test run keeps environments and overlays."""
    return tmp_path_factory.mktemp("cache")
