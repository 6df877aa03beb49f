"""The command line: `jupyter prov COMMAND`, one file for each command, each imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import io
import math
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

COMMANDS = {
    "check": "re-run notebooks in a clean environment and say what differs and why",
    "bisect": "find the package whose other version makes cells differ",
    "run": "execute a notebook in place, with a record",
    "show": "print a notebook's record for a person",
    "diff": "compare the outputs of two notebooks, or of two versions of one, by their meaning",
    "fix": "propose the edits that make a notebook reproduce, verified by re-runs, and write them on request",
    "doctor": "say what is installed, loaded and enabled, and what to do about what is not",
}
INTERRUPTED = 130
DIRECT_URL_VARIABLE = "JUPYTER_PROV_ALLOW_DIRECT_URL"
TRACEBACK_VARIABLE = "JUPYTER_PROV_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives its exit code. Expected errors become one sentence on standard error."""
    from jupyter_prov.record.errors import ProvError

    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal or pipe that has no ✓ shows a question mark
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser(arguments).parse_args(arguments)
        return int(options.run(options))
    except ProvError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted; nothing was changed.")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the guard: a person gets a sentence, and on request the traceback
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        what = f"{type(error).__name__}: {error}"
        again = f"{TRACEBACK_VARIABLE}=1 jupyter prov {' '.join(arguments)}"
        complain(f"an error of jupyter-prov itself ({what}); please report it with the output of {again}")
        return 2


def complain(sentence: str) -> None:
    """Say on standard error what is wrong; what others say in it neither steers a terminal nor shows a secret."""
    from jupyter_prov.record.masking import mask_urls
    from jupyter_prov.report.plain_text import plain

    print(f"jupyter prov: {plain(mask_urls(sentence))}", file=sys.stderr)


def seconds(text: str) -> float:
    """A time limit of the command line; 0 stands for none."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, 0 or more")
    return value


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """`--timeout SECONDS` for each cell, ten minutes by default."""
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=600.0,
        metavar="SECONDS",
        help="longest time for one cell (default 600, 0: none)",
    )


def add_direct_url(parser: argparse.ArgumentParser) -> None:
    """`--allow-direct-url`, which a variable of the person's can say as well; no file of a project can."""
    parser.add_argument(
        "--allow-direct-url",
        action="store_true",
        default=os.environ.get(DIRECT_URL_VARIABLE, "").lower() in ("1", "true", "yes", "on"),
        help="install packages from recorded URLs and folders outside the project too, whose content the record "
        f"does not pin (default: those count as missing; {DIRECT_URL_VARIABLE}=1 does the same)",
    )


def add_progress(parser: argparse.ArgumentParser) -> None:
    """`--progress auto|json|none`."""
    parser.add_argument(
        "--progress",
        choices=("auto", "json", "none"),
        default="auto",
        help="show progress on a terminal (default), as JSON lines on standard error, or not at all",
    )


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the command that is asked for is imported and knows its options."""
    import jupyter_prov

    parser = argparse.ArgumentParser(prog="jupyter prov", description="Record and check what notebooks depend on.")
    parser.add_argument("--version", action="version", version=f"jupyter-prov {jupyter_prov.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == asked:
            module = importlib.import_module(f"jupyter_prov.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _terminated(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
