"""Real notebooks: their stored outputs are identical to themselves, and two runs of deterministic ones never differ."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.check.read_notebook import is_runnable, parsed, read
from jupyter_prov.record.errors import UnreadableNotebook
from jupyter_prov.report.model import DIFFERS, IDENTICAL
from tests.check.twice import NEW, compared_cells, executed, notebook_of

EXAMPLES = Path(__file__).parents[2] / "examples"
ARCHIVES = {"nbclient": "0.11.0", "nbconvert": "7.17.2", "nbformat": "5.11.1", "nbval": "0.11.0", "papermill": "2.7.0"}
"""Packages whose source archives hold notebooks with stored outputs, and versions that do."""
_BY_CHANCE = re.compile(
    r"\b(?:random|rand|time|datetime|sleep|input|kill|_exit|exit|uuid\w*|urllib|requests|Parallel|getpid|environ)\b|^[!%]",
    re.MULTILINE,
)
"""What makes a notebook show something else each time, wait, or end its kernel."""
_IMPORTED = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_MOST_RUN = 4
SEEDED = ("max_depth=4)", "max_depth=4, random_state=0)")
"""The one call that the example leaves to chance, for a check to find, and the call that does not."""


def differing(there: Any, here: Any) -> list[tuple[str, str]]:
    """The cells of two runs that differ, with what is said of them."""
    return [(cell, o.summary) for cell, outputs in compared_cells(there, here) for o in outputs if o.verdict == DIFFERS]


def test_outputs_are_cleared_and_updated_as_a_front_end_does(tmp_path: Path) -> None:
    cells = {
        "imports": "from IPython.display import clear_output, display, update_display",
        "replaced": "print('working')\nclear_output(wait=True)\nprint('done')",
        "kept": "print('last')\nclear_output(wait=True)",
        "cleared": "print('gone')\nclear_output()",
        "shown": "handle = display('old', display_id='one')",
        "later": "update_display('new', display_id='one')",
    }
    ran = {cell.id: cell.outputs for cell in executed(notebook_of(cells), tmp_path).cells}
    texts = {cell: [o.get("text") or o["data"]["text/plain"] for o in outputs] for cell, outputs in ran.items()}
    assert texts == {
        "imports": [],
        "replaced": ["done\n"],
        "kept": ["last\n"],
        "cleared": [],
        "shown": ["'new'"],
        "later": [],
    }


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_two_runs_of_an_example_never_differ(path: Path, tmp_path: Path) -> None:
    notebook = read(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace(*SEEDED)
    if absent := missing(notebook, path.parent):
        pytest.skip(f"{', '.join(absent)} is not installed")
    for run in ("one", "two"):
        shutil.copytree(path.parent, tmp_path / run)
    once, again = (executed(notebook, tmp_path / run) for run in ("one", "two"))
    assert any(cell.get("outputs") for cell in once.cells)
    assert differing(once, again) == []
    assert differing(notebook, notebook) == []


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@pytest.fixture
def notebooks(request: pytest.FixtureRequest, archives: Path) -> list[Any]:
    """The notebooks in a package's source archive that can be read."""
    name = request.param
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    got = subprocess.run([*command, "-d", str(archives), f"{name}=={ARCHIVES[name]}"], capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"the source archive of {name} cannot be had: {got.stderr.strip()[-200:]}")
    with tarfile.open(next(archives.glob(f"{name}-*.tar.gz"))) as archive:
        files = [(m.name, archive.extractfile(m)) for m in archive.getmembers() if m.name.endswith(".ipynb")]
        texts = [(member, file.read()) for member, file in files if file is not None]
    return [notebook for member, text in texts if (notebook := readable(text, member)) is not None]


def readable(text: bytes, name: str) -> Any:
    """A notebook, or None: some are broken on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return parsed(text.decode("utf-8"), name)
        except (UnreadableNotebook, UnicodeDecodeError):
            return None


def missing(notebook: Any, folder: Path) -> list[str]:
    """The packages that a notebook imports and that are not installed here."""
    used = {name for cell in notebook.cells if is_runnable(cell) for name in _IMPORTED.findall(cell.source)}
    return sorted(name for name in used if not (folder / f"{name}.py").exists() and find_spec(name) is None)


def is_deterministic(notebook: Any, folder: Path) -> bool:
    """Whether a notebook can be run here, and nothing in it is left to chance or to the clock."""
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    sources = [cell.source for cell in notebook.cells if is_runnable(cell)]
    return (
        bool(sources)
        and language == "python"
        and not missing(notebook, folder)
        and not _BY_CHANCE.search("\n".join(sources))
    )


@pytest.mark.slow
@pytest.mark.parametrize("notebooks", sorted(ARCHIVES), indirect=True)
def test_notebooks_of_others_never_differ_from_themselves(notebooks: list[Any], tmp_path: Path) -> None:
    stored = [o for nb in notebooks for _, outputs in compared_cells(nb, nb) for o in outputs]
    assert len(stored) >= 10
    assert {one.verdict for one in stored} == {IDENTICAL}
    chosen = [notebook for notebook in notebooks if is_deterministic(notebook, tmp_path)][:_MOST_RUN]
    assert chosen
    for notebook in chosen:
        notebook.metadata.update(NEW)
        assert differing(*(executed(notebook, tmp_path) for _ in range(2))) == []
