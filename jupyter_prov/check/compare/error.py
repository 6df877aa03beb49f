"""Errors: their type, their message, and the traceback through the user's own code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jupyter_prov.check.compare import text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, changed
from jupyter_prov.check.compare.masks import MESSAGE, TRACEBACK, prompt
from jupyter_prov.check.compare.terminal_text import terminal
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, Hidden

_ARROW = re.compile(r"^-{1,20}> {0,20}\d{0,9} ?(.*)$")
_LIBRARY = re.compile(r"[/\\](?:site-packages|dist-packages|lib[/\\]python\d|python\d+[/\\]lib)[/\\.\d]", re.IGNORECASE)


def compare(recorded: Mapping[str, Any], rerun: Mapping[str, Any], context: Context) -> Comparison:
    """Compare two outputs of type error."""
    if recorded.get("ename") != rerun.get("ename"):
        return Comparison(DIFFERS, (), changed(_shown(recorded), _shown(rerun)))
    message = text.compare(str(recorded.get("evalue", "")), str(rerun.get("evalue", "")), context, MESSAGE)
    if message.verdict == DIFFERS:
        return Comparison(DIFFERS, (), changed(_shown(recorded), _shown(rerun)))
    there, here = _traceback(recorded), _traceback(rerun)
    trace = text.compare(there, here, context, TRACEBACK)
    if trace.verdict != DIFFERS:
        noise = tuple(dict.fromkeys((*message.noise, *trace.noise)))
        return Comparison(EQUIVALENT, noise, "", (*message.hidden, *trace.hidden)) if noise else SAME
    if (own := _own_lines(there, context)) and own == _own_lines(here, context):
        frames = Hidden("traceback", *trace.summary.partition(" → ")[::2])
        return Comparison(EQUIVALENT, (*message.noise, "traceback"), "", (*message.hidden, frames))
    return Comparison(DIFFERS, (), f"the traceback: {trace.summary}")


def _shown(error: Mapping[str, Any]) -> str:
    return f"{error.get('ename')}: {error.get('evalue')}"


def _traceback(error: Mapping[str, Any]) -> str:
    lines = error.get("traceback") or ()
    return "\n".join(map(str, lines)) if isinstance(lines, list) else str(lines)


def _own_lines(traceback: str, context: Context) -> list[str]:
    """The lines that a traceback points at with an arrow in code that is not in a library."""
    found = []
    own = True
    for line in prompt(terminal(traceback, context), context).split("\n"):
        if line.startswith(("File ", "Cell", "~", "/")):
            own = _LIBRARY.search(line) is None
        elif own and (arrow := _ARROW.match(line)):
            found.append(arrow[1].strip())
    return found
