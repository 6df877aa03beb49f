"""The rooms of the package import only what design and weight allow."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_prov

PACKAGE = Path(jupyter_prov.__file__).parent
ROOMS = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
OWN_OF_KERNEL = {"record", "analysis", "watch", "factors", "diagnosis", "kernel"}
ALLOWED = {
    "record": set(),
    "analysis": {"record"},
    "watch": {"record", "analysis"},
    "factors": {"record", "analysis", "watch"},
    "diagnosis": {"record", "analysis"},
    "report": {"record"},
    "kernel": {"record", "analysis", "watch", "factors", "diagnosis", "report"},
    "check": {"record", "analysis", "watch", "factors", "report"},
    "fix": {"record", "analysis", "factors", "report", "check"},
    "server": {"record", "analysis", "diagnosis", "report"},
}
"""For each room the other rooms that it may import; the command line may import all of them."""
KERNELS_OWN = {"IPython", "ipykernel", "blake3", "time_machine", "_time_machine", "ipywidgets"}
_RELATIVE = re.compile(r"\bfrom '(\.{1,2}/[^']+)'")
"""Finds what a module of TypeScript imports of the others."""
LATE = {"record": {"orjson", "fastjsonschema", "tomli"}}
"""What a room of the kernel part may import within a function only: a kernel may lack it."""


def modules(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each absolute name that a module imports, and whether it does so whenever it is imported itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {id(node) for top in ast.walk(tree) if isinstance(top, ast.FunctionDef) for node in ast.walk(top)}
    typing = {
        id(node)
        for top in ast.walk(tree)
        if isinstance(top, ast.If) and "TYPE_CHECKING" in ast.unparse(top.test)
        for node in ast.walk(top)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            assert node.module is not None
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "jupyter_prov" else []
            yield from ((name, id(node) not in late) for name in names or [node.module])


def modules_named(path: Path, known: set[str]) -> set[str]:
    """Those of the known modules that a module imports, whenever it does, for its types too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & known or {str(node.module)}
    return found & known


def circle(imported: dict[str, set[str]]) -> dict[str, set[str]]:
    """The modules that lead back to themselves, and those that lead to them, by what each imports."""
    left = dict(imported)
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    return left


def test_imports_form_no_circle() -> None:
    paths = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
    named = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    assert not circle({name: modules_named(path, set(named)) - {name} for name, path in named.items()})


def test_imports_of_the_lab_extension_form_no_circle() -> None:
    sources = Path(__file__).parents[1] / "labextension" / "src"
    paths = {path.with_suffix(""): path for path in sources.rglob("*.ts*")}
    assert len(paths) > 40
    imported = {
        str(name): {str((path.parent / found).resolve()) for found in _RELATIVE.findall(path.read_text("utf-8"))}
        for name, path in paths.items()
    }
    assert all(others <= imported.keys() for others in imported.values())
    assert not circle(imported)


def test_every_room_is_known() -> None:
    assert ROOMS - {"cli", "labextension"} <= ALLOWED.keys()


@pytest.mark.parametrize("room", sorted(ROOMS - {"cli"}))
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    for path in modules(room):
        for name, _ in imports(path):
            if name.startswith("jupyter_prov.") and name.split(".")[1] in ROOMS:
                assert name.split(".")[1] in ALLOWED[room] | {room}, f"{path} imports {name}"


@pytest.mark.parametrize("room", sorted(OWN_OF_KERNEL))
def test_the_kernel_part_imports_nothing_that_a_kernel_may_lack(room: str) -> None:
    allowed = KERNELS_OWN | {"jupyter_prov"} | set(sys.stdlib_module_names)
    for path in modules(room):
        for name, at_once in imports(path):
            top = name.partition(".")[0]
            assert top in allowed | (set() if at_once else LATE.get(room, set())), f"{path} imports {name}"


def test_the_command_line_imports_the_other_rooms_lazily() -> None:
    light = {"jupyter_prov.record.errors", "jupyter_prov.cli"}
    for path in modules("cli"):
        for name, at_once in imports(path):
            if name.startswith("jupyter_prov.") and at_once:
                assert name in light, f"{path} imports {name}"


def loaded_by(statement: str) -> set[str]:
    """The modules that are there after a statement in a fresh interpreter."""
    script = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


SERVER = {"jupyter_server", "jupyter_client", "tornado", "nbformat", "nbconvert", "nbclient"}
HEAVY = {"numpy", "pandas", "rich", "PIL", "lxml", "jsonschema", "fastjsonschema", "orjson", "pytest", "dateutil"}


def test_the_package_itself_is_light() -> None:
    assert {name for name in loaded_by("import jupyter_prov") if name.startswith("jupyter_prov")} == {"jupyter_prov"}


@pytest.mark.parametrize(
    "module", ["jupyter_prov.kernel.load", "jupyter_prov.kernel.recording", "jupyter_prov.factors.registry"]
)
def test_loading_the_kernel_part_brings_in_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") & (SERVER | HEAVY) == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "factors").glob("*/factor.py")), ids=lambda path: path.parent.name)
def test_what_a_factor_explains_imports_nothing_of_its_watcher(path: Path) -> None:
    assert not [name for name, _ in imports(path) if name.endswith(".watcher")]


def test_the_clock_brings_in_time_machine_and_nothing_that_it_can_do_without() -> None:
    loaded = loaded_by("from jupyter_prov.factors.clock.calendar import _time_machine; _time_machine()")
    assert "time_machine" in loaded
    assert loaded & (SERVER | HEAVY) == set()


def test_the_command_line_is_light_until_a_command_is_named() -> None:
    assert loaded_by("import jupyter_prov.cli") & (SERVER | HEAVY | {"IPython", "asyncio", "zmq"}) == set()
