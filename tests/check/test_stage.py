"""The stage: what of a project is copied to where a notebook is re-run, and that the original stays as it is."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from jupyter_prov.check import stage as stages
from jupyter_prov.check.stage import Stage, made_by, staged
from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.model import Execution, Record, Session


def record_of(*accesses: tuple[str, str]) -> Record:
    """A record of one execution for each pair of a path and a role."""
    executions = [
        Execution(n, f"c{n}", n, "", "", evidence={"data": {"files": [{"path": path, "role": role}]}})
        for n, (path, role) in enumerate(accesses, 1)
    ]
    return Record("analysis.ipynb", [], [Session(1, "", executions=executions)])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a notebook in a folder of its own."""
    root = tmp_path / "project"
    for path, content in {
        "pyproject.toml": "",
        "helper.py": "VALUE = 1",
        "data/in.csv": "1,2",
        "notebooks/analysis.ipynb": "{}",
        "notebooks/near.txt": "near",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


@pytest.fixture
def notebook(project: Path) -> Path:
    return project / "notebooks" / "analysis.ipynb"


def contents(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def test_the_whole_project_is_staged_and_the_notebook_stands_where_it_stood(notebook: Path, project: Path) -> None:
    with staged(notebook, None) as stage:
        assert contents(stage.root) == contents(project)
        assert stage.folder == stage.root / "notebooks"
        assert stage.root.name == "project"
        assert not str(stage.root).startswith(str(project))
        assert (stage.folder / ".." / "data" / "in.csv").read_text() == "1,2"


@pytest.mark.parametrize("mark", [".git", "pyproject.toml"])
def test_the_nearest_folder_with_a_mark_is_the_project(tmp_path: Path, mark: str) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "pyproject.toml").touch()
    (tmp_path / "outer" / "beside.txt").touch()
    (inner / mark).touch() if "." in mark[1:] else (inner / mark).mkdir()
    (inner / "analysis.ipynb").touch()
    with staged(inner / "analysis.ipynb", None) as stage:
        assert stage.root == stage.folder
        assert "beside.txt" not in contents(stage.root)


def test_without_a_mark_only_the_folder_of_the_notebook_is_staged(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "above.txt").touch()
    (tmp_path / "work" / "analysis.ipynb").touch()
    with staged(tmp_path / "work" / "analysis.ipynb", None) as stage:
        assert contents(stage.root) == {"analysis.ipynb"}


def test_a_mark_in_the_home_folder_makes_no_project_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    (tmp_path / "private.txt").touch()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "analysis.ipynb").touch()
    with staged(tmp_path / "work" / "analysis.ipynb", None) as stage:
        assert contents(stage.root) == {"analysis.ipynb"}


@pytest.mark.parametrize(
    "left_behind",
    [
        ".git/config",
        ".hg/store",
        "venv/pyvenv.cfg",
        "env/conda-meta/history",
        "notebooks/__pycache__/helper.pyc",
        "notebooks/.ipynb_checkpoints/analysis-checkpoint.ipynb",
        "node_modules/left-pad/index.js",
        ".jupyter_prov/index.sqlite",
        ".mypy_cache/x",
    ],
)
def test_environments_caches_and_version_control_stay_behind(notebook: Path, project: Path, left_behind: str) -> None:
    (project / left_behind).parent.mkdir(parents=True, exist_ok=True)
    (project / left_behind).touch()
    with staged(notebook, None) as stage:
        assert contents(stage.root) == contents(project) - {left_behind}


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="this system has no such file")
def test_a_link_to_a_file_of_the_kernel_is_not_waited_for(notebook: Path, project: Path) -> None:
    (project / "log").symlink_to("/proc/kmsg")
    with staged(notebook, None) as stage:
        assert contents(stage.root) == contents(project) - {"log"}


def test_files_that_the_sessions_made_are_absent(notebook: Path, project: Path) -> None:
    (project / "notebooks" / "model.bin").touch()
    (project / "data" / "clean.csv").touch()
    with staged(notebook, record_of(("model.bin", "output"), ("../data/clean.csv", "output"))) as stage:
        assert contents(stage.root) == contents(project) - {"notebooks/model.bin", "data/clean.csv"}


def test_a_file_that_was_read_before_it_was_written_is_an_input() -> None:
    assert made_by(record_of(("a", "input"), ("a", "output"), ("b", "output"), ("b", "input"))) == {"b"}
    assert made_by(None) == set()


