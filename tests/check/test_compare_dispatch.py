"""Comparers of other packages, and which representation decides."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_prov.check.compare import dispatch
from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, IDENTICAL
from tests.check.outputs import bundle, compared

PLUGIN = """
from jupyter_prov.check.compare.base import Comparison

def compare(recorded, rerun, context):
    return Comparison("equivalent", ("case",)) if recorded.lower() == rerun.lower() else Comparison("differs", (), "!")
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with an entry point, as an installer leaves it."""
    (tmp_path / "loud_comparer.py").write_text(PLUGIN)
    info = tmp_path / "loud-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[jupyter_prov.comparers]\napplication/x-loud = loud_comparer:compare\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    dispatch.plugins.cache_clear()
    yield
    dispatch.plugins.cache_clear()
    sys.modules.pop("loud_comparer", None)


@pytest.mark.usefixtures("installed")
def test_a_comparer_of_another_package_is_found_by_its_mime_type() -> None:
    found = compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "a"}))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["case"])
    assert compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "b"})).summary == "!"


def test_without_it_the_type_is_compared_byte_by_byte() -> None:
    assert compared(bundle({"application/x-loud": "A"}), bundle({"application/x-loud": "a"})).verdict == DIFFERS


def test_parameters_of_a_mime_type_mean_nothing() -> None:
    assert dispatch.comparer_of("text/html; charset=utf-8") is dispatch.comparer_of("text/html")


def test_a_representation_without_content_does_not_decide() -> None:
    def shown(script: str) -> dict[str, object]:
        return bundle({"application/vnd.bokehjs_exec.v0+json": "", "application/javascript": script})

    assert compared(shown("draw(1)"), shown("draw(1)")).verdict == IDENTICAL
    found = compared(shown("draw(1)"), shown("draw(2)"))
    assert (found.mime, found.verdict) == ("application/javascript", DIFFERS)
