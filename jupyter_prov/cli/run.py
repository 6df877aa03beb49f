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
    from jupyter_prov.check.overlay import overlay_for
    from jupyter_prov.check.read_notebook import read
    from jupyter_prov.check.rerun import rerun
    from jupyter_prov.check.rerun_plan import RerunPlan
    from jupyter_prov.cli.progress import progress
    from jupyter_prov.record import settings
    from jupyter_prov.record.portable_paths import Place

    path = Path(options.notebook)
    notebook = read(path)
    _must_be_writable(path)
    before = _earlier(path)
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
    _save(path, result, before, asked.keep_sources)
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


def _earlier(path: Path) -> Record | None:
    """The record that this run will replace; raises UsageError where something else is in its place."""
    from jupyter_prov.record import obstacles, record_file
    from jupyter_prov.record.errors import UnreadableRecord

    try:
        return record_file.replaceable(record_file.beside(path), path.name)
    except UnreadableRecord as error:
        raise UsageError(obstacles.occupied(path.name, error)) from None


def _save(path: Path, result: Any, before: Record | None, keep_sources: bool) -> None:
    """Write the notebook and, where it says anything new, its record: both or none."""
    from jupyter_prov.check.accept import save
    from jupyter_prov.record.assemble import assemble, same_but_times
    from jupyter_prov.record.portable_paths import Place

    place = Place.of_folder(path.absolute().parent)
    record = assemble(path.name, result.notebook, [result.log], None, place, keep_sources)
    is_new = before is None or not same_but_times(before, record)
    save(path, result.notebook, record if result.recorded and is_new else None)


def _failed(result: Any) -> list[tuple[int, str]]:
    """Cells that did not end well, where the notebook does not say that they may."""
    from jupyter_prov.check.read_notebook import tags_of

    found = dict(result.failures)
    for index, cell in enumerate(result.notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and "raises-exception" not in tags_of(cell):
                found.setdefault(index, f"{output.ename}: {output.evalue}"[:200])
    return sorted(found.items())
