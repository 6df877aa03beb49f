"""What was there when a notebook was recorded and is another now: put back from git, Git LFS, DVC and the index."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from jupyter_prov.check.checker import Options, check
from jupyter_prov.check.old_data import old_contents
from jupyter_prov.check.recorded_state import Past
from jupyter_prov.check.stage import staged
from jupyter_prov.record import digests, record_file
from jupyter_prov.record.errors import CannotReplay
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.report.model import NotebookReport
from tests.check.elsewhere import folder_of, holding, recorded_in
from tests.check.worked import CURRENT, Worked

OLD, NEW = b"a,b\n1,2\n", b"a,b\n1,3\n"
FULL = dataclasses.replace(CURRENT, explain="full")


@pytest.fixture(autouse=True)
def own_folders(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def told(report: NotebookReport) -> dict[str, list[tuple[str, int | None, str]]]:
    return {c.id: sorted({(one.kind, one.cell, one.confidence) for one in c.causes}) for c in report.cells if c.causes}


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def of_git(folder: Path, *contents: bytes, name: str = "data.csv") -> None:
    """A repository in whose history a file had these contents."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q")
    for content in contents:
        (folder / name).write_bytes(content)
        git(folder, "add", name)
        git(folder, "commit", "-qm", "one more")


def cached(folder: Path, content: bytes, *names: str) -> Path:
    """A content in a cache of DVC."""
    name = hashlib.md5(content).hexdigest()
    path = folder.joinpath(*names, name[:2], name[2:])
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def wanted(content: bytes) -> dict[str, int]:
    return {digests.of_bytes(content): len(content)}


def found(folder: Path, content: bytes) -> bytes | None:
    contents = old_contents(str(folder), wanted(content))
    return b"".join(contents[digests.of_bytes(content)].chunks()) if contents else None


def reads(folder: Path) -> Worked:
    return Worked(folder, imports="import random", read="text = open('data.csv').read()", shown="print(text)", same="1")


def test_a_content_is_found_in_the_history_of_git(tmp_path: Path) -> None:
    of_git(tmp_path / "work", OLD, NEW)
    assert found(tmp_path / "work", OLD) == OLD
    assert found(tmp_path / "work", b"a,b\n9,9\n") is None
    git(tmp_path / "work", "mv", "data.csv", "other.csv")
    git(tmp_path / "work", "commit", "--amend", "-qm", "the old commit has no name any more")
    assert found(tmp_path / "work", NEW) == NEW
    assert old_contents(str(tmp_path / "work"), {}) == {}


