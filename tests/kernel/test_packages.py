"""Packages: what is installed in which version, and which of it each cell imported."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.watch.git_state import working_copy
from jupyter_prov.watch.helper_process import packages
from jupyter_prov.watch.package_origins import conda
from tests.live import LiveKernel, kernel


def install(folder: Path, name: str, version: str, module: str = "", direct_url: str = "") -> None:
    """Lay a distribution into a folder as an installer does, the one that was there before gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.dist-info"):
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    module = module or name
    (folder / f"{module}.py").write_text(f"__version__ = {version!r}\n")
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{module}.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """A kernel with a folder of packages of its own on its path."""
    folder = tmp_path_factory.mktemp("shared") / "project"
    folder.mkdir()
    install(folder.parent / "extra", "before", "1.0")
    with kernel(folder, python) as started:
        started.run(f"import sys; sys.path.append({str(folder.parent / 'extra')!r})")
        yield started


def modules(live: LiveKernel, code: str) -> set[str]:
    return set(live.noted(code, "package").get("modules", ()))


def versions(live: LiveKernel) -> dict[str, str]:
    return {name: found["version"] for name, found in live.log().packages["distributions"].items()}


def test_installed_versions_are_those_of_the_kernels_environment(live: LiveKernel, python: str) -> None:
    asked = "from importlib.metadata import version; print(version('ipykernel'), version('numpy'))"
    told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    found = versions(live)
    assert [found["ipykernel"], found["numpy"]] == told
    assert "jupyter-prov" not in found


def test_a_package_counts_for_the_cell_that_imports_it_first_and_for_those_that_name_it(live: LiveKernel) -> None:
    assert "numpy" in modules(live, "import numpy as np")
    assert modules(live, "np.ones(1)") == set()
    assert modules(live, "import numpy") == {"numpy"}
    assert modules(live, "from numpy.linalg import norm") == {"numpy"}
    assert modules(live, "if False:\n    import nowhere_to_be_found") == set()


def test_what_a_package_imports_counts_too(live: LiveKernel) -> None:
    assert {"pandas", "dateutil"} <= modules(live, "import pandas, dateutil.rrule")
    (live.folder.parent / "extra" / "outer.py").write_text("import inner")
    (live.folder.parent / "extra" / "inner.py").write_text("")
    live.run("import importlib; importlib.invalidate_caches()")
    assert modules(live, "import outer") == {"outer", "inner"}


def test_the_library_the_project_and_ourselves_are_no_packages(live: LiveKernel) -> None:
    (live.folder / "own_module.py").write_text("")
    found = modules(live, "import wave, own_module, jupyter_prov, time_machine, __main__")
    assert found == set()


def test_the_record_names_the_distribution_of_each_imported_module(live: LiveKernel) -> None:
    live.run("import numpy, dateutil")
    packages = live.record(live.folder).sessions[0].packages
    assert packages["imports"]["numpy"] == ["numpy"]
    assert packages["imports"]["dateutil"] == ["python-dateutil"]


def test_a_package_installed_during_the_session_is_known_once_it_is_imported(live: LiveKernel) -> None:
    extra = live.folder.parent / "extra"
    assert "later" not in versions(live)
    install(extra, "later", "2.5")
    assert modules(live, "import importlib; importlib.invalidate_caches(); import later") == {"later"}
    assert versions(live)["later"] == "2.5"


def test_a_package_in_a_folder_that_was_not_on_the_path_before(live: LiveKernel) -> None:
    target = live.folder / "target"
    install(target, "aside", "3.1")
    live.run(f"sys.path.insert(0, {str(target)!r}); import aside")
    assert versions(live)["aside"] == "3.1"


def test_a_package_changed_after_its_import_keeps_the_version_that_ran(live: LiveKernel) -> None:
    extra = live.folder.parent / "extra"
    assert modules(live, "import before") == {"before"}
    install(extra, "before", "2.0")
    install(extra, "other", "1.0")
    assert modules(live, "import importlib; importlib.invalidate_caches(); import other") == {"other"}
    found = versions(live)
    assert (found["before"], found["other"]) == ("1.0", "1.0")
    assert "before 1.0 is 2.0 now: it was changed after it had been imported." in live.log().blind_spots


