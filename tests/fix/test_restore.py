"""Files get the contents back that they had when they were read, if git has them and nothing is lost by it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from jupyter_prov.check.old_data import Content
from jupyter_prov.fix.restore_data import write_back
from jupyter_prov.record.errors import UsageError
from tests.command import Command, verdicts
from tests.fix.test_fixing import CURRENT, sources

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="needs git")]


def commit(folder: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True)


def test_what_git_has_is_restored_unless_the_present_content_would_be_lost(prov: Command) -> None:
    files = [prov.folder / f"{name}.csv" for name in ("gone", "changed", "edited")]
    for file in files:
        file.write_text(f"{file.name} as recorded\n")
    path = prov.write(
        "a.ipynb", *(f"print(open('{file.name}').read())" for file in files), "import random\nrandom.random()"
    )
    prov("run", "a.ipynb")
    commit(prov.folder)
    files[0].unlink()
    files[1].write_text("another\n")
    commit(prov.folder)
    files[2].write_text("not committed\n")
    said = " ".join(prov("fix", "a.ipynb", *CURRENT, code=1).out.split())
    assert "data changed.csv gets its recorded content back, from git's " in said
    assert "restore edited.csv, whose content was blake3:" in said
    assert not files[0].exists()
    prov("fix", "a.ipynb", *CURRENT, "--write", code=1)
    assert [file.read_text() for file in files] == [
        "gone.csv as recorded\n",
        "changed.csv as recorded\n",
        "not committed\n",
    ]
    assert sources(path)[3] == "import random\nrandom.seed(0)\nrandom.random()"
    command = said.partition(": git cat-file blob ")[2].partition(" !")[0].partition(" ✓")[0]
    subprocess.run(f"git cat-file blob {command}", shell=True, cwd=prov.folder, check=True)
    assert files[2].read_text() == "edited.csv as recorded\n"
    prov("check", "a.ipynb", *CURRENT, "--explain", "no")


def test_a_missing_file_that_is_kept_nowhere_leaves_the_rest_to_be_fixed(prov: Command) -> None:
    (prov.folder / "a.csv").write_text("1\n")
    path = prov.write("a.ipynb", "text = open('a.csv').read()\nprint(text)", "import random\nrandom.random()")
    prov("run", "a.ipynb")
    (prov.folder / "a.csv").unlink()
    said = " ".join(prov("fix", "a.ipynb", *CURRENT, "--write", code=1).out.split())
    assert "restore a.csv, whose content was blake3:" in said
    assert sources(path)[1] == "import random\nrandom.seed(0)\nrandom.random()"
    assert verdicts(prov.report("a.ipynb", *CURRENT, "--explain", "no", code=1)) == ["failed", "identical"]


def test_absolute_paths_are_made_relative_in_a_project_that_was_moved(prov: Command) -> None:
    old, new = prov.folder / "old", prov.folder / "new"
    (old / "data").mkdir(parents=True)
    for name in ("a", "b"):
        (old / "data" / f"{name}.csv").write_text(f"{name}\n")
    cells = [
        f"print(open('{old}/data/a.csv').read())  # here",
        f"BASE = '{old}/data/'",
        "print(open(BASE + 'b.csv').read())",
        f"print('{old}')",
    ]
    prov.write("old/a.ipynb", *cells)
    prov("run", "old/a.ipynb")
    old.rename(new)
    prov("fix", "new/a.ipynb", *CURRENT, "--write")
    now = sources(new / "a.ipynb")
    assert now == ["print(open('data/a.csv').read())  # here", "BASE = 'data/'", *cells[2:]]
    prov("check", "new/a.ipynb", *CURRENT, "--explain", "no")


def test_nothing_is_written_where_one_of_the_files_lies_outside_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (tmp_path / "old").write_text("old")
    content = Content(str(tmp_path / "old"))
    with pytest.raises(UsageError, match="nothing was written"):
        write_back(project / "a.ipynb", {"data.csv": content, "../data.csv": content})
    assert not (project / "data.csv").exists()
