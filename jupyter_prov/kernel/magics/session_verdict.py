"""Whether a notebook would reproduce, from what its session shows and what its check found, in the panel's words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_prov.diagnosis.input_state import Disk, Eyes, inputs_of
from jupyter_prov.diagnosis.reason import Reason
from jupyter_prov.factors.data.watcher import DataWatcher
from jupyter_prov.kernel.companion import Companion
from jupyter_prov.kernel.magics.words import SECTIONS
from jupyter_prov.record.digests import of_text
from jupyter_prov.record.match_cells import source_of
from jupyter_prov.record.sessionlog import SessionLog

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

_MOST = 1 << 28
"""Bytes of the largest file or folder that is read anew to be shown: the kernel waits for that."""
_ASKS = "|".join((*SECTIONS, "panel", "check", r"save\b.*"))
_ONLY_ASKS = re.compile(rf"(?:[ \t]*%prov(?:[ \t]+(?:{_ASKS}))?[ \t]*(?:\n|\Z)|[ \t]*\n)*\Z")
_SEEN = "%prov check reproduced every output."
_TOLD = "%prov check reported the outputs that differ."
_UNKNOWN = "Nothing is known that would keep it from reproducing; %prov check tells for sure."


class SeenInputs(Companion):
    """Looks at the files that were read, once somebody is shown them."""

    def __init__(self, recording: Recording) -> None:
        data = recording.watcher(DataWatcher)
        self._eyes = Eyes(_MOST, data.pass_over if data else None)

    def look(self, log: SessionLog) -> Disk:
        """What is on disk now of the session's inputs."""
        return self._eyes.look(inputs_of(log))


@dataclass(frozen=True)
class Basis:
    """What a check rests on: what was run last, the saved code, and the files that were read."""

    number: int
    cells: Collection[tuple[str, str]]
    disk: Disk

    def is_outdated(self, now: Basis) -> bool:
        """Whether any of it is another by now."""
        touched = any(now.disk.get(path, digest) != digest for path, digest in self.disk.items())
        return touched or (self.number, self.cells) != (now.number, now.cells)


class LastCheck(Companion):
    """The last check that the user has asked for."""

    basis: Basis
    report: Mapping[str, Any] | None = None
    """What it found, once it has."""


def basis(log: SessionLog, notebook: Mapping[str, Any] | None, disk: Disk) -> Basis:
    """What a check would rest on now; cells that only ask for what is known change nothing."""
    ran = [e.number for e in log.executions if not _only_asks(log.texts.get(e.source, ""))]
    code = [cell for cell in (notebook or {"cells": ()})["cells"] if cell.get("cell_type") == "code"]
    sources = [(str(cell.get("id")), source_of(cell)) for cell in code]
    cells = tuple((cell, of_text(source)) for cell, source in sources if not _only_asks(source))
    return Basis(max(ran, default=0), cells, disk)


def look(recording: Recording, log: SessionLog) -> Disk:
    """What is on disk now of the session's inputs."""
    if (inputs := recording.companion(SeenInputs)) is None:
        inputs = SeenInputs(recording)
        recording.accompany(inputs)
    return inputs.look(log)


def standing(recording: Recording, now: Basis, reasons: Collection[Reason]) -> tuple[str, str]:
    """In a few words whether the notebook would reproduce, and what to say where no reason is known."""
    speaking = sum(not reason.weak for reason in reasons)
    check = recording.companion(LastCheck)
    if check is not None and check.report is not None:
        if check.basis.is_outdated(now):
            return "Changed since the check" + _count(speaking), _UNKNOWN
        if check.report["verdict"] == "reproduced":
            return "Reproduces", _SEEN
        return "Would not reproduce" + _count(_reasons_of(check.report)), _TOLD
    return ("Would not reproduce" + _count(speaking) if speaking else "Not checked"), _UNKNOWN


def _count(number: int) -> str:
    return f" · {number} reason{'s' if number > 1 else ''}" if number else ""


def _reasons_of(report: Mapping[str, Any]) -> int:
    """How many causes a report tells; a cell of which nobody knows why it differs has one too."""
    bad = [cell for cell in report["cells"] if cell["verdict"] in ("differs", "failed") and not cell.get("volatile")]
    causes = {(c["kind"], c["cell"], c["line"], c["explanation"]) for cell in bad for c in cell["causes"]}
    return len(causes) + sum(not cell["causes"] for cell in bad)


def _only_asks(source: str) -> bool:
    return _ONLY_ASKS.match(source) is not None
