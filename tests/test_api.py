"""The public Python API does what its page says, and what the commands do."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import nbformat
import pytest

import jupyter_prov
from jupyter_prov import api

PAGE = Path(__file__).parent.parent / "docs" / "api.md"


@pytest.fixture
def notebook(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "analysis.ipynb"
    cell = nbformat.v4.new_code_cell("import random; print(random.random())")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


def test_the_examples_of_its_page_are_true(notebook: Path) -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert (failed, tried >= 10) == (0, True)


def test_all_that_is_exported_is_there_and_typed() -> None:
    for name in api.__all__:
        exported = getattr(api, name)
        assert exported.__doc__, name
        if inspect.isfunction(exported):
            signature = inspect.signature(exported)
            assert "return" in exported.__annotations__
            assert exported.__annotations__.keys() - {"return"} == signature.parameters.keys()
    assert (Path(jupyter_prov.__file__).parent / "py.typed").exists()


def test_a_kept_folder_that_is_not_ours_is_refused_before_anything_is_run(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rerun.ipynb").write_text("x")
    with pytest.raises(api.UsageError, match="mine"):
        api.check(notebook, keep=tmp_path / "mine")


def test_a_notebook_without_a_record_is_not_checked_in_the_recorded_environment(notebook: Path) -> None:
    with pytest.raises(api.UsageError, match="has no record"):
        api.check(notebook)
    with pytest.raises(api.UnreadableRecord):
        api.read_record(notebook)


def test_a_revision_that_does_not_exist_is_said(notebook: Path) -> None:
    with pytest.raises(api.ProvError):
        api.diff(notebook, notebook, revisions=("nowhere", None))


def test_progress_is_told_of_each_step(notebook: Path) -> None:
    phases: list[str] = []
    api.run(notebook, progress=lambda phase, done, total: phases.append(phase))
    assert set(phases) == {"rerun"}
