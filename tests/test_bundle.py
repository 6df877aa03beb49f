"""The lab extension as it is built: light enough to be loaded with every JupyterLab."""

from __future__ import annotations

from pathlib import Path

import pytest

import jupyter_prov

STATIC = Path(jupyter_prov.__file__).parent / "labextension" / "static"
MOST_BYTES = 200_000


def test_the_bundle_stays_small() -> None:
    if not STATIC.exists():
        pytest.skip("the lab extension was not built here")
    scripts = {path.name: path.stat().st_size for path in STATIC.glob("*.js")}
    assert scripts
    assert sum(scripts.values()) <= MOST_BYTES, scripts
