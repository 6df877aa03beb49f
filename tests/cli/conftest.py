"""The command line in a folder of its own, and a notebook that it has run and recorded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.command import Command

CELLS = (
    nbformat.v4.new_markdown_cell("# A notebook", id="title"),
    "import random, sys\nx = random.random()",
    "x",
    "import datetime\ndatetime.datetime.now()",
    "print(open('data.csv').read())",
    "print('a warning', file=sys.stderr)\nobject()",
    "",
    "1 / 0",
)


@pytest.fixture
def prov(tmp_path: Path, cache: Path) -> Iterator[Command]:
    folder = tmp_path / "work"
    folder.mkdir()
    command = Command(folder, cache)
    yield command
    command.end_left()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Command:
    """The folder of a notebook that `jupyter prov run` has run; tests work on copies of it."""
    made = Command(tmp_path_factory.mktemp("original"), cache)
    (made.folder / "data.csv").write_text("a,b\n1,2\n")
    made.write("analysis.ipynb", *CELLS)
    made.done = made("run", "analysis.ipynb", "--allow-errors", code=1)  # type: ignore[attr-defined]
    return made


@pytest.fixture
def recorded(original: Command, prov: Command) -> Command:
    shutil.copytree(original.folder, prov.folder, dirs_exist_ok=True)
    return prov
