"""The commands of `%prov`, how each is used, and how a sentence about the session is shown."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError

from jupyter_prov.record.digests import DISPLAY

SECTIONS = {
    "order": "order",
    "random": "random",
    "clock": "clock",
    "data": "data",
    "network": "network",
    "code": "code",
    "packages": "packages",
    "environment": "environment",
    "declared": "declared",
    "blind": "blind-spots",
}
"""The commands that show one section, and its name."""
USAGES = {
    "seed": "%prov seed N",
    "input": "%prov input PATH…",
    "output": "%prov output PATH…",
    "param": "%prov param NAME=VALUE…",
    "metric": "%prov metric NAME=VALUE…",
    "note": "%prov note TEXT",
    "save": "%prov save [PATH]",
    "check": "%prov check",
    "panel": "%prov panel",
    "volatile": "%%prov volatile [REASON] in the first line of a cell",
    "skip": "%%prov skip in the first line of a cell",
}
NOT_RECORDED = "This session is not recorded, so there is nothing to show; `jupyter prov doctor` helps to find out why."


def usage(command: str = "") -> UsageError:
    """How a command is used, or which there are."""
    if command in USAGES:
        return UsageError(f"Usage: {USAGES[command]}; %prov? tells more.")
    return UsageError(f"Usage: %prov [COMMAND], with one of {', '.join((*SECTIONS, *USAGES))}; %prov? tells more.")


def say(shell: Any, text: str) -> None:
    """Show a sentence about the session, which is none of the notebook's results."""
    shell.display_pub.publish({"text/plain": text}, metadata=dict(DISPLAY))
