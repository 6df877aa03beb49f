"""The command line as a whole: its help, what it imports, and how it refuses."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jupyter_prov import __version__
from jupyter_prov.cli import COMMANDS
from jupyter_prov.record import launch_python
from tests.command import Command

HEAVY = ("nbformat", "nbconvert", "jupyter_client", "jupyter_server", "numpy", "rich", "PIL", "lxml", "IPython", "zmq")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"], ["check", "--help"], ["nonsense"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from jupyter_prov.cli import main\n"
        f"try: main({arguments})\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_no_check_loads_a_grammar_that_it_does_not_need(prov: Command) -> None:
    prov.write("a.ipynb", "1")
    prov("run", "a.ipynb")
    open_end, kept_open = os.pipe()  # whose end would end what the server starts
    for command in ([sys.executable, "-m", "jupyter_prov", "check", "a.ipynb"], launch_python.prov("check", "a.ipynb")):
        ours = [command[0], "-X", "importtime", *command[1:]]
        done = subprocess.run(
            ours, cwd=prov.folder, env=prov.environ, stdin=open_end, capture_output=True, text=True, check=True
        )
        loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert "jsonschema._format" in loaded
        assert not loaded & {"lark", "rfc3987_syntax.syntax_helpers"}
    os.close(open_end)
    os.close(kept_open)


def test_the_version_is_told(prov: Command) -> None:
    assert prov("--version").out == f"jupyter-prov {__version__}\n"


def test_help_names_every_command_and_the_exit_codes(prov: Command) -> None:
    said = prov("--help").out
    assert all(name in said for name in COMMANDS)
    said = " ".join(prov("check", "--help").out.split())
    assert "0 reproduced; 1 not reproduced; 2 wrong use or unreadable input; 3 the environment" in said
    assert "with your rights" in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("check",),
        ("check", "a.ipynb", "--nonsense"),
        ("check", "a.ipynb", "--timeout", "soon"),
        ("check", "a.ipynb", "--timeout", "-1"),
        ("check", "a.ipynb", "--timeout", "nan"),
        ("check", "a.ipynb", "--timeout", "inf"),
        ("check", "a.ipynb", "--progress", "loud"),
        ("run",),
        ("run", "a.ipynb", "b.ipynb"),
        ("run", "a.ipynb", "--timeout", "-1"),
        ("show",),
        ("doctor", "more"),
    ],
)
def test_wrong_arguments_are_refused(prov: Command, arguments: tuple[str, ...]) -> None:
    done = prov(*arguments, code=2)
    assert done.out == ""
    assert "usage: jupyter prov" in done.err
    assert "_seconds" not in done.err


def test_a_message_cannot_steer_the_terminal(prov: Command) -> None:
    done = prov("check", "\x1b]0;owned\x07\u202e.ipynb", code=2)
    assert done.complaints == ["jupyter prov: There is no notebook \\x1b]0;owned\\x07\\u202e.ipynb."]


@pytest.mark.parametrize("command", ["check", "run", "show"])
def test_output_that_cannot_be_encoded_is_not_an_error(prov: Command, command: str) -> None:
    assert prov(command, "Ω✓.ipynb", code=2, PYTHONIOENCODING="ascii").complaints != []
