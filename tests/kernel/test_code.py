"""Code: the project's modules and scripts that cells import or run, by their content."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from tests.live import LiveKernel, kernel

NUMBERS = itertools.count()


def code(live: LiveKernel, source: str) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = live.noted(source, "code").get("files", [])
    return files


def paths(live: LiveKernel, source: str) -> list[str]:
    return [os.path.relpath(file["path"], live.folder) for file in code(live, source)]


def put(live: LiveKernel, content: str = "x = 1\n", name: str = "") -> str:
    """A new module of the project; its name."""
    name = name or f"module_{next(NUMBERS)}"
    path = live.folder / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    live.run("import importlib; importlib.invalidate_caches()")
    return name


def of(content: str) -> str:
    return "blake3:" + blake3(content.encode()).hexdigest()


def test_an_imported_module_is_noted_once_with_its_digest(live: LiveKernel) -> None:
    name = put(live, "x = 5\n")
    [file] = code(live, f"import {name}")
    assert (file["module"], file["role"], file["via"], file["digest"]) == (name, "code", "import", of("x = 5\n"))
    assert code(live, f"import {name}") == []
    assert "data" not in live.execution().evidence


def test_modules_in_packages_and_those_that_modules_import(live: LiveKernel) -> None:
    inner = put(live)
    number = next(NUMBERS)
    put(live, "", f"package_{number}/__init__")
    put(live, f"import {inner}\n", f"package_{number}/part")
    assert paths(live, f"from package_{number} import part") == [
        f"{inner}.py",
        os.path.join(f"package_{number}", "__init__.py"),
        os.path.join(f"package_{number}", "part.py"),
    ]


AGAIN = {
    "reload": "import importlib; importlib.reload({0})",
    "forgotten and imported": "import sys; del sys.modules['{0}']; import {0}",
    "autoreload": "{0}.x",
}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_a_module_imported_again_after_a_change_is_noted_again(live: LiveKernel, again: str) -> None:
    name = put(live, "x = 1\n")
    live.run("%load_ext autoreload\n%autoreload 2")
    live.run(f"import {name}")
    (live.folder / f"{name}.py").write_text("x = 22\n")
    files = [(file["via"], file["digest"]) for file in code(live, again.format(name))]
    assert files == [("import", of("x = 22\n"))]
    assert code(live, "1 + 1") == []
    live.run("%autoreload off")


def test_a_module_that_changed_on_disk_alone_is_not_noted_again(live: LiveKernel) -> None:
    """What is in memory is still the old one."""
    name = put(live, "x = 1\n")
    live.run(f"import {name}")
    (live.folder / f"{name}.py").write_text("x = 22\n")
    assert code(live, f"{name}.x") == []


@pytest.mark.parametrize("run", ["%run {0}.py", "%run -i {0}.py", "import runpy; runpy.run_path('{0}.py')"])
def test_a_script_that_is_run_is_code(live: LiveKernel, run: str) -> None:
    name = put(live, "y = 3\n")
    [file] = code(live, run.format(name))
    assert (file["via"], file["digest"]) == ("run", of("y = 3\n"))
    assert "data" not in live.execution().evidence


def test_a_module_that_fails_at_import_is_still_noted(live: LiveKernel) -> None:
    name = put(live, "1 / 0\n")
    execution = live.ran(f"import {name}")
    assert execution.error == "ZeroDivisionError"
    assert [os.path.basename(f["path"]) for f in execution.evidence["code"]["files"]] == [f"{name}.py"]


def test_a_source_that_the_notebook_reads_or_writes_as_text_is_data(live: LiveKernel) -> None:
    name = put(live, "z = 1\n")
    noted = live.noted(f"exec(open('{name}.py').read())", "data")["files"]
    assert [(os.path.basename(f["path"]), f["role"]) for f in noted] == [(f"{name}.py", "input")]
    noted = live.noted(f"import pathlib; pathlib.Path('{name}.py').read_text()", "data")["files"]
    assert [f["role"] for f in noted] == ["input"]
    noted = live.noted(f"%%writefile {name}.py\nz = 2", "data")["files"]
    assert [f["role"] for f in noted] == ["output"]


def test_a_module_shown_in_a_traceback_is_no_data(live: LiveKernel) -> None:
    name = put(live, "def fail():\n    return 1 / 0\n")
    live.run(f"import {name}")
    assert "data" not in live.ran(f"{name}.fail()").evidence
    assert "data" not in live.ran(f"{name}.fail?").evidence


def test_modules_of_the_library_and_of_packages_are_no_code_of_the_project(live: LiveKernel) -> None:
    assert code(live, "import wave, numpy.fft, IPython.lib.demo") == []


def test_modules_of_the_project_above_the_notebook_are_code(project: Path, python: str) -> None:
    (project / "pyproject.toml").touch()
    (project / "helper.py").write_text("x = 1\n")
    (project / "notebooks").mkdir()
    with kernel(project / "notebooks", python) as live:
        files = code(live, "import sys; sys.path.insert(0, '..'); import helper")
        assert [f["path"] for f in files] == [str(project / "helper.py")]
        record = live.record(project / "notebooks")
    assert record.sessions[0].executions[0].evidence["code"]["files"][0]["path"] == "../helper.py"
