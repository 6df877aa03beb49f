"""The tolerance for numbers: that of the tag, of the project, or the one of the house."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_prov.check import number_tolerance
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.number import RTOL
from jupyter_prov.record.errors import UsageError
from jupyter_prov.report.model import DIFFERS, EQUIVALENT
from tests.check.outputs import compared


def tagged(*tags: str) -> dict[str, Any]:
    return {"metadata": {"tags": list(tags)}}


def test_the_tag_comes_before_the_project(tmp_path: Path) -> None:
    assert number_tolerance.of_project(str(tmp_path)) == RTOL
    (tmp_path / "pyproject.toml").write_text("[tool.jupyter-prov]\nrtol = 1e-6\n")
    assert number_tolerance.of_project(str(tmp_path)) == 1e-6
    assert number_tolerance.of_cell(tagged("prov-skip"), 1e-6) == 1e-6
    assert number_tolerance.of_cell(tagged("prov-rtol=0.01"), 1e-6) == 0.01


@pytest.mark.parametrize("text", ["rtol = 'much'", "rtol = true", "rtol = -1", "rtol = nan", "rtol = ", "rtol = 2"])
def test_a_project_that_asks_for_no_tolerance_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.jupyter-prov]\n{text}\n")
    with pytest.raises(UsageError, match=r"rtol|cannot be read"):
        number_tolerance.look_at(SimpleNamespace(cells=[]), str(tmp_path))


@pytest.mark.parametrize("tag", ["prov-rtol=", "prov-rtol=much", "prov-rtol=nan", "prov-rtol=7"])
def test_a_tag_that_is_no_tolerance_is_told(tmp_path: Path, tag: str) -> None:
    with pytest.raises(UsageError, match="no tolerance"):
        number_tolerance.look_at(SimpleNamespace(cells=[tagged(tag)]), str(tmp_path))


def test_text_is_compared_within_the_tolerance() -> None:
    assert compared("accuracy 0.8123", "accuracy 0.8124").verdict == DIFFERS
    found = compared("accuracy 0.8123", "accuracy 0.8124", Context(rtol=1e-3))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["number"])
    assert compared("accuracy 0.8123", "accuracy 0.9124", Context(rtol=1e-3)).verdict == DIFFERS
