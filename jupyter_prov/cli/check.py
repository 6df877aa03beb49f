"""`jupyter prov check NB…`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_prov.cli import add_direct_url, add_progress, add_timeout, complain
from jupyter_prov.record.errors import ProvError, UsageError

if TYPE_CHECKING:
    from jupyter_prov.report.model import NotebookReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `check`."""
    parser.add_argument("notebooks", nargs="+", metavar="NB", help="notebooks to check; their code is run")
    parser.add_argument("--json", metavar="FILE", help="write the report to this file ('-' for standard output)")
    parser.add_argument(
        "--env",
        default="recorded",
        metavar="recorded|current|PATH",
        help="environment to check in: built from the record (default), the one the notebook's kernel has here, "
        "or that of a folder or interpreter",
    )
    _add_experiments(parser)
    _add_results(parser)
    add_direct_url(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="list the packages that would be installed and where they come from; nothing is installed or run",
    )
    add_timeout(parser)
    add_progress(parser)
    parser.epilog = (
        "Exit codes: 0 reproduced; 1 not reproduced; 2 wrong use or unreadable input; 3 the environment could not "
        "be built. The notebook's code runs with your rights, on a copy of its project."
    )


def _add_experiments(parser: argparse.ArgumentParser) -> None:
    """The options that say which re-runs are made."""
    parser.add_argument(
        "--replay",
        type=lambda text: frozenset(text.split(",")),
        default=frozenset(),
        metavar="FACTOR,…",
        help="play these factors back from the record (random, clock, order, data, package): with random, even a "
        "notebook without a seed draws what it drew; concurrency and hash-seed are held fast",
    )
    parser.add_argument(
        "--explain",
        choices=("no", "quick", "full"),
        default="quick",
        help="prove the causes of what differs by further re-runs: none, at most three (default), or as many as needed",
    )


def _add_results(parser: argparse.ArgumentParser) -> None:
    """The options that say what becomes of what a check finds."""
    parser.add_argument(
        "--accept",
        nargs="*",
        type=int,
        metavar="CELL",
        help="store the re-run's outputs, and their record, of these cells (counted from 1), or of all that differ",
    )
    parser.add_argument(
        "--keep",
        metavar="FOLDER",
        help="write the notebook into this folder as it was checked (recorded.ipynb) and as it was re-run "
        "(rerun.ipynb), with the record of the re-run",
    )
    parser.add_argument(
        "--show-noise",
        action="store_true",
        help="show for each noise an example of what it hid; see docs/comparison.md",
    )


def run(options: argparse.Namespace) -> int:
    """Check every notebook; gives the exit code of the worst."""
    from jupyter_prov import api
    from jupyter_prov.cli.json_output import target_of, write
    from jupyter_prov.cli.progress import announcer, progress
    from jupyter_prov.report.model import to_json

    if options.dry_run:
        return _list(options)
    target = target_of(options.json)
    _must_be_alone(options)
    reports: list[NotebookReport] = []
    codes = [0]
    for name in options.notebooks:
        try:
            with progress(options.progress, name) as tell:
                report = api.check(
                    name,
                    env=options.env,
                    replay=options.replay,
                    timeout=options.timeout or None,
                    explain=options.explain,
                    accept=options.accept,
                    keep=options.keep,
                    allow_direct_url=options.allow_direct_url,
                    progress=tell,
                    announce=announcer(options.progress, name),
                )
        except ProvError as error:
            complain(str(error))
            codes.append(error.exit_code)
            continue
        reports.append(report)
        codes.append(int(any(cell.is_bad and not cell.accepted for cell in report.cells)))
        if options.json != "-":
            _show(report, options.show_noise)
    if reports and options.json:
        write(to_json(reports), target)
    return max(codes)


def _must_be_alone(options: argparse.Namespace) -> None:
    """Raise UsageError for options that are about one notebook where there are several."""
    if options.accept and len(options.notebooks) > 1:
        raise UsageError("Cells can be accepted by their numbers in one notebook at a time.")
    if options.keep and len(options.notebooks) > 1:
        raise UsageError("What a check saw can be kept of one notebook at a time.")


def _list(options: argparse.Namespace) -> int:
    """Print what the environment of each notebook would be built of; gives the exit code of the worst."""
    from jupyter_prov.check.checker import Options
    from jupyter_prov.check.dry_run import lines
    from jupyter_prov.report.plain_text import plain

    codes = [0]
    for name in options.notebooks:
        try:
            told = lines(Path(name), Options(env=options.env, allow_direct_url=options.allow_direct_url))
        except ProvError as error:
            complain(str(error))
            codes.append(error.exit_code)
            continue
        print(*map(plain, told), sep="\n")
    return max(codes)


def _show(report: NotebookReport, noise: bool) -> None:
    from rich.console import Console

    from jupyter_prov.report.terminal import show

    show(report, Console(highlight=False), noise)
