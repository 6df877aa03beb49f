"""Code: the project's modules and scripts that cells import or run, by their content."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from jupyter_prov.watch.source_meaning import meaning
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


def test_a_script_and_a_module_outside_the_project_that_no_distribution_has(live: LiveKernel) -> None:
    outside = live.folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "loose_module.py").write_text("x = 1\n")
    (outside / "loose_script.py").write_text("x = 2\n")
    files = code(live, f"import sys; sys.path.append({str(outside)!r}); import loose_module")
    assert [(f["path"], f["digest"]) for f in files] == [(str(outside / "loose_module.py"), of("x = 1\n"))]
    assert [f["via"] for f in code(live, f"%run {outside}/loose_script.py")] == ["run"]


def test_a_package_that_was_installed_into_the_project_is_no_code_of_it(live: LiveKernel) -> None:
    target = live.folder / "installed"
    (target / "thing-1.dist-info").mkdir(parents=True)
    (target / "thing.py").write_text("x = 1\n")
    assert code(live, f"sys.path.append({str(target)!r}); import thing") == []


def test_a_notebook_that_is_run_is_code_and_no_data(live: LiveKernel) -> None:
    cell: dict[str, Any] = {"cell_type": "code", "source": "from_other = 5", "metadata": {}, "outputs": [],
                            "execution_count": None}  # fmt: skip
    other = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path = live.folder / "other.ipynb"
    path.write_text(json.dumps(other))
    if live.run("import nbformat")["status"] == "error":
        pytest.skip("no nbformat in this kernel, without which IPython runs no notebook")
    execution = live.ran("%run other.ipynb")
    [file] = execution.evidence["code"]["files"]
    assert (file["path"], file["via"]) == (str(path), "run")
    assert "data" not in execution.evidence
    assert execution.evidence["order"]["defines"] == ["from_other"]
    cell["execution_count"] = 7
    path.write_text(json.dumps(other))
    [again] = code(live, "%run other.ipynb")
    assert again["meaning"] == file["meaning"]
    assert again["digest"] != file["digest"]


FINDER = """
import importlib.abc, importlib.util, json, os, sys
class Notebooks(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        file = os.path.abspath(name + ".ipynb")
        return importlib.util.spec_from_file_location(name, file, loader=self) if os.path.exists(file) else None
    def exec_module(self, module):
        with open(module.__file__) as file:
            for cell in json.load(file)["cells"]:
                exec("".join(cell["source"]), module.__dict__)
sys.meta_path.append(Notebooks())
"""


def test_a_notebook_that_is_imported_as_a_module_is_code(live: LiveKernel) -> None:
    cell = {"cell_type": "code", "source": ["x = 5"], "metadata": {}, "outputs": [], "execution_count": None}
    path = live.folder / "asmodule.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    live.run(FINDER)
    execution = live.ran("import asmodule; assert asmodule.x == 5")
    assert execution.outcome == "ok", live.text
    [file] = execution.evidence["code"]["files"]
    assert (file["path"], file["via"], file["module"]) == (str(path), "import", "asmodule")
    assert "data" not in execution.evidence
    assert code(live, "asmodule.x") == []


def test_modules_of_a_namespace_package_are_code(live: LiveKernel) -> None:
    (live.folder / "space" / "inner").mkdir(parents=True)
    (live.folder / "space" / "inner" / "mod.py").write_text("x = 1\n")
    [file] = code(live, "import space.inner.mod")
    assert (file["path"], file["module"]) == (str(live.folder / "space" / "inner" / "mod.py"), "space.inner.mod")


def test_a_file_whose_text_is_loaded_into_a_cell(live: LiveKernel) -> None:
    name = put(live, "x = 1\n")
    assert [(f["via"], f["digest"]) for f in code(live, f"%load {name}.py")] == [("load", of("x = 1\n"))]


def test_a_module_that_its_cell_rewrites_after_importing_it_keeps_the_digest_that_ran(live: LiveKernel) -> None:
    name = put(live, "x = 1\n")
    [file] = code(live, f"import {name}\nopen('{name}.py', 'w').write('x = 22')")
    assert (file["digest"], file.get("changed_while_running")) == (of("x = 1\n"), None)


MEANINGS = [
    ("x = 1\n", "x = 1  # one\n\n\n", True),
    ("def f():\n    return 1\n", 'def f():\n    "Says."\n    return 1\n', False),
    ('def f():\n    "Says."\n    return 1\n', 'def f():\n    """Says\n    more."""\n    return 1\n', True),
    ("x = 1\n", "x = 2\n", False),
]


@pytest.mark.parametrize(("one", "other", "same"), MEANINGS)
def test_what_a_source_means(tmp_path: Path, one: str, other: str, same: bool) -> None:
    (tmp_path / "one.py").write_text(one)
    (tmp_path / "other.py").write_text(other)
    found = meaning(str(tmp_path / "one.py")), meaning(str(tmp_path / "other.py"))
    assert None not in found
    assert (found[0] == found[1]) == same


@pytest.mark.parametrize("content", [b"x = (", b"\x00", b"\xff\xfe", b"(" * 5000])
def test_a_source_that_is_none_has_no_meaning(tmp_path: Path, content: bytes) -> None:
    for name in ("a.py", "a.ipynb"):
        (tmp_path / name).write_bytes(content)
        assert meaning(str(tmp_path / name)) is None
    assert meaning(str(tmp_path / "missing.py")) is None