def test_pip_in_a_cell_is_noticed(project: Path, python: str) -> None:
    """A wheel made by hand, into a folder of its own, with no network."""
    if subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode:
        pytest.skip("no pip")
    install(project / "made", "tiny_prov_test", "0.7")
    info = project / "made" / "tiny_prov_test-0.7.dist-info"
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel = project / "tiny_prov_test-0.7-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in (p for p in (project / "made").rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(project / "made"))
    with kernel(project, python) as live:
        live.run(f"%pip install -q --no-deps --no-index --target ./installed {wheel}")
        live.run("import sys; sys.path.append('installed'); import tiny_prov_test")
        assert live.execution().outcome == "ok", live.text
        record = live.record(project)
    assert record.sessions[0].packages["imports"]["tiny_prov_test"] == ["tiny_prov_test"]
    found = record.sessions[0].packages["distributions"]["tiny_prov_test"]
    assert found["version"] == "0.7"
    assert found["direct_url"]["url"] == wheel.as_uri()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:secret@example.org/a.git", "https://example.org/a.git"),
        ("https://token@example.org/a.git", "https://example.org/a.git"),
        ("https://example.org/a@b.git", "https://example.org/a@b.git"),
        ("file:///home/a@b/c", "file:///home/a@b/c"),
    ],
)
def test_no_credentials_of_the_place_that_a_package_came_from(tmp_path: Path, url: str, kept: str) -> None:
    install(tmp_path, "a", "1", direct_url=f'{{"url": "{url}", "vcs_info": {{"vcs": "git", "commit_id": "0"}}}}')
    assert packages([str(tmp_path)])["distributions"]["a"]["direct_url"]["url"] == kept


@pytest.mark.parametrize("direct_url", ["{", "[]", "null", '{"url": null}', '{"url": 5}', "3", "\x00"])
def test_a_broken_origin_is_left_out(tmp_path: Path, direct_url: str) -> None:
    install(tmp_path, "a", "1", direct_url=direct_url)
    assert packages([str(tmp_path)])["distributions"]["a"] == {"version": "1"}


def test_broken_metadata_hides_no_other_package(tmp_path: Path) -> None:
    install(tmp_path, "good", "1")
    (tmp_path / "broken-1.dist-info").mkdir()
    (tmp_path / "odd-1.dist-info").mkdir()
    (tmp_path / "odd-1.dist-info" / "METADATA").write_bytes(b"Name: odd\n\xff\xfe")
    found = packages([str(tmp_path), str(tmp_path / "missing")])
    assert found["distributions"]["good"] == {"version": "1"}
    assert found["provides"] == {"good": ["good"]}
    assert all(isinstance(d["version"], str) for d in found["distributions"].values())


def test_what_a_cell_installs_or_replaces_is_told_with_both_versions(project: Path, python: str) -> None:
    extra = project.parent / "extra"
    install(extra, "steady", "1.0")
    install(extra, "moving", "1.0")
    with kernel(project, python) as live:
        live.run(f"import sys, os; sys.path.append({str(extra)!r})")
        live.settle()
        info = "moving-1.0.dist-info"
        live.run(f"import pathlib; e = pathlib.Path({str(extra)!r})\n"
                 f"(e / {info!r}).rename(e / 'moving-2.0.dist-info')\n"
                 "m = e / 'moving-2.0.dist-info' / 'METADATA'; m.write_text(m.read_text().replace('1.0', '2.0'))\n"
                 "d = e / 'fresh-3.dist-info'; d.mkdir(); "
                 "(d / 'METADATA').write_text('Metadata-Version: 2.1\\nName: fresh\\nVersion: 3\\n')")  # fmt: skip
        live.run("1")
        session = live.record(project).sessions[0]
    changes = [c for c in session.packages["installed"] if c["name"] in ("moving", "fresh", "steady")]
    number = session.executions[-2].number
    assert [c for c in changes if c["execution"] == number] == [
        {"execution": number, "name": "fresh", "before": None, "after": "3"},
        {"execution": number, "name": "moving", "before": "1.0", "after": "2.0"},
    ]


def test_a_package_installed_in_place_has_the_commit_of_its_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inplace").mkdir(parents=True)
    (source / "inplace" / "__init__.py").touch()
    url = json.dumps({"url": source.as_uri(), "dir_info": {"editable": True}})
    install(tmp_path / "site", "inplace", "1", module="unrelated", direct_url=url)

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        done = subprocess.run(["git", *identity, *arguments], cwd=source, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def found() -> dict[str, Any]:
        listed = packages([str(tmp_path / "site")])
        assert listed["provides"]["inplace"] == ["inplace"]
        return dict(listed["distributions"]["inplace"])

    assert "working_copy" not in found()
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    commit = git("rev-parse", "HEAD")
    assert found()["working_copy"] == {"vcs": "git", "commit_id": commit, "dirty": False}
    (source / "inplace" / "__init__.py").write_text("x = 1")
    assert found()["working_copy"]["dirty"] is True


def test_without_git_there_is_no_commit_and_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert working_copy(str(tmp_path)) == {}


def test_conda_packages_have_build_and_channel_without_credentials(tmp_path: Path) -> None:
    folder = tmp_path / "conda-meta"
    folder.mkdir()
    channel = "https://user:pass@conda.example.org/t/tk-123-secret/main/linux-64"
    meta = {"name": "numpy", "version": "2.0", "build": "py311_0", "channel": channel, "files": ["a"]}
    (folder / "numpy-2.0-py311_0.json").write_text(json.dumps(meta))
    (folder / "broken.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "history").touch()
    shown = "https://conda.example.org/main/linux-64"
    assert conda(str(tmp_path)) == {"numpy": {"version": "2.0", "build": "py311_0", "channel": shown}}
    assert conda(str(tmp_path / "none")) == {}
