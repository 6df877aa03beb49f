"""What a notebook installs goes into a copy of its environment; the kept one and the person's own stay as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_prov.check import environment as environments
from jupyter_prov.check import environment_cache
from jupyter_prov.check.attempt import PLAIN, Case, attempted
from jupyter_prov.check.environment import Building, Environment
from jupyter_prov.check.installers import NO_INSTALLERS, Installers, installers_of
from jupyter_prov.factors.registry import factors
from jupyter_prov.record.model import Record
from tests.check.index import wheel
from tests.check.test_environment import session

PIP = Installers(pip=True)


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


def kept(installers: Installers = NO_INSTALLERS, **versions: str) -> Environment:
    record = Record("", [], [session(ipykernel=version("ipykernel"), **versions)])
    return environments.recorded(record, how=Building(installers=installers))


def notebook_of(*sources: str) -> Any:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def ran(environment: Environment, folder: Path, *sources: str) -> tuple[list[str], list[str]]:
    """What the cells printed, and what the report says besides."""
    case = Case(folder / "a.ipynb", notebook_of(*sources), None, environment, factors())
    with attempted(case, PLAIN) as made:
        outputs = [cell.outputs for cell in made.result.notebook.cells]
        return ["".join(one.get("text", "") or str(one) for one in shown) for shown in outputs], made.stage.notes


def listed(environment: Environment) -> set[str]:
    (packages,) = Path(environment.argv[0]).parent.parent.glob("lib/python3*/site-packages")
    return {path.name for path in packages.iterdir() if path.suffix == ".dist-info"}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    for number in ("1.0", "2.0"):
        wheel(tmp_path / "wheels", "thing", number, f"SAYS = {number!r}")
    return tmp_path


FROM = "--quiet --no-index --find-links wheels"


WAYS = (
    "!pip install {}",
    "%pip install {}",
    "!python -m pip install {}",
    "!{{sys.executable}} -m pip install {}",
    "import subprocess\nsubprocess.run([sys.executable, '-m', 'pip', 'install', *'{}'.split()], check=True);",
)
SAYS = "\n!python -c 'import thing; print(thing.SAYS)'"


def test_what_a_notebook_installs_is_there_and_in_nothing_that_is_kept(wheels: Path) -> None:
    environment = kept(PIP)
    before = listed(environment)
    versions = [f"{number % 2 + 1}.0" for number in range(len(WAYS))]
    cells = [way.format(f"{FROM} thing=={one}") + SAYS for way, one in zip(WAYS, versions, strict=True)]
    shown, notes = ran(environment, wheels, "import sys", *cells)
    assert [text.split()[-1] for text in shown[1:]] == versions
    assert notes == []
    assert listed(environment) == before
    assert list((environment_cache.caches() / "layers").iterdir()) == []


def test_a_layer_is_one_environment_for_pip_uv_and_scripts(wheels: Path) -> None:
    environment = kept(Installers(pip=True, uv=True))
    shown, notes = ran(
        environment, wheels,
        "import sys, os, shutil; print(os.path.dirname(sys.executable) == os.path.join(sys.prefix, 'bin'))",
        "!python -c 'import sys; print(sys.prefix)'\nprint(sys.prefix)",
        f"!uv pip install {FROM} thing==1.0\n!pip list --format=freeze --no-index | grep thing",
        f"!pip install {FROM} --upgrade thing\n!uv pip list 2>/dev/null | grep thing",
        "!pip uninstall -y -q thing comm\n!pip list | grep -c -E '^(thing|comm) '",
        "print({os.path.dirname(shutil.which(name)) == os.path.join(sys.prefix, 'bin') for name in "
        "('pip', 'python', 'python3', 'jupyter', 'uv')})",
        "!jupyter kernelspec list --json | grep resource_dir",
        "import importlib.metadata as m; print(m.version('pip') in os.popen('pip --version').read())",
    )  # fmt: skip
    assert shown[0] == "True\n"
    assert len(set(shown[1].split())) == 1
    assert shown[2].split() == ["thing==1.0"]
    assert shown[3].split() == ["thing", "2.0"]
    assert shown[4].split() == ["0"]
    assert shown[5] == "{True}\n"
    assert shown[1].split()[0] in shown[6]
    assert shown[7] == "True\n"
    assert notes == []
    assert any(name.startswith("comm-") for name in listed(environment))


AS_ANYBODY = "import ctypes, sys\nfor right in (1, 2): ctypes.CDLL(None).prctl(24, right, 0, 0, 0)"
"""Programs that this process starts have no longer root's rights to write anywhere and to read anything."""


@pytest.mark.skipif(sys.platform != "linux", reason="rights are given up in Linux's way")
def test_installers_replace_the_read_only_files_of_a_layer(wheels: Path) -> None:
    wheel(wheels / "wheels", "comm", "99.0", "SAYS = 'ours'")
    environment = kept(Installers(pip=True, uv=True))
    before = listed(environment)
    library = Path(environment.argv[0]).parent.parent / "lib"
    assert {path.is_dir() for path in library.rglob("*") if path.stat().st_mode & 0o222} == {True}
    shown, notes = ran(
        environment, wheels, AS_ANYBODY,
        "!python -c 'import comm; open(comm.__file__, \"a\")' 2>&1 | tail -1",
        f"!pip install {FROM} comm==99.0\n!python -c 'import comm; print(comm.SAYS)'",
        "!pip install -q --force-reinstall --no-deps pygments pip\n!pygmentize -V | cut -c -8; pip -V | cut -c -3",
        "!uv pip install -q --reinstall --no-deps pygments\n!pygmentize -V | cut -c -8",
        "!pip uninstall -y -q comm pygments\n!pip list | grep -c -i -E '^(pygments|comm) '",
    )  # fmt: skip
    assert "PermissionError" in shown[1]
    assert [text.split()[-1] for text in shown[2:]] == ["ours", "pip", "Pygments", "0"]
    assert shown[3].split()[-2] == "Pygments"
    assert notes == []
    assert listed(environment) == before


