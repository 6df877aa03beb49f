"""Notebooks recorded in an environment of their own, with small packages in chosen versions, and other environments."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

from jupyter_prov.check import environment as environments
from jupyter_prov.check.attempt import PLAIN, Case, attempted
from jupyter_prov.check.environment import Environment
from jupyter_prov.factors.registry import factors
from jupyter_prov.record import record_file
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.record.model import Record, Session

HERE = ".".join(map(str, sys.version_info[:3]))


def holding(python: str = HERE, **versions: str) -> Environment:
    """An environment with these distributions and a kernel, built by uv; skips where the index cannot be reached."""
    known = {"ipykernel": version("ipykernel"), **{name.replace("_", "-"): one for name, one in versions.items()}}
    distributions = {name: {"version": one} for name, one in known.items()}
    packages = {"distributions": distributions, "imports": {name: [name] for name in distributions}}
    try:
        return environments.recorded(Record("", [], [Session(1, "", python={"version": python}, packages=packages)]))
    except EnvironmentFailed as failure:
        if "network" in str(failure):
            pytest.skip(str(failure))
        raise


def folder_of(environment: Environment) -> str:
    """What `--env` takes for it."""
    return str(Path(environment.argv[0]).parent.parent)


def recorded_in(environment: Environment, folder: Path, **cells: str) -> Path:
    """A notebook of these cells that was run in this environment, with its record."""
    folder.mkdir(exist_ok=True)
    path = folder / "made.ipynb"
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [nbformat.v4.new_code_cell(source, id=cell) for cell, source in cells.items()]
    nbformat.write(notebook, path)
    with attempted(Case(path, notebook, None, environment, factors()), PLAIN) as made:
        nbformat.write(made.result.notebook, path)
        record_file.write(path.with_name("made.prov.json"), made.made)
    return path
