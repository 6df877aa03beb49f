"""The face that every factor shows: how it is watched in the kernel, and what it may explain in a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.analysis.statement import Statement
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.model import Evidence, Execution, Session
from jupyter_prov.record.noted_files import known_digest
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.watch.frames import Frames
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.helper import Helper


@dataclass(frozen=True)
class Watch:
    """What a factor may use while it watches a kernel."""

    guard: Guard
    frames: Frames
    helper: Helper
    place: Place
    namespace: dict[str, Any] = field(default_factory=dict)
    """The user's namespace, which is only looked at."""


@dataclass
class Cell:
    """An execution that is about to run or has just run."""

    number: int
    id: str | None
    text: str
    statements: list[Statement] = field(default_factory=list)
    """Empty where the source is not Python (`%%bash`) or does not parse."""
    played: dict[str, Any] = field(default_factory=dict)
    """In a re-run: what each factor is to play back from the record, by its kind."""


@dataclass
class Planned:
    """An execution of a re-run before it happens, and the recorded one that it repeats."""

    cell: str
    recorded: Execution | None
    """None for a cell of which no execution is known."""
    played: dict[str, Any] = field(default_factory=dict)
    """What the kernel part is to play back, as JSON, by the kind of factor; it becomes `Cell.played`."""
    session: Session | None = None
    """The session of the recorded execution."""


class Plan(Protocol):
    """What a factor may change in the plan of a re-run."""

    planned: list[Planned]
    variables: dict[str, str | None]


class Factor:
    """One thing that can make a re-run differ; a subclass in a file of its own is all that a new one needs."""

    kind: ClassVar[str]
    replays: ClassVar[bool] = False
    """Whether `replay` does anything."""
    pins: ClassVar[bool] = False
    """Whether `pin` does anything."""

    def load(self, watch: Watch) -> None:
        """Begin to watch this kernel."""

    def unload(self) -> None:
        """Put everything back as it was."""

    def facts(self) -> dict[str, Any]:
        """What is known of the whole session at its start, by the name of a session's field."""
        return {}

    def later(self) -> dict[str, Any]:
        """What has become known since of the environment, by name: asked for after each execution."""
        return {}

    def before(self, cell: Cell) -> None:
        """An execution is about to run."""

    def after(self, cell: Cell) -> Evidence | None:
        """An execution has ended; what was seen of it, as JSON."""
        return None

    @property
    def is_late(self) -> bool:
        """Whether more of the execution that has ended will be known only later."""
        return False

    def sent(self) -> None:
        """The end of the execution has been sent: what is known later may follow."""

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


def evidence_of(step: Step | None, kind: str) -> Evidence:
    """What a factor noted about a step, or nothing."""
    found: Evidence = step.execution.evidence.get(kind, {}) if step else {}
    return found


def differ(one: Evidence, other: Evidence) -> bool:
    """Whether two notes on a file have different digests; one whose content is not known tells nothing."""
    if None in (known_digest(one), known_digest(other)):
        return False
    if one.get("sampled", False) != other.get("sampled", False):
        return bool(one["size"] != other["size"])
    return bool(one["digest"] != other["digest"])