@pytest.mark.slow
def test_the_environment_that_the_person_has_active_is_neither_seen_nor_changed(
    wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = wheels / "active"
    subprocess.run([sys.executable, "-m", "venv", str(active)], check=True)
    pip = str(active / "bin" / "pip")
    subprocess.run([pip, "install", *FROM.split(), "thing==2.0"], check=True, cwd=wheels)
    monkeypatch.setenv("PATH", f"{active}/bin{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    monkeypatch.setenv("PIP_TARGET", str(active / "lib" / "target"))
    monkeypatch.setenv("PIP_PREFIX", str(active))
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(active))
    monkeypatch.setenv("UV_SYSTEM_PYTHON", "1")
    monkeypatch.setenv("PYTHONPATH", str(next(active.glob("lib/python3*/site-packages"))))
    before = {str(path) for path in active.rglob("*") if "__pycache__" not in path.parts}
    shown, _ = ran(
        kept(Installers(pip=True, uv=True)), wheels,
        "import importlib.util; print(importlib.util.find_spec('thing'))",
        f"!pip install {FROM} thing==1.0\n!python -c 'import thing; print(thing.SAYS)'",
        f"!uv pip install {FROM} --upgrade thing\n!python -c 'import thing; print(thing.SAYS)'",
        "!env",
    )  # fmt: skip
    assert [text.split() for text in shown[:3]] == [["None"], ["1.0"], ["2.0"]]
    assert str(active) not in shown[3]
    assert {str(path) for path in active.rglob("*") if "__pycache__" not in path.parts} == before


def test_no_pip_of_another_python_installs_on_a_notebooks_behalf(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing names pip, there is none in the environment, but one may be anywhere in the path."""
    other = wheels / "tools"
    other.mkdir()
    base = getattr(sys, "_base_executable", sys.executable)
    (other / "other-installer").write_text(f'#!/bin/sh\nexec {base} -m pip "$@"\n')
    (other / "other-installer").chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{os.environ['PATH']}")
    target = wheels / "target"
    shown, _ = ran(kept(), wheels, f"!other-installer install {FROM} --target {target} thing==1.0")
    assert "Could not find an activated virtualenv" in shown[0]
    assert not target.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        "import comm; os.remove(comm.__file__)",
        "import comm; os.chmod(comm.__file__, 0o644); open(comm.__file__, 'a').write('#')",
        "import comm; open(os.path.dirname(comm.__file__) + '/new.py', 'w').close()",
    ],
)
def test_an_environment_that_a_re_run_changed_is_found_and_built_anew(change: str, tmp_path: Path) -> None:
    environment = kept(humanize="4.9.0")
    assert ran(environment, tmp_path, "1")[1] == []
    _, notes = ran(environment, tmp_path, "import os\n" + change)
    assert notes == ["The re-run changed files of its environment, which is built anew for the next one."]
    shown, notes = ran(
        environment, tmp_path, "import comm; print(comm.__version__)", "print(open(comm.__file__).read()[-1])"
    )
    assert shown[0].strip() == version("comm")
    assert shown[1] != "#\n"
    assert notes == []


@pytest.mark.slow
def test_an_environment_whose_last_use_was_cut_short_is_looked_at_before_the_next(tmp_path: Path) -> None:
    environment = kept(humanize="4.8.0")  # used, and never found as it was built
    (packages,) = Path(environment.argv[0]).parent.parent.glob("lib/python3*/site-packages")
    (packages / "left-behind.py").touch()
    kept(humanize="4.8.0")
    assert not (packages / "left-behind.py").exists()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("!pip install x", PIP),
        ("%pip install x", PIP),
        ("import pip", PIP),
        ("subprocess.run([sys.executable, '-m', 'pip', 'install', 'x'])", PIP),
        ("os.system('pip3.11 install x')", PIP),
        ("import ensurepip", PIP),
        ("!uv pip install x", Installers(pip=True, uv=True)),
        ("subprocess.run(['uv', 'add', 'x'])", Installers(uv=True)),
        ("%conda install x", Installers(conda=True)),
        ("!mamba install -y x", Installers(conda=True)),
        ("# pip install x", NO_INSTALLERS),
        ("pipeline = 1; uv = u, v = 1, 2", NO_INSTALLERS),
        ("print(uv, pipe)", NO_INSTALLERS),
    ],
)
def test_what_a_notebook_installs_with_is_seen_in_its_sources(source: str, found: Installers) -> None:
    assert installers_of(notebook_of("1", source), None) == found


def test_what_a_recorded_session_installed_counts_as_well() -> None:
    one = session(six="1.16.0")
    assert installers_of(notebook_of("1"), Record("a", [], [one])) == NO_INSTALLERS
    one.packages["installed"] = [{"execution": 1, "name": "six", "before": None, "after": "1.16.0"}]
    assert installers_of(notebook_of("1"), Record("a", [], [one])) == PIP
