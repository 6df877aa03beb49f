"""`jupyter prov doctor`"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ATTRIBUTES = "*.prov.json linguist-generated -merge"
"""The line of `.gitattributes` that folds records in reviews, and keeps git from merging two of them line by line."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, what to do if it is not, and else what may be done."""

    good: bool
    what: str
    do: str = ""
    tip: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`doctor` has no options."""


def _line(text: str) -> str:
    """A text on one line: the name of a file may be anything."""
    from jupyter_prov.report.plain_text import plain

    return plain(text).replace("\n", "\\n")


def run(options: argparse.Namespace) -> int:
    """Look at everything; exit code 1 if something is not well."""
    findings = [finding for look in _LOOKS for finding in look()]
    for finding in findings:
        print(f"{'ok  ' if finding.good else 'NOT '} {_line(finding.what)}")
        if not finding.good:
            print(f"      do: {_line(finding.do)}")
        elif finding.tip:
            print(f"      tip: {_line(finding.tip)}")
    return int(not all(finding.good for finding in findings))


def _versions() -> Iterator[Finding]:
    for name in ("jupyter-prov", "jupyter-server", "ipykernel", "nbconvert", "blake3", "time-machine", "uv"):
        try:
            yield Finding(True, f"{name} {importlib.metadata.version(name)} is installed")
        except importlib.metadata.PackageNotFoundError:
            yield Finding(False, f"{name} is not installed", f"{sys.executable} -m pip install {name}")


def _startup_file() -> Iterator[Finding]:
    path = Path(sys.prefix, "etc", "ipython", "startup", "50-jupyter-prov.py")
    reinstall = f"{sys.executable} -m pip install --force-reinstall --no-deps jupyter-prov"
    yield Finding(path.exists(), f"the startup file for kernels, {path}", reinstall)


def _server_extension() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_config_path

    enabled: bool | None = None
    for folder in reversed(jupyter_config_path()):
        for file in sorted(
            [*Path(folder).glob("jupyter_server_config.d/*.json"), Path(folder, "jupyter_server_config.json")]
        ):
            try:
                server = json.loads(file.read_text(encoding="utf-8")).get("ServerApp", {})
                enabled = server.get("jpserver_extensions", {}).get("jupyter_prov", enabled)
            except (OSError, ValueError, AttributeError, RecursionError):
                continue
    yield Finding(bool(enabled), "the server extension is enabled", "jupyter server extension enable jupyter_prov")


def _lab_extension() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_path

    found = [p for p in jupyter_path("labextensions", "jupyter-prov", "package.json") if os.path.exists(p)]
    yield Finding(
        bool(found),
        "the JupyterLab panel is installed",
        f"{sys.executable} -m pip install --force-reinstall --no-deps jupyter-prov",
    )


def _kernels() -> Iterator[Finding]:
    """Starts a kernel of each installed Python kernel spec and shakes hands with it."""
    from jupyter_client.kernelspec import KernelSpecManager

    for name, found in sorted(KernelSpecManager().get_all_specs().items()):
        if found["spec"].get("language", "").lower() == "python":
            yield _kernel(name)


def _kernel(name: str) -> Finding:
    import nbformat

    from jupyter_prov.check import environment as environments
    from jupyter_prov.check.rerun import rerun
    from jupyter_prov.check.rerun_plan import RerunPlan
    from jupyter_prov.record.errors import ProvError

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    notebook.metadata["kernelspec"] = {"name": name, "display_name": name}
    try:
        environment = environments.current(notebook)
        with tempfile.TemporaryDirectory(prefix="jupyter-prov-") as empty:  # a kernel imports from its working folder
            folder = Path(empty)
            plan = RerunPlan(notebook, folder, "doctor.ipynb", environment, None, timeout=60.0, clean_profile=False)
            recorded = rerun(plan).recorded
    except ProvError as error:
        return Finding(False, f"the kernel '{name}' does not start", str(error))
    python = environment.argv[0]
    return Finding(recorded, f"the kernel '{name}' ({python}) is recorded", f"{python} -m pip install jupyter-prov")


def _text_notebooks() -> Iterator[Finding]:
    try:
        version = importlib.metadata.version("jupytext")
    except importlib.metadata.PackageNotFoundError:
        return
    text = f"jupytext {version} is installed: notebooks that it pairs with an .ipynb file are recorded"
    yield Finding(True, f"{text}; those that it keeps as text alone have no outputs, and so no record")


def _recording() -> Iterator[Finding]:
    off = os.environ.get("JUPYTER_PROV") == "0"
    yield Finding(not off, "recording is not switched off by JUPYTER_PROV=0", "unset JUPYTER_PROV")


def _git_attributes() -> Iterator[Finding]:
    """How git treats the records of the working folder, if there are any."""
    from jupyter_prov.record import safe_reading

    here = Path.cwd()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
    if top is None or not any(here.glob("*.prov.json")):
        return
    try:
        lines = safe_reading.text_of(top / ".gitattributes", safe_reading.LARGEST_SETTINGS).splitlines()
    except (FileNotFoundError, safe_reading.Unreadable):
        lines = []
    if any(line.split()[:1] and line.split()[0].endswith(".prov.json") for line in lines):
        yield Finding(True, "git has attributes for records")
    else:
        tip = f"add the line `{ATTRIBUTES}` to {top / '.gitattributes'}: reviews fold records then"
        yield Finding(True, "git treats records as any other file", tip=tip)


def _caches() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_data_dir

    from jupyter_prov.check.environment_cache import caches

    for what, folder in (("environments", caches()), ("journals", Path(jupyter_data_dir()))):
        existing = next(p for p in (folder, *folder.parents) if p.exists())
        good = existing.is_dir() and os.access(existing, os.W_OK)
        yield Finding(good, f"{what} can be kept in {folder}", f"make {existing} a folder that can be written to")


def _records() -> Iterator[Finding]:
    """Notebooks of the working folder that get no record, as something else has its name."""
    from jupyter_prov.record import obstacles, record_file
    from jupyter_prov.record.errors import UnreadableRecord, UsageError

    for notebook in sorted(Path().glob("*.ipynb")):
        try:
            record_file.replaceable(record_file.beside(notebook), notebook.name)
        except UnreadableRecord as error:
            yield Finding(False, f"no record of {notebook} is written: {error.reason}", obstacles.what_to_do(error))
        except UsageError as error:
            yield Finding(False, f"no record of {notebook} is written", str(error))


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _versions,
    _startup_file,
    _server_extension,
    _lab_extension,
    _text_notebooks,
    _recording,
    _git_attributes,
    _caches,
    _records,
    _kernels,
)