def test_the_original_stays_as_it_is(notebook: Path, project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with staged(notebook, None) as stage:
        (stage.root / "helper.py").write_text("changed")
        (stage.folder / "near.txt").unlink()
        (stage.root / "data" / "new.csv").touch()
        os.rename(stage.root / "data" / "in.csv", stage.root / "data" / "moved.csv")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_nothing_is_left_when_it_is_over_or_has_failed(notebook: Path) -> None:
    with staged(notebook, None) as stage:
        root = stage.root
    assert not root.parent.exists()
    seen: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        fail_on_stage(notebook, seen)
    assert not seen[0].exists()


def fail_on_stage(notebook: Path, seen: list[Path]) -> None:
    with staged(notebook, None) as stage:
        seen.append(stage.root.parent)
        raise KeyboardInterrupt


def test_a_large_file_is_linked_and_found_unchanged(
    notebook: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "LINK_SIZE", 2)
    with staged(notebook, None) as stage:
        assert (stage.root / "data" / "in.csv").is_symlink()
        assert (stage.root / "data" / "in.csv").read_text() == "1,2"
        stage.check_linked()
    assert stage.notes == []


@pytest.mark.parametrize("change", ["write", "append", "delete"])
def test_a_linked_file_that_the_rerun_changed_is_said(
    notebook: Path, project: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(stages, "LINK_SIZE", 2)
    with staged(notebook, None) as stage:
        linked = stage.root / "data" / "in.csv"
        if change == "delete":
            linked.resolve().unlink()
        else:
            with linked.open("w" if change == "write" else "a") as file:
                file.write("3,4,5")
    assert stage.notes == ["The re-run changed ../data/in.csv, which was linked for its size."]


def test_what_exceeds_the_size_of_a_stage_is_linked(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MOST_COPIED", 10)
    with staged(notebook, None) as stage:
        staged_files = [path for path in stage.root.rglob("*") if path.is_file()]
        assert len(staged_files) == 5
        assert any(path.is_symlink() for path in staged_files)
        assert sum(path.stat().st_size for path in staged_files if not path.is_symlink()) <= 10


def test_a_project_of_too_many_files_is_said(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MOST_FILES", 3)
    with staged(notebook, None) as stage:
        assert stage.notes == ["The project has more than 3 files; those beyond were not staged."]
        assert stage.folder.is_dir()


def test_a_link_within_the_project_leads_to_the_copy(notebook: Path, project: Path) -> None:
    (project / "notebooks" / "data").symlink_to("../data")
    (project / "notebooks" / "near.lnk").symlink_to("near.txt")
    with staged(notebook, None) as stage:
        (stage.folder / "data" / "in.csv").write_text("changed")
        (stage.folder / "near.lnk").write_text("changed")
        assert stage.notes == []
    assert (project / "data" / "in.csv").read_text() == "1,2"
    assert (project / "notebooks" / "near.txt").read_text() == "near"


def test_a_link_out_of_the_project_is_said(notebook: Path, project: Path, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "big.csv").touch()
    (project / "shared").symlink_to(tmp_path / "shared")
    with staged(notebook, None) as stage:
        assert (stage.root / "shared" / "big.csv").exists()
        assert stage.notes == [f"../shared is a link to a folder that is not staged: {tmp_path / 'shared'}"]


def test_pipes_sockets_and_broken_links_do_no_harm(notebook: Path, project: Path) -> None:
    os.mkfifo(project / "pipe")
    (project / "broken").symlink_to("nowhere")
    (project / "loop").symlink_to("loop")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(project / "socket"))
    with listening, staged(notebook, None) as stage:
        assert contents(stage.root) == contents(project) - {"pipe", "broken", "loop", "socket"}


def test_files_outside_the_project_are_said(notebook: Path) -> None:
    record = record_of(("/data/a.csv", "input"), ("~/b.csv", "input"), ("near.txt", "input"))
    with staged(notebook, record) as stage:
        assert stage.notes == ["Files outside the project are not staged: /data/a.csv, ~/b.csv"]


def test_no_temporary_folder_is_said(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages.tempfile, "tempdir", "/nowhere")
    with pytest.raises(UsageError, match="cannot be staged"), staged(notebook, None):
        pass


def test_a_stage_remembers_where_the_original_lies(notebook: Path, project: Path) -> None:
    with staged(notebook, None) as stage:
        assert isinstance(stage, Stage)
        assert (stage.place.folder, stage.place.root) == (str(notebook.parent), str(project))
