"""Environments: what of a record is installed, how failures are said, and that nothing is built twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_prov.check import environment as environments
from jupyter_prov.check import environment_cache, interpreters, uv
from jupyter_prov.check.environment import BY_RECORD, at_path, current, recorded, wanted_of
from jupyter_prov.check.environment_cache import MARKER, UNUSED_DAYS
from jupyter_prov.check.overlay import overlay_for
from jupyter_prov.record.errors import EnvironmentFailed, KernelUnknown, UsageError, VersionsConflict
from jupyter_prov.record.model import Record, Session

HERE = ".".join(map(str, sys.version_info[:3]))


def session(imports: list[str] | None = None, python: str = HERE, **distributions: str | dict[str, Any]) -> Session:
    """A session that had these distributions, and imported some of them, by default all."""
    noted = {name: {"version": d} if isinstance(d, str) else d for name, d in distributions.items()}
    used = list(noted) if imports is None else imports
    packages = {"distributions": noted, "imports": {name: [name] for name in used}}
    return Session(1, "2026", python={"version": python}, packages=packages)


def requirements(*sessions: Session) -> list[str]:
    sources = wanted_of(Record("a.ipynb", [], list(sessions)), BY_RECORD)[1]
    return [source.requirement for source in sources if source.requirement]


def of_index(name: str) -> str:
    """The version of a distribution that is installed here, so that the index is sure to have it."""
    from importlib.metadata import version

    return version(name)


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "jupyter-prov"


def test_what_was_imported_is_wanted_and_the_kernel_always() -> None:
    assert requirements(session(["numpy"], numpy="1.26.4", pandas="2.2.0")) == ["ipykernel", "numpy==1.26.4"]
    assert requirements(session([], ipykernel="6.29.0")) == ["ipykernel==6.29.0"]


def test_the_later_session_wins() -> None:
    assert requirements(session(numpy="1.26.4"), session(numpy="2.0.0")) == ["ipykernel", "numpy==2.0.0"]


def test_an_environment_holds_the_recorded_version_and_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record("a.ipynb", [], [session(["humanize"], humanize="4.9.0", ipykernel=of_index("ipykernel"))])
    environment = recorded(record)
    script = "import humanize, sys; from importlib.metadata import version; print(version('humanize'), sys.prefix)"
    done = subprocess.run([environment.argv[0], "-c", script], capture_output=True, text=True, check=True)
    version, prefix = done.stdout.split()
    assert version == "4.9.0"
    assert prefix.startswith(os.environ["XDG_CACHE_HOME"])
    assert (environment.source, environment.python, environment.missing) == ("recorded", HERE, [])
    assert environment.argv[1:] == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]

    def not_again(*_: object, **__: object) -> str:
        raise AssertionError("it was built again")

    monkeypatch.setattr(uv, "run", not_again)
    assert recorded(record).argv == environment.argv


def test_a_version_that_the_index_does_not_have_is_said(fresh_cache: Path) -> None:
    record = Record("a.ipynb", [], [session(humanize="0.0.99")])
    with pytest.raises(EnvironmentFailed) as failure:
        recorded(record)
    assert str(failure.value) == (
        "humanize==0.0.99 was recorded, and the package index does not have it; "
        "check against this environment with --env current."
    )
    assert list((fresh_cache / "environments").iterdir()) == []


def test_a_package_that_nobody_has_is_said(fresh_cache: Path) -> None:
    record = Record("a.ipynb", [], [session(**{"jupyter-prov-test-no-such-package": "1.0"})])
    with pytest.raises(EnvironmentFailed) as failure:
        recorded(record)
    assert "jupyter-prov-test-no-such-package" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_versions_that_contradict_each_other_are_put_together_unless_that_is_forbidden() -> None:
    record = Record("a.ipynb", [], [session(requests="2.25.1", urllib3="2.0.7")])
    with pytest.raises(VersionsConflict) as conflict:
        recorded(record, strict=True)
    assert {"requests", "urllib3"} <= set(conflict.value.said.replace("==", " ").replace(">", " ").split())
    script = "from importlib.metadata import version; print(version('requests'), version('urllib3'))"
    done = subprocess.run([recorded(record).argv[0], "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2.25.1", "2.0.7"]


def test_an_environment_that_takes_too_long_is_given_up(fresh_cache: Path) -> None:
    with uv.within(0.0), pytest.raises(EnvironmentFailed, match="in the time that there was"):
        recorded(Record("a.ipynb", [], [session(humanize="4.9.0")]))
    assert list((fresh_cache / "environments").iterdir()) == []


def test_no_network_is_said(fresh_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9/simple")
    for variable in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "2")
    with pytest.raises(EnvironmentFailed) as failure:
        recorded(Record("a.ipynb", [], [session(humanize="4.9.0")]))
    assert str(failure.value) == (
        "The recorded packages could not be fetched: the network or the package index cannot be reached."
    )


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(EnvironmentFailed, match=r"No environment can be built in .*: Not a directory"):
        recorded(Record("a.ipynb", [], [session(humanize="4.9.0")]))
    with pytest.raises(EnvironmentFailed, match=r"cannot be kept in .* set XDG_CACHE_HOME"):
        overlay_for(environments.Environment("current", HERE, [sys.executable]))


def test_a_record_without_packages_cannot_be_built() -> None:
    with pytest.raises(EnvironmentFailed, match="does not say which packages"):
        recorded(Record("a.ipynb", [], [Session(1, "2026")]))


def test_environments_that_nobody_used_for_long_are_removed(tmp_path: Path) -> None:
    for name, days in (("old", UNUSED_DAYS + 1), ("new", 1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / MARKER).write_text(json.dumps({}))
        os.utime(tmp_path / name / MARKER, (0, time.time() - days * 86_400))
    environment_cache._prune(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_python_that_is_not_here_is_said() -> None:
    assert interpreters.find(HERE).note == ""
    patch = interpreters.find(f"{sys.version_info[0]}.{sys.version_info[1]}.999")
    assert patch.note == f"Python {sys.version_info[0]}.{sys.version_info[1]}.999 was not found; {HERE} was used."
    none = interpreters.find("3.99.1")
    assert (none.version, none.note) == (HERE, f"Python 3.99.1 was not found, nor another 3.99; {HERE} was used.")


def test_a_python_of_pyenv_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = tmp_path / "versions" / "3.99.1" / "bin" / "python"
    binary.parent.mkdir(parents=True)
    binary.touch(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert interpreters.find("3.99.1") == interpreters.Interpreter(str(binary), "3.99.1")
    assert interpreters.find("3.99.0").note == "Python 3.99.0 was not found; another 3.99 was used."


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "  × No solution found when resolving dependencies:\n"
            "  ╰─▶ Because there is no version of humanize==0.0.99 and you\n      require it, we can conclude",
            "humanize==0.0.99 was recorded, and the package index does not have it;",
        ),
        ("error: Failed to fetch: `http://x/`\n  Caused by: dns error", "The recorded packages could not be fetched:"),
        ("error: Failed to build `mine`", "The recorded packages could not be installed: Failed to build `mine`"),
        ("", "The recorded packages could not be installed: uv gave no reason."),
        (
            "error: Git says no to https://ada:hunter2@g.org/o/r.git?private_token=hunter2",
            "The recorded packages could not be installed: Git says no to https://g.org/o/r.git?private_token=…",
        ),
    ],
)
def test_what_uv_says_becomes_one_sentence(said: str, sentence: str) -> None:
    assert uv.explained(said).startswith(sentence)
    assert "\n" not in uv.explained(said)


def test_the_kernel_of_the_notebook_is_the_current_environment() -> None:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    environment = current(notebook)
    assert (environment.source, environment.python) == ("current", HERE)
    assert current(nbformat.v4.new_notebook()).argv == environment.argv
    notebook.metadata.kernelspec.name = "no-such-kernel"
    with pytest.raises(KernelUnknown, match=r"'no-such-kernel', which is not installed here \(there are: .*python3"):
        current(notebook)


def test_an_environment_is_known_by_its_folder_or_its_interpreter(tmp_path: Path) -> None:
    for path in (sys.prefix, sys.executable):
        environment = at_path(path)
        assert (environment.source, environment.python) == (path, HERE)
    with pytest.raises(UsageError, match="is no environment"):
        at_path(str(tmp_path))
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(UsageError, match="does not run as a Python"):
        at_path(str(tmp_path / "python"))


def test_the_overlay_carries_the_kernel_part_and_its_libraries_alone() -> None:
    folder = Path(overlay_for(environments.Environment("current", HERE, [sys.executable])))
    found = {path.name for path in folder.iterdir()}
    assert {"jupyter_prov", "blake3", "time_machine"} <= found
    assert {path.name for path in (folder / "jupyter_prov").iterdir()} - {"__pycache__"} == {
        "__init__.py", "record", "analysis", "watch", "factors", "diagnosis", "report", "kernel",
    }  # fmt: skip
    script = f"import sys; sys.path.append({str(folder)!r})\n"
    script += "import jupyter_prov.record.sessionlog, time_machine, blake3; print(jupyter_prov.__file__)"
    done = subprocess.run([sys.executable, "-IS", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(folder))
    assert overlay_for(environments.Environment("current", HERE, [sys.executable])) == str(folder)
