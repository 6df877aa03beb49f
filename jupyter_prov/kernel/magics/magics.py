"""`%prov` and `%%prov`: the words of a notebook to its own recording. What they take is imported when asked for."""

from __future__ import annotations

import os
import shlex
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class

from jupyter_prov.analysis.cell_source import SKIP, VOLATILE, without_exemption
from jupyter_prov.kernel.magics import commands, completion, words
from jupyter_prov.kernel.shell import aside

_SYSTEM = os.name


@magics_class
class ProvMagics(Magics):
    """The magics of jupyter-prov."""

    @line_cell_magic
    def prov(self, line: str, cell: str | None = None) -> Any:
        """Show what is recorded of this session, and tell the record what it cannot see.

        What is shown here is about the session: a check never takes it for a result of the notebook.

        Show:
          %prov                   all that is recorded so far
          %prov order             the executions, in the order in which they happened
          %prov random            seeds, and draws with and without a seed
          %prov clock             reads of the clock
          %prov data              files read and written
          %prov network           what was fetched
          %prov code              modules of the project that were used
          %prov packages          packages that were imported
          %prov environment       Python, machine, variables
          %prov declared          parameters, metrics and notes
          %prov blind             what is known to have gone unseen
          %prov panel             all of it as a widget that follows the session (needs ipywidgets)

        Declare; each stands in the record with the cell that says it:
          %prov seed 42           seed every generator that is loaded: random, numpy, torch, tensorflow, cupy
          %prov input raw.bin parts/*.csv
                                  files or folders that are read in a way that cannot be seen
          %prov output model.bin  files or folders that are written so
          %prov param lr=0.1 optimizer=adam
                                  parameters; {name} and $name stand for the values of variables
          %prov metric accuracy={accuracy}
                                  metrics that the notebook came to
          %prov note The sensor was replaced in May.

        Save and check:
          %prov save              write the record beside the notebook, where no server does
          %prov save analysis.ipynb
                                  the same, where the notebook's path is not known: from then on the record is
                                  written whenever the notebook is saved
          %prov check             re-run the saved notebook in a clean environment, in the background, and show
                                  whether its outputs came again, and why not

        For a cell, in its first line:
          %%prov volatile it shows how long the training took
                                  the cell is compared; a difference is told and never fails a check
          %%prov skip             the cell is run and not compared

        `import jupyter_prov as prov` has the same as functions: prov.param(lr=0.1), prov.metric(accuracy=a),
        prov.note("…"), prov.seed(42), prov.input(path), prov.output(path), prov.volatile("…"), prov.save().
        Where no session is recorded they do nothing, but for the seeds.
        """
        command, _, rest = line.strip().partition(" ")
        if cell is not None:
            return self._run(command, cell)
        with aside(self.shell):
            return self._do(command, rest)

    def _do(self, command: str, rest: str) -> Any:
        if not command or command in words.SECTIONS:
            if rest.strip():
                raise words.usage()
            from jupyter_prov.kernel.magics.summary import show

            return show(self.shell, command)
        if command not in commands.COMMANDS:
            raise words.usage()
        return commands.COMMANDS[command](self.shell, _words(command, rest), rest.strip())

    def _run(self, command: str, cell: str) -> None:
        """Run a cell that IPython was not given as a whole, as by `run_cell_magic`."""
        if command not in (VOLATILE, SKIP):
            raise words.usage(VOLATILE)
        assert self.shell is not None
        self.shell.run_cell(cell).raise_error()


def install(shell: Any) -> None:
    """Give a shell the magics; harmless a second time."""
    if "prov" not in shell.magics_manager.magics["line"]:
        shell.register_magics(ProvMagics)
        shell.input_transformers_cleanup.append(without_exemption)
        completion.install(shell)


def remove(shell: Any) -> None:
    """Take them away."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("prov", None)
    if without_exemption in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(without_exemption)
    completion.remove(shell)


def _words(command: str, rest: str) -> list[str]:
    """What stands behind a command, word by word; prose may have quotes that do not end."""
    if command in ("note", VOLATILE, SKIP):
        return rest.split()
    lexer = shlex.shlex(rest, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    if _SYSTEM == "nt":
        lexer.escape = ""  # there a backslash is part of a path
    try:
        return list(lexer)
    except ValueError:
        raise words.usage(command) from None
