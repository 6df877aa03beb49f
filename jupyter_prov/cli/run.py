"""`jupyter prov run NB`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_prov.cli import complain, seconds
from jupyter_prov.record.errors import UsageError

if TYPE_CHECKING:
    from jupyter_prov.record.model import Record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    parser.add_argument(
        "notebook", metavar="NB", help="notebook to execute in its own folder; its outputs are replaced"
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="longest time for one cell (default 0: none)",
    )
    parser.add_argument("--allow-errors", action="store_true", help="go on after a cell that fails")


def run(options: argparse.Namespace) -> int:
    """Execute a notebook and save it with its record; exit code 1 if a cell failed."""
    from jupyter_prov.check import environment as environments
    from jupyter_prov.check.notebook import read
    from jupyter_prov.check.overlay import overlay_for
    from jupyter_prov.check.plan import RerunPlan
    from jupyter_prov.check.rerun import rerun
    from jupyter_prov.cli.progress import progress
    from jupyter_prov.record import settings
    from jupyter_prov.record.place import Place

    path = Path(options.notebook)
    notebook = read(path)
    _must_be_writable(path)
    asked = settings.of_project(Place.of_folder(path.absolute().parent).root)
    environment = environments.current(notebook)
    plan = RerunPlan(
        notebook=notebook,
        folder=path.absolute().parent,
        name=path.name,
        environment=environment,
        overlay=overlay_for(environment) if environment.is_python else None,
        timeout=options.timeout or None,
        stop_on_error=not options.allow_errors,
        clean_profile=False,
    )
    with progress("auto", path.name) as tell:
        result = rerun(plan, lambda done, total: tell("rerun", done, total))
    _save(path, result, asked.keep_sources)
    failed = _failed(result)
    counted = sum(e.finished for e in result.log.executions)
    print(f"Ran {counted} cells of {path} and saved it" + (" with its record." if result.recorded else "."))
    if not result.recorded:
        complain("the kernel could not be recorded; see `jupyter prov doctor`.")
    for index, reason in failed:
        complain(f"cell {index + 1} failed: {reason}")
    return int(bool(failed))


def _must_be_writable(path: Path) -> None:
    import os

    if not os.access(path, os.W_OK) or not os.access(path.absolute().parent, os.W_OK):
        raise UsageError(f"{path} cannot be saved: the file or its folder is read-only.")


def _save(path: Path, result: Any, keep_sources: bool) -> None:
    """Write the notebook, and its record beside it, each replaced at once."""
    import nbformat

    from jupyter_prov.record import files
    from jupyter_prov.record.assemble import assemble
    from jupyter_prov.record.place import Place

    notebook = result.notebook
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        notebook.nbformat_minor = 5  # the first format whose cells have ids
    beside = path.with_name(files.record_path(path.name))
    place = Place.of_folder(path.absolute().parent)
    record = assemble(path.name, notebook, [result.log], None, place, keep_sources)
    try:
        files.replace(path, nbformat.writes(notebook) + "\n")
        if result.recorded and not _says_the_same(beside, record):
            files.write(beside, record)
    except OSError as error:
        raise UsageError(f"{path} could not be saved: {error.strerror or error}.") from None


def _says_the_same(path: Path, record: Record) -> bool:
    """Whether the record that is there differs from a new one in nothing but times."""
    from jupyter_prov.record import files
    from jupyter_prov.record.assemble import same_but_times
    from jupyter_prov.record.errors import UnreadableRecord
    from jupyter_prov.record.model import to_json

    try:
        return same_but_times(to_json(files.read(path)), to_json(record))
    except UnreadableRecord:
        return False


def _failed(result: Any) -> list[tuple[int, str]]:
    """Cells that did not end well, where the notebook does not say that they may."""
    from jupyter_prov.check.notebook import tags_of

    found = dict(result.failures)
    for index, cell in enumerate(result.notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and "raises-exception" not in tags_of(cell):
                found.setdefault(index, f"{output.ename}: {output.evalue}"[:200])
    return sorted(found.items())
