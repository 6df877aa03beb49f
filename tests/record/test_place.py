"""Where a notebook stands, and how paths are written in its record."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record.portable_paths import Place, project_root

pytestmark = pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / "work" / "deep").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize("mark", [".git", "pyproject.toml"])
def test_the_project_is_the_nearest_folder_with_a_mark(home: Path, mark: str) -> None:
    (home / "work" / mark).touch()
    assert project_root(str(home / "work" / "deep")) == str(home / "work")
    (home / "work" / "deep" / mark).touch()
    assert project_root(str(home / "work" / "deep")) == str(home / "work" / "deep")


def test_without_a_mark_the_folder_itself_is_the_project(home: Path) -> None:
    assert project_root(str(home / "work" / "deep")) == str(home / "work" / "deep")


def test_the_home_folder_and_what_lies_above_never_make_a_project(home: Path) -> None:
    (home / ".git").mkdir()
    (home.parent / ".git").mkdir()
    assert project_root(str(home / "work")) == str(home / "work")
    assert project_root(str(home)) == str(home)


def test_paths_are_relative_in_the_project_with_a_tilde_at_home_and_absolute_elsewhere(home: Path) -> None:
    (home / "work" / ".git").mkdir()
    place = Place.of_folder(home / "work" / "deep")
    assert place.portable(str(home / "work" / "deep" / "d" / "a.csv")) == "d/a.csv"
    assert place.portable(str(home / "work" / "a.csv")) == "../a.csv"
    assert place.portable(str(home / "work")) == ".."
    assert place.portable(str(home / "a.csv")) == "~/a.csv"
    assert place.portable(str(home) + "-other/a.csv") == str(home) + "-other/a.csv"
    assert place.portable("/data/a.csv") == "/data/a.csv"


def test_a_neighbour_with_the_same_beginning_is_not_in_the_project(home: Path) -> None:
    place = Place.of_folder(home / "work")
    assert place.contains(str(home / "work" / "a"))
    assert not place.contains(str(home / "work-2" / "a"))


def test_a_file_whose_name_begins_with_a_tilde_is_no_home(home: Path) -> None:
    place = Place.of_folder(home / "work")
    path = str(home / "work" / "~root" / "a.csv")
    assert place.resolve(place.portable(path)) == Path(path)


def test_a_link_to_the_folder_is_followed(home: Path) -> None:
    (home / "link").symlink_to(home / "work")
    assert Place.of_folder(home / "link").folder == str(home / "work")


PARTS = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=8).filter(
    lambda part: part not in (".", "..")
)


@given(st.lists(PARTS, min_size=1, max_size=4), st.sampled_from(["/p/q", "/p", "/", "/root"]))
def test_a_portable_path_leads_back(parts: list[str], base: str) -> None:
    path = os.path.join(base, *parts)
    place = Place("/p/q", "/p")
    assert os.path.normpath(place.resolve(place.portable(path))) == path
