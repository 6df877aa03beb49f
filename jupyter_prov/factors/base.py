"""The interface of a factor in a check: what it may explain, replay and pin, and what it advises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.evidence import Evidence, FileEvidence
from jupyter_prov.record.model import Execution, Session
from jupyter_prov.record.noted_files import known_digest


@dataclass
class Planned:
    """An execution of a re-run before it happens, and the recorded one that it repeats."""

    cell: str
    recorded: Execution | None
    """None for a cell of which no execution is known."""
    played: dict[str, Any] = field(default_factory=dict)
    """What the kernel part is to play back, as JSON, by the kind of factor; it becomes `watcher.Cell.played`."""
    session: Session | None = None
    """The session of the recorded execution."""


class Plan(Protocol):
    """What a factor may change in the plan of a re-run."""

    planned: list[Planned]
    variables: dict[str, str | None]


class Factor:
    """One thing that can make a re-run differ; what it explains is what its watcher has noted."""

    kind: ClassVar[str]
    replays: ClassVar[bool] = False
    """Whether `replay` does anything."""
    pins: ClassVar[bool] = False
    """Whether `pin` does anything."""

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        """What may have made the re-run of this execution differ; None stands for a side that has none."""
        return ()

    def replay(self, plan: Plan) -> None:
        """Put what the record knows of this factor into the plan of a re-run, which then has the same values."""

    def pin(self, plan: Plan) -> None:
        """Hold fast what the record cannot know, so that the re-runs of two such plans agree in it."""

    def advice(self, suspicion: Suspicion) -> Advice:
        """What removes such a cause."""
        raise NotImplementedError


def evidence_of(step: Step | None) -> Evidence:
    """What the factors noted about a step; nothing where there is none."""
    return step.execution.evidence if step else {}


def differ(one: FileEvidence, other: FileEvidence) -> bool:
    """Whether two notes on a file have different digests; one whose content is not known tells nothing."""
    if None in (known_digest(one), known_digest(other)):
        return False
    if one.get("sampled", False) != other.get("sampled", False):
        return bool(one["size"] != other["size"])
    return bool(one["digest"] != other["digest"])
