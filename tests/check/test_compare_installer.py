"""What pip and uv report: the same versions in the end mean the same, whatever had to be fetched for it."""

from __future__ import annotations

import pytest

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT
from tests.check.outputs import compared, stream

PIP, UV = Context("%pip install thing"), Context("!uv pip install thing")
NOTE = "Note: you may need to restart the kernel to use updated packages.\n"
FETCHED = (
    "Looking in links: wheels\r\n"
    "\x1b[33mWARNING: Location 'file:///more/thing/' is ignored: it is neither a file nor a directory.\x1b[0m\r\n"
    "\x1b[0mCollecting thing\r\n"
    "  Downloading thing-1.0-py3-none-any.whl.metadata (7.9 kB)\r\n"
    "Collecting some_part>=2 (from thing)\r\n"
    "  Downloading some_part-2.1.tar.gz (12 kB)\r\n"
    "  Preparing metadata (setup.py) ... \x1b[?25l-\b \b\\\b \bdone\r\n"
    "\x1b[?25l     \x1b[90m━━━━━━━━━━━━━\x1b[0m \x1b[32m0.0/127.7 kB\x1b[0m \x1b[31m?\x1b[0m eta \x1b[36m-:--:--\x1b[0m"
    "\r\x1b[2K     \x1b[90m━━━━━━━━━━━━━\x1b[0m \x1b[32m127.7/127.7 kB\x1b[0m \x1b[31m3.1 MB/s\x1b[0m eta 0:00:00\r\n"
    "\x1b[?25hInstalling collected packages: some-part, thing\r\n"
    "  Attempting uninstall: thing\r\n"
    "    Found existing installation: thing 0.9\r\n"
    "    Uninstalling thing-0.9:\r\n"
    "      Successfully uninstalled thing-0.9\r\n"
    "Successfully installed some-part-2.1 thing-1.0\r\n"
    "\r\n"
    "[notice] A new release of pip is available: 24.0 -> 25.1\r\n"
    "[notice] To update, run: pip install --upgrade pip\r\n"
)
SATISFIED = (
    "Looking in links: wheels\r\n"
    "Requirement already satisfied: thing in /v/lib/python3.11/site-packages (1.0)\r\n"
    "Requirement already satisfied: some-part>=2 in /v/lib/python3.11/site-packages (from thing) (2.1)\r\n"
)
FETCHED_BY_UV = (
    "\x1b[2mUsing Python 3.11.7 environment at: v\x1b[0m\r\n"
    "⠋ Resolving dependencies...      \r\x1b[2K\x1b[2mResolved \x1b[1m2 packages\x1b[0m \x1b[2min 12ms\x1b[0m\r\n"
    "Prepared 1 package in 3ms\r\nUninstalled 1 package in 1ms\r\nInstalled 1 package in 1.20s\r\n"
    " \x1b[31m-\x1b[39m \x1b[1mthing\x1b[0m\x1b[2m==0.9\x1b[0m\r\n \x1b[32m+\x1b[39m thing==1.0\r\n"
)
CHECKED_BY_UV = "Using Python 3.11.7 environment at: /w\nChecked 1 package in 0.89ms\n"
ALIKE = {
    "satisfied": (FETCHED + NOTE, SATISFIED + NOTE, PIP),
    "warned": ("WARNING: Location '/x' is ignored: it is neither a file nor a directory.\n" + NOTE, NOTE, PIP),
    "by a function": (FETCHED, SATISFIED, Context("need('thing')", earlier=("def need(x):\n    run('pip', x)",))),
    "printed as well": ("before\n" + FETCHED + "after 1.25\n", "before\n" + SATISFIED + "after 1.25\n", PIP),
    "uninstalled": (
        "Found existing installation: thing 1.0\nUninstalling thing-1.0:\n  Successfully uninstalled thing-1.0\n",
        "\x1b[33mWARNING: Skipping thing as it is not installed.\x1b[0m\x1b[33m\r\n\x1b[0m",
        PIP,
    ),
    "uv": (FETCHED_BY_UV, CHECKED_BY_UV, UV),
    "uv uninstalled": (
        "Uninstalled 1 package in 7ms\n - thing==1.0\n",
        "warning: Skipping thing as it is not installed\nwarning: No packages to uninstall\n",
        UV,
    ),
}
OTHERS = {
    "version": (FETCHED, SATISFIED.replace("(1.0)", "(1.1)"), PIP),
    "version of a part": (FETCHED, SATISFIED.replace("(2.1)", "(2.2)"), PIP),
    "both installed": ("Successfully installed thing-1.0\n", "Successfully installed thing-2.0\n", PIP),
    "nothing installed": ("Successfully installed thing-1.0\n", "", PIP),
    "failed": (FETCHED, "ERROR: No matching distribution found for thing\n", PIP),
    "printed": (FETCHED + "loss 0.25\n", SATISFIED + "loss 0.5\n", PIP),
    "printed in one": (FETCHED + "WARNING: the model diverged\n", SATISFIED, PIP),
    "listed": ("thing    1.0\n", "thing    1.1\n", Context("!pip list")),
    "uv's version": (" + thing==1.0\n", " + thing==1.1\n", UV),
    "left by uv": (" - thing==1.0\n", " + thing==1.0\n", UV),
    "no installer": (FETCHED, SATISFIED, Context("print(open('log').read())")),
    "by another function": (FETCHED, SATISFIED, Context("f('thing')", earlier=("def need(x):\n    run('pip', x)",))),
    "of a comment": (FETCHED, SATISFIED, Context("# pip install thing\nprint(open('log').read())")),
}


