"""`jupyter prov fix NB`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_prov.cli import add_direct_url, add_progress, add_timeout

if TYPE_CHECKING:
    from jupyter_prov.fix.fix_loop import Fix


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `fix`."""
    parser.add_argument("notebook", metavar="NB", help="notebook to fix; its code is run, on a copy of its project")
    parser.add_argument("--write", action="store_true", help="write the verified edits, with new outputs and record")
    parser.add_argument("--json", metavar="FILE", help="write what it would do to this file ('-' for standard output)")
    parser.add_argument(
        "--env",
        default="recorded",
        metavar="recorded|current|PATH",
        help="environment of the re-runs: built from the record (default), the one the notebook's kernel has here, "
        "or that of a folder or interpreter",
    )
    add_direct_url(parser)
    add_timeout(parser)
    add_progress(parser)
    parser.epilog = (
        "Exit codes: 0 all is fixed, or there was nothing to fix; 1 something is left; 2 wrong use or unreadable "
        "input; 3 the environment could not be built. Nothing is written without --write."
    )


def run(options: argparse.Namespace) -> int:
    """Fix a notebook; gives 1 if something is left."""
    from jupyter_prov import api
    from jupyter_prov.cli.json_output import target_of, write
    from jupyter_prov.cli.progress import announcer, progress
    from jupyter_prov.fix.fix_report import to_json

    path, target = Path(options.notebook), target_of(options.json)
    with progress(options.progress, path.name) as tell:
        made = api.fix(
            path,
            write=options.write,
            env=options.env,
            timeout=options.timeout or None,
            allow_direct_url=options.allow_direct_url,
            progress=tell,
            announce=announcer(options.progress, path.name),
        )
    written = made.is_worth_writing and options.write
    if options.json:
        write(to_json(made), target)
    if options.json != "-":
        _show(made, written)
    return int(bool(made.left or (made.differing and not made.is_worth_writing)))


def _show(made: Fix, written: bool) -> None:
    from rich.console import Console

    from jupyter_prov.fix.terminal import show
    from jupyter_prov.report.terminal_lines import put

    console = Console(highlight=False)
    show(made, console)
    if written:
        put(console, f"{made.case.path} and its record were written", indent=2)
    elif made.is_worth_writing:
        put(console, "nothing was written: --write does it", indent=2)
