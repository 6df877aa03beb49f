"""Saving a notebook with its record: both are written, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_prov.check.accept import save
from jupyter_prov.record import record_file
from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.model import Record


@pytest.fixture
def notebook(tmp_path: Path) -> Any:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    (tmp_path / "a.ipynb").write_text(nbformat.writes(made))
    made.cells[0].source = "2"
    return made


@pytest.mark.parametrize("theirs", ['{"prefix": {}}', '{"schema": "jupyter-prov/record/2"}', "{", ""])
def test_beside_what_is_not_a_record_nothing_is_saved(tmp_path: Path, notebook: Any, theirs: str) -> None:
    (tmp_path / "a.prov.json").write_text(theirs)
    before = (tmp_path / "a.ipynb").read_text()
    with pytest.raises(UsageError, match=r"a\.ipynb is not saved\. No record of a\.ipynb is written: "):
        save(tmp_path / "a.ipynb", notebook, Record("a.ipynb"))
    assert ((tmp_path / "a.ipynb").read_text(), (tmp_path / "a.prov.json").read_text()) == (before, theirs)


def test_where_the_record_cannot_be_written_the_notebook_stays(tmp_path: Path, notebook: Any) -> None:
    name = "n" * 249 + ".ipynb"
    (tmp_path / "a.ipynb").rename(tmp_path / name)
    before = (tmp_path / name).read_text()
    with pytest.raises(UsageError, match="could not be saved: File name too long"):
        save(tmp_path / name, notebook, Record(name))
    assert (tmp_path / name).read_text() == before


def test_both_are_saved_under_the_names_that_the_project_gives(tmp_path: Path, notebook: Any) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "{stem}.repro.prov.json"\n')
    save(tmp_path / "a.ipynb", notebook, Record("a.ipynb"))
    assert record_file.read(tmp_path / "a.repro.prov.json").notebook == "a.ipynb"
    assert nbformat.read(tmp_path / "a.ipynb", 4).cells[0].source == "2"
