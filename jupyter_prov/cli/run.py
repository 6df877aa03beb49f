"""`jupyter prov run NB`"""

from __future__ import annotations

import argparse
from pathlib import Path

from jupyter_prov.cli import complain, seconds


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
    from jupyter_prov import api
    from jupyter_prov.cli.progress import progress

    path = Path(options.notebook)
    with progress("auto", path.name) as tell:
        done = api.run(path, timeout=options.timeout or None, stop_on_error=not options.allow_errors, progress=tell)
    print(f"Ran {done.cells} cells of {path} and saved it" + (" with its record." if done.recorded else "."))
    if not done.recorded:
        complain("the kernel could not be recorded; see `jupyter prov doctor`.")
    for index, reason in done.failures:
        complain(f"cell {index + 1} failed: {reason}")
    return int(bool(done.failures))
