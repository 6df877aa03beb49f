"""`jupyter prov bisect NB --env current|PATH`"""

from __future__ import annotations

import argparse
from pathlib import Path

from jupyter_prov.cli import add_direct_url, add_progress, add_timeout


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `bisect`."""
    parser.add_argument("notebook", metavar="NB", help="a notebook with its record beside it; its code is run")
    parser.add_argument(
        "--env",
        required=True,
        metavar="current|PATH",
        help="environment in which cells differ: the one that the notebook's kernel has here, or that of a folder or "
        "interpreter",
    )
    parser.add_argument("--json", metavar="FILE", help="write the report to this file ('-' for standard output)")
    add_direct_url(parser)
    add_timeout(parser)
    add_progress(parser)
    parser.epilog = (
        "Exit codes: 0 nothing differs there; 1 a change of versions alters a cell, or a difference is unexplained; "
        "2 wrong use, such as a notebook without a record; 3 an environment could not be built. The notebook's code "
        "runs with your rights, on copies of its project."
    )


def run(options: argparse.Namespace) -> int:
    """Bisect; gives 1 if any cell differs in the given environment."""
    from rich.console import Console

    from jupyter_prov.check.bisect import bisect
    from jupyter_prov.check.checker import Options
    from jupyter_prov.cli.json_output import target_of, write
    from jupyter_prov.cli.progress import announcer, progress
    from jupyter_prov.report.bisection import show

    target = target_of(options.json)
    how = Options(
        env=options.env,
        timeout=options.timeout or None,
        allow_direct_url=options.allow_direct_url,
        announce=announcer(options.progress, options.notebook),
    )
    with progress(options.progress, options.notebook) as tell:
        found = bisect(Path(options.notebook), how, tell)
    if options.json != "-":
        show(found, Console(highlight=False))
    if options.json:
        write(found.to_json(), target)
    return int(bool(found.cells))
