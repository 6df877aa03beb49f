"""The interface of a factor in the kernel: how executions are watched, and what is noted of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from jupyter_prov.analysis.statement import Statement
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.watch.frames import Frames
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.helper import Helper


@dataclass(frozen=True)
class Watch:
    """What a watcher may use in the kernel."""

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


class Watcher:
    """Watches a kernel for one factor."""

    kind: ClassVar[str]
    """The kind of the factor whose evidence it notes."""

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

    def after(self, cell: Cell) -> Mapping[str, Any] | None:
        """An execution has ended; what was seen of it, as JSON."""
        return None

    @property
    def is_late(self) -> bool:
        """Whether more of the execution that has ended will be known only later."""
        return False

    def sent(self) -> None:
        """The end of the execution has been sent: what is known later may follow."""
