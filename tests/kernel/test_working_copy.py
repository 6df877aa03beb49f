"""The commit of a source folder, and whether its files differ: nothing that the repository names is run for it."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from jupyter_prov.watch.git_state import working_copy

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "package"
    folder.mkdir(parents=True)
    (folder / "module.py").write_bytes(b"x = 1\n")
    (folder / "data.bin").write_bytes(b"\0\r\n")
    (folder / "link").symlink_to("module.py")
    git(folder.parent, "init", "-q")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder.parent, "add", "-A")
    git(folder.parent, "commit", "-qm", "next")


def test_what_is_checked_out_unchanged_is_not_dirty(source: Path) -> None:
    (source / "not-in-git.py").touch()
    assert working_copy(str(source))["dirty"] is False


@pytest.mark.parametrize("change", ["edit", "delete", "retarget", "replace"])
def test_each_change_of_a_file_that_git_knows_is_seen(source: Path, change: str) -> None:
    file = source / ("link" if change == "retarget" else "module.py")
    if change == "edit":
        file.write_bytes(b"x = 2\n")
    else:
        file.unlink()
    if change == "retarget":
        file.symlink_to("data.bin")
    if change == "replace":
        file.mkdir()
    assert working_copy(str(source))["dirty"] is True


def test_changes_outside_the_folder_do_not_count(source: Path) -> None:
    (source.parent / "other.py").write_text("1")
    commit(source)
    (source.parent / "other.py").write_text("2")
    assert working_copy(str(source))["dirty"] is False


def test_other_ends_of_lines_are_no_change_of_a_text(source: Path) -> None:
    (source / "module.py").write_bytes(b"x = 1\r\n")
    assert working_copy(str(source))["dirty"] is False
    (source / "data.bin").write_bytes(b"\0\n")
    assert working_copy(str(source))["dirty"] is True


def test_what_git_lfs_stores_is_known_by_its_pointer(source: Path) -> None:
    content = b"large"
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5\n"
    (source / "model.bin").write_text(pointer.format(hashlib.sha256(content).hexdigest()))
    commit(source)
    (source / "model.bin").write_bytes(content)
    assert working_copy(str(source))["dirty"] is False
    (source / "model.bin").write_bytes(b"other")
    assert working_copy(str(source))["dirty"] is True


def test_nothing_is_said_where_a_filter_may_explain_a_difference(source: Path) -> None:
    (source.parent / ".gitattributes").write_text("*.ipynb filter=nbstripout\n")
    (source / "a.ipynb").write_text("stripped")
    commit(source)
    (source / "a.ipynb").write_text("with outputs")
    assert "dirty" not in working_copy(str(source))
    (source / "module.py").write_text("x = 3")
    assert working_copy(str(source))["dirty"] is True


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.fsmonitor", "touch {}; false"),
        ("filter.evil.clean", "touch {}; cat"),
        ("filter.evil.smudge", "touch {}; cat"),
        ("filter.evil.process", "touch {}"),
        ("diff.evil.textconv", "touch {}; cat"),
        ("diff.external", "touch {}"),
        ("core.pager", "touch {}"),
        ("alias.rev-parse", "!touch {}"),
        ("core.sshCommand", "touch {}"),
        ("core.alternateRefsCommand", "touch {}"),
    ],
)
def test_nothing_that_a_repository_names_is_run(source: Path, tmp_path: Path, key: str, value: str) -> None:
    (source / ".gitattributes").write_text("* filter=evil diff=evil\n")
    commit(source)
    git(source, "config", key, value.format(tmp_path / "ran"))
    (source / "module.py").write_text("x = 4")
    assert working_copy(str(source))["commit_id"]
    assert not (tmp_path / "ran").exists()
