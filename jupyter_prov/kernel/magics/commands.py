"""What each `%prov` command does; a wrong use raises UsageError with one sentence."""

from __future__ import annotations

import glob
import math
import os
from collections.abc import Callable, Sequence
from typing import Any

from IPython.core.error import UsageError

from jupyter_prov.kernel.magics import notebook_functions
from jupyter_prov.kernel.magics.words import say, usage

_WORDS = {"true": True, "false": False, "none": None, "null": None}


def seed(shell: Any, words: Sequence[str], rest: str) -> None:
    """Seed every generator that is loaded, and say which these are."""
    if len(words) != 1:
        raise usage("seed")
    from jupyter_prov.factors.random.libraries import SEEDS

    value = value_of(words[0])
    if not isinstance(value, int) or isinstance(value, bool) or value not in SEEDS:
        raise UsageError(f"A seed is a whole number from 0 to {SEEDS[-1]}, not {words[0]!r}.")
    say(shell, f"Set the seed {value} of {', '.join(notebook_functions.seed(value, '%prov seed'))}.")


def declare_input(shell: Any, words: Sequence[str], rest: str) -> None:
    """Declare files that are read."""
    if not words:
        raise usage("input")
    for path in [path for word in words for path in _matches(word)]:
        notebook_functions.file(path, "input")


def declare_output(shell: Any, words: Sequence[str], rest: str) -> None:
    """Declare files that are written, which need not be there yet."""
    if not words:
        raise usage("output")
    for path in words:
        notebook_functions.file(path, "output")


def param(shell: Any, words: Sequence[str], rest: str) -> None:
    """Declare parameters."""
    notebook_functions.values("params", _pairs("param", words))


def metric(shell: Any, words: Sequence[str], rest: str) -> None:
    """Declare metrics."""
    notebook_functions.values("metrics", _pairs("metric", words))


def note(shell: Any, words: Sequence[str], rest: str) -> None:
    """Declare a note: the rest of the line as it is."""
    if not rest:
        raise usage("note")
    notebook_functions.note(rest)


def volatile(shell: Any, words: Sequence[str], rest: str) -> None:
    """Say that the cell that runs is volatile."""
    notebook_functions.volatile(rest)


def skip(shell: Any, words: Sequence[str], rest: str) -> None:
    """A line can't have a cell skipped."""
    raise usage("skip")


def save(shell: Any, words: Sequence[str], rest: str) -> None:
    """Write the record."""
    if len(words) > 1:
        raise usage("save")
    from jupyter_prov.record import errors

    try:
        saved = notebook_functions.save(words[0] if words else None)
    except errors.UsageError as error:
        raise UsageError(str(error)) from None
    if saved is not None:
        say(shell, f"Saved the record of this session to {saved}.")


def check(shell: Any, words: Sequence[str], rest: str) -> None:
    """Check the saved notebook in the background."""
    if words:
        raise usage("check")
    from jupyter_prov.kernel.magics.check_process import start

    start(shell)


def panel(shell: Any, words: Sequence[str], rest: str) -> Any:
    """Show the live summary as a widget, or as it is now where there are none."""
    if words:
        raise usage("panel")
    from jupyter_prov.kernel.magics.panel import show_panel

    return show_panel(shell)


COMMANDS: dict[str, Callable[[Any, Sequence[str], str], Any]] = {
    "seed": seed,
    "input": declare_input,
    "output": declare_output,
    "param": param,
    "metric": metric,
    "note": note,
    "save": save,
    "check": check,
    "panel": panel,
    "volatile": volatile,
    "skip": skip,
}


def value_of(text: str) -> int | float | str | bool | None:
    """What a value on the command line means: a number, true, false or none, or the text itself."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for read in (int, float):
        try:
            number = read(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return text


def _pairs(command: str, words: Sequence[str]) -> dict[str, Any]:
    pairs = [word.partition("=") for word in words]
    if not pairs or any(not equals or not name for name, equals, _ in pairs):
        raise usage(command)
    return {name: value_of(value) for name, _, value in pairs}


def _matches(word: str) -> list[str]:
    """The files that a path or a pattern names."""
    name = os.path.expanduser(word)
    found = [name] if os.path.exists(name) else sorted(glob.glob(name, recursive=True))
    if not found:
        raise UsageError(f"There is no file {word}, so it cannot be declared as an input.")
    return found