@pytest.mark.parametrize("case", ALIKE)
def test_reports_that_leave_the_same_versions_are_noise(case: str) -> None:
    one, other, context = ALIKE[case]
    for there, here in ((one, other), (other, one)):
        found = compared(there, here, context)
        assert found.verdict == EQUIVALENT
        assert "installer" in found.noise
        assert found.hidden[0].recorded != found.hidden[0].rerun


@pytest.mark.parametrize("case", OTHERS)
def test_what_an_installer_changed_or_a_cell_printed_differs(case: str) -> None:
    one, other, context = OTHERS[case]
    assert compared(one, other, context).verdict == compared(other, one, context).verdict == DIFFERS


CONFLICT = (
    "\x1b[31mERROR: pip's dependency resolver does not currently take into account all the packages that are "
    "installed. This behaviour is the source of the following dependency conflicts.\r\n"
    "other 2.0 requires thing<1, but you have thing 1.0 which is incompatible.\x1b[0m\x1b[31m\r\n\x1b[0m"
)
INSTALLED = "Successfully installed some-part-2.1 thing-1.0\r\n"


@pytest.mark.parametrize(
    ("recorded", "rerun", "verdict"),
    [
        (CONFLICT + INSTALLED, SATISFIED, EQUIVALENT),
        (CONFLICT + INSTALLED, FETCHED, EQUIVALENT),
        (FETCHED, CONFLICT + INSTALLED, DIFFERS),
        (SATISFIED, CONFLICT + INSTALLED, DIFFERS),
        (CONFLICT + INSTALLED, CONFLICT + FETCHED, EQUIVALENT),
        (CONFLICT + INSTALLED, CONFLICT.replace("other 2.0", "another 2.0") + FETCHED, DIFFERS),
        (CONFLICT + INSTALLED, CONFLICT.replace("thing<1", "thing<0.5") + FETCHED, DIFFERS),
        ("", CONFLICT, DIFFERS),
    ],
)
def test_a_conflict_that_was_not_recorded_is_a_difference(recorded: str, rerun: str, verdict: str) -> None:
    assert compared(recorded, rerun, PIP).verdict == verdict


def test_a_report_that_only_one_side_has_is_noise_unless_it_names_versions() -> None:
    quiet, loud = (
        [stream("WARNING: Running pip as the 'root' user can result in broken permissions\n", "stderr")],
        [stream("Successfully installed thing-1.0\n")],
    )
    for outputs, verdict in ((quiet, EQUIVALENT), (loud, DIFFERS)):
        for there, here in ((outputs, []), ([], outputs)):
            (found,) = compare_cell(there, here, PIP)
            assert found.verdict == verdict


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        ("Requirement already satisfied: a in ", " in "), ("Requirement already satisfied: a in ", " in  ("),
        ("Requirement already satisfied: ", "a"), ("Uninstalling ", "a-"), ("a b requires ", ", but you have "),
        ("The script ", " installed in '"), ("   ", " "), ("Successfully installed", " a-1"),
        ("Cloning a (to b ", ") to "), ("Downloading a", ".whl"),
    ],
)  # fmt: skip
def test_a_hostile_report_is_read_by_linear_work(begin: str, piece: str) -> None:
    """More than linear work on so long a line would end at the test's timeout."""
    text = begin + piece * (1_000_000 // len(piece)) + "!"
    assert compared(f"{text}\n1", f"{text}\n2", PIP).verdict == DIFFERS
