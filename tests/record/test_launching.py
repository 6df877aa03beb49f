"""Programs and interpreters that are started run nothing that lies in the working folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prov.record import launch_python
from jupyter_prov.record.import_path import elsewhere

TRAP = "open('RAN', 'w')"


@pytest.fixture(autouse=True)
def hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("platform", "sitecustomize", "usercustomize", "shutil", "argparse", "jupyter_prov"):
        (tmp_path / f"{name}.py").write_text(TRAP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


PATHS = [
    "{elsewhere}",
    "",
    "{sep}{elsewhere}",
    "{elsewhere}{sep}",
    ".",
    "{here}",
    "./{sep}{here}/",
    "{link}",
    "../{name}",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("safe", ["", "1"])
def test_an_interpreter_imports_nothing_from_its_folder(hostile_folder: Path, path: str, safe: str) -> None:
    link, other = (
        hostile_folder.parent / f"{hostile_folder.name}-link",
        hostile_folder.parent / f"{hostile_folder.name}-o",
    )
    link.symlink_to(hostile_folder)
    other.mkdir()
    (other / "mine.py").touch()
    given = path.format(elsewhere=other, sep=os.pathsep, here=hostile_folder, link=link, name=hostile_folder.name)
    base = {**os.environ, "PYTHONPATH": given, "PYTHONSAFEPATH": safe}
    program = "import platform, shutil, argparse, sys; print('mine' if sys.argv[1:] else '')"
    program += "\nif sys.argv[1] == 'mine': import mine"
    argument = "mine" if str(other) in given else "no"
    subprocess.run(
        launch_python.python(program, argument),
        env=launch_python.environ(hostile_folder, base),
        cwd=hostile_folder,
        check=True,
    )
    assert not (hostile_folder / "RAN").exists()


def test_a_program_is_not_found_in_the_working_folder(hostile_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = hostile_folder / "git"
    trap.write_text("#!/bin/sh\ntouch RAN\n")
    trap.chmod(0o755)
    real = launch_python.find("git")
    for first in ("", ".", str(hostile_folder), "./"):
        monkeypatch.setenv("PATH", first + os.pathsep + os.environ["PATH"])
        assert launch_python.find("git") == real
    monkeypatch.setenv("PATH", "")
    assert launch_python.find("git") is None


def test_only_absolute_entries_of_other_folders_stay(hostile_folder: Path) -> None:
    entries = ["", ".", "lib", str(hostile_folder), str(hostile_folder / "lib"), "/usr/lib"]
    assert elsewhere(entries, hostile_folder) == [str(hostile_folder / "lib"), "/usr/lib"]


@pytest.mark.parametrize("command", [["--version"], ["show", "missing.ipynb"]])
@pytest.mark.parametrize("path", ["", "."])
def test_the_command_line_imports_nothing_from_its_folder(hostile_folder: Path, command: list[str], path: str) -> None:
    (hostile_folder / "jupyter_prov.py").unlink()  # which Python itself would take for us
    for name in ("sitecustomize", "usercustomize", "shutil"):  # which Python itself imports, as PYTHONPATH says
        (hostile_folder / f"{name}.py").unlink()
    for name in ("typing", "dataclasses", "json", "rich", "fastjsonschema"):
        (hostile_folder / f"{name}.py").write_text(TRAP)
    environ = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-m", "jupyter_prov", *command], env=environ, check=False, capture_output=True)
    assert not (hostile_folder / "RAN").exists()