@pytest.mark.parametrize(
    "name", ["HEAD", "included", "packed-refs", "objects/pack/pack-1.idx", "objects/info/alternates"]
)
def test_a_repository_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    work = tmp_path / "work"
    of_git(work, OLD, NEW)
    with (work / ".git" / "config").open("a") as config:
        config.write("[include]\n\tpath = included\n")
    (work / ".git" / name).parent.mkdir(exist_ok=True)
    (work / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(work / ".git" / name)
    monkeypatch.setattr("jupyter_prov.watch.git_objects.SILENT_SECONDS", 1.0)
    assert found(work, OLD) in (None, OLD)  # who waited for ever would end at the test's timeout


def test_a_configuration_of_dvc_that_names_no_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_bytes(b"[cache]\ndir = a\0b\n")
    assert found(tmp_path, OLD) is None


def test_a_configuration_of_dvc_that_names_any_folder_has_no_more_read_than_a_cache(tmp_path: Path) -> None:
    (tmp_path / "work" / ".dvc").mkdir(parents=True)
    (tmp_path / "work" / ".dvc" / "config").write_text(f"[cache]\ndir = {tmp_path}\n")
    (tmp_path / "private" / "ab").mkdir(parents=True)
    (tmp_path / "private" / "ab" / ("0" * 30)).write_bytes(OLD)
    (tmp_path / "old.csv").write_bytes(OLD)
    assert found(tmp_path / "work", OLD) is None


def test_a_content_is_found_in_the_caches_of_dvc_and_git_lfs(tmp_path: Path) -> None:
    first, second, third = tmp_path / "first", tmp_path / "second" / "notebooks", tmp_path / "third"
    cached(first, OLD, ".dvc", "cache", "files", "md5")
    assert found(first, OLD) == OLD
    cached(tmp_path, OLD, "shared", "files", "md5")
    second.mkdir(parents=True)
    (tmp_path / "second" / ".dvc").mkdir()
    (tmp_path / "second" / ".dvc" / "config").write_text("[core]\n    remote = x\n[cache]\n    dir = ../../shared\n")
    assert found(second, OLD) == OLD
    of_git(third, NEW)
    name = hashlib.sha256(OLD).hexdigest()
    kept = third / ".git" / "lfs" / "objects" / name[:2] / name[2:4] / name
    kept.parent.mkdir(parents=True)
    kept.write_bytes(OLD)
    assert found(third, OLD) == OLD
    (tmp_path / "second" / ".dvc" / "config").write_text("nonsense [")
    assert found(second, OLD) is None


def test_a_project_that_keeps_its_inputs_has_them_again_though_a_cell_overwrote_them(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-inputs = '1K'\n")
    (folder / "data.csv").write_bytes(OLD)
    (folder / "large.csv").write_bytes(bytes(1025))
    large = "len(open('large.csv', 'rb').read())"
    write = f"open('data.csv', 'wb').write({NEW!r}) and open('made.csv', 'w').write('made')"
    path = Worked(folder, **reads(folder).cells, large=large, write=write).work(
        "imports", "read", "shown", "large", "write"
    )
    assert record_file.read(path.with_name("worked.prov.json")).sessions[0].blind_spots == []
    assert found(folder, OLD) == OLD
    assert found(folder, NEW) is None
    store = folder / ".jupyter_prov"
    before = sorted(store.rglob("*"))
    assert [file.read_bytes() for file in before if file.is_file()] == [b"*\n", OLD]
    assert (store / ".gitignore").exists()
    (folder / "large.csv").write_bytes(bytes(1026))
    report = check(path, CURRENT)
    assert [told(report)[cell][0][::2] for cell in ("shown", "large")] == [("data", "proven"), ("data", "recorded")]
    why = "large.csv: neither the input store nor git nor a cache of DVC has the content that was recorded"
    assert f"Not put back: {why}." in report.blind_spots
    assert sorted(store.rglob("*")) == before


def test_a_content_that_is_not_what_its_place_says_is_not_taken(tmp_path: Path) -> None:
    cached(tmp_path, OLD, ".dvc", "cache").write_bytes(NEW)
    assert found(tmp_path, OLD) is None


@pytest.mark.parametrize("gone", [False, True])
def test_a_changed_or_missing_input_is_proven_to_be_the_cause(tmp_path: Path, gone: bool) -> None:
    folder = tmp_path / "work"
    of_git(folder, OLD)
    worked = reads(folder)
    path = worked.work(*worked.cells)
    if gone:
        (folder / "data.csv").unlink()
    else:
        (folder / "data.csv").write_bytes(NEW)
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    report = check(path, CURRENT)
    assert told(report)["shown"] == [("data", 1, "proven")]
    replayed = check(path, dataclasses.replace(CURRENT, replay=frozenset({"data"})))
    assert {cell.verdict for cell in replayed.cells} == {"identical"}
    assert replayed.inputs == [{"path": "data.csv", "status": "same"}]
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before


def test_an_old_content_that_nobody_kept_is_said_to_be_beyond_replay(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "data.csv").write_bytes(OLD)
    worked = reads(tmp_path / "work")
    path = worked.work(*worked.cells)
    (tmp_path / "work" / "data.csv").write_bytes(NEW)
    report = check(path, CURRENT)
    assert told(report) == {"shown": [("data", 1, "recorded")]}
    why = "data.csv: neither the input store nor git nor a cache of DVC has the content that was recorded"
    assert f"data cannot be played back: {why}." in report.blind_spots
    with pytest.raises(CannotReplay, match=why):
        check(path, dataclasses.replace(CURRENT, replay=frozenset({"data"})))


def test_what_was_put_back_and_what_could_not_be_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    of_git(folder, OLD)
    outside = tmp_path / "outside.csv"
    outside.write_bytes(OLD)
    source = f"print(open({str(outside)!r}).read())"
    worked = Worked(folder, first="print(open('data.csv').read())", second=source)
    path = worked.work(*worked.cells)
    outside.write_bytes(NEW)
    (folder / "data.csv").write_bytes(NEW)
    report = check(path, FULL)
    assert told(report) == {"first": [("data", 0, "proven")], "second": [("data", 1, "recorded")]}
    (note,) = [text for text in report.blind_spots if text.startswith("Not put back: ")]
    assert note.endswith("outside.csv: it lies outside the project, where nothing is put back.")
    assert outside.read_bytes() == NEW


def test_a_link_on_the_stage_never_leads_a_replay_to_the_original(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "work", tmp_path / "elsewhere"
    of_git(folder, OLD)
    elsewhere.mkdir()
    (folder / "data.csv").unlink()
    (folder / "data.csv").symlink_to(elsewhere / "data.csv")
    (elsewhere / "data.csv").write_bytes(OLD)
    worked = reads(folder)
    path = worked.work(*worked.cells)
    record = record_file.read(path.with_name("worked.prov.json"))
    (elsewhere / "data.csv").write_bytes(NEW)
    past = Past(record, Place.of_folder(folder))
    with staged(path, record) as stage:
        (stage.folder / "data.csv").unlink()
        (stage.folder / "data.csv").symlink_to(elsewhere / "data.csv")
        past.put_back(stage)
        assert (stage.folder / "data.csv").read_bytes() == OLD
    assert (elsewhere / "data.csv").read_bytes() == NEW


def test_without_a_record_nothing_can_be_played_back(tmp_path: Path) -> None:
    past = Past(None, Place.of_folder(tmp_path))
    assert past.unplayable("package") == "there is no record"
    assert past.unplayable("data") == "every input that can be put back is as it was recorded"
    assert past.unplayable("random") == ""
    assert [kind for kind in ("package", "data", "random") if past.is_unchanged(kind)] == ["data"]


def test_other_versions_are_proven_to_be_the_cause_in_the_recorded_environment(tmp_path: Path) -> None:
    cells = {"imports": "import humanize, random", "shown": "print(humanize.__version__)", "draw": "random.random()"}
    path = recorded_in(holding(humanize="4.9.0"), tmp_path / "work", **cells)
    env = folder_of(holding(humanize="4.12.0"))
    report = check(path, Options(env=env, timeout=60))
    assert told(report) == {"shown": [("package", 0, "proven")], "draw": [("random", 2, "proven")]}
    assert report.runs == 3
    replayed = check(path, Options(env=env, timeout=60, replay=frozenset({"package", "random"})))
    assert {cell.verdict for cell in replayed.cells} == {"identical"}
    assert replayed.environment["source"] == "recorded"


def test_versions_that_nobody_has_any_more_are_said_to_be_beyond_replay(tmp_path: Path) -> None:
    path = recorded_in(holding(humanize="4.9.0"), tmp_path / "work", shown="import humanize\nhumanize.__version__")
    record = path.with_name("made.prov.json")
    record.write_text(record.read_text().replace('"4.9.0"', '"0.0.99"'))
    report = check(path, Options(env=folder_of(holding(humanize="4.12.0")), timeout=60))
    assert told(report) == {"shown": [("package", 0, "recorded")]}
    why = "humanize==0.0.99 was recorded, and the package index does not have it"
    assert f"package cannot be played back: {why}." in report.blind_spots


def test_nothing_is_said_of_inputs_that_are_as_they_were(tmp_path: Path) -> None:
    draws = "import random; rows = open('data.csv').read().split(); random.shuffle(rows); print(random.random(), rows)"
    worked = Worked(tmp_path / "work", draws=draws)
    (tmp_path / "work" / "data.csv").write_bytes(OLD)
    report = check(worked.work("draws"), CURRENT)
    assert told(report) == {"draws": [("random", 0, "proven")]}
    assert report.blind_spots == []
