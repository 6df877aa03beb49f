"""Which cells show what they would not show from top to bottom, because of the order in which cells ran.

Each value that the latest execution of a cell used came from some execution. From top to bottom, with the latest
execution of every cell, it would come from another one or not: where these two cannot have made the same, there is a
reason. Two executions make the same if they ran one source, with values that are the same, and nothing else decided.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jupyter_prov.analysis.dataflow import Step, flow
from jupyter_prov.diagnosis.reason import FIX, OUT_OF_ORDER, RUN, STALE, Reason, cut
from jupyter_prov.record.match_cells import Cell, crc
from jupyter_prov.record.model import Execution, Session
from jupyter_prov.record.noted_files import files_of, known_digest
from jupyter_prov.record.quiet_parser import parse

KIND = "order"
_TOLD = 3
"""Names that a sentence tells; of more, only how many they are."""
_LATER = "Used {names} before cell {other} ran."
_AGAIN = "Ran more than once, each time changing {names}."
_CONSOLE = "Used {names} as a console made it."
_GONE = "Used {names} from a cell that was deleted."
_BELOW = "Used {names} from cell {origin}, which stands below."
_RUN_AGAIN = "Used {names} from cell {origin}, which has run again since."
_EDITED = "Used {names} from cell {origin} as it was before it was edited and run again."
_SINCE = "Used {names} from cell {origin} before cell {other} ran."
_OTHER = "Used {names} from cell {origin}, though cell {other} comes after that."


@dataclass
class Order:
    """The reasons, and the numbers of the executions that they are about."""

    reasons: list[Reason] = field(default_factory=list)
    edited: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)


def order_of(
    session: Session,
    steps: Sequence[Step],
    latest: Mapping[str, Execution],
    document: Sequence[Cell],
    texts: Mapping[str, str],
) -> Order:
    """What the order has done; `steps` is the flow of the session, and `latest` has the last execution of each cell."""
    found = Order()
    shown = [(cell, latest[cell.id]) for cell in document if cell.id in latest and cell.source is not None]
    straight = flow(replace(session, executions=[execution for _, execution in shown]), {})
    look = _Look(steps, document)
    for (cell, execution), here in zip(shown, straight, strict=True):
        there = look.steps[execution.number]
        used = {origin.execution.number for origin in look.gone(there)}
        if _crc(texts.get(execution.source)) != cell.source:
            found.edited.add(execution.number)
            found.reasons.append(Reason(KIND, cell.id, None, "Edited since it ran.", STALE, RUN))
        else:
            found.reasons += look.reasons(there, here, texts.get(execution.source, ""))
        found.used |= used
    return found


def _crc(text: str | None) -> int | None:
    return None if text is None else crc(text)


class _Look:
    """A session's flow, looked at from its end."""

    def __init__(self, steps: Sequence[Step], document: Sequence[Cell]) -> None:
        self.steps = {step.execution.number: step for step in steps}
        self._position = {cell.id: index for index, cell in enumerate(document) if cell.source is not None}
        self._values = _values(steps)
        self._newest = {name: step for step in steps for name in _makes(step)}
        self._latest = {step.cell: step for step in steps}

    def gone(self, step: Step) -> list[Step]:
        """The steps of deleted cells that made what a step used."""
        origins = [origin for origin in step.origins.values() if origin is not None]
        return [origin for origin in origins if origin.cell is not None and origin.cell not in self._position]

    def reasons(self, there: Step, here: Step, text: str) -> Iterator[Reason]:
        """Why a cell would not use from top to bottom what it used: `there` in its session, `here` in order."""
        told: dict[tuple[str, str], list[str]] = {}
        for name in sorted(there.origins):
            origin, other = there.origins[name], here.origins.get(name)
            if not self._is_same(name, origin, other) and (sentence := self._sentence(there, name, origin, other)):
                fix = RUN if self._is_same(name, self._newest.get(name), other) else FIX
                told.setdefault((sentence, fix), []).append(name)
        for (sentence, fix), names in told.items():
            mark = STALE if fix == RUN else OUT_OF_ORDER
            yield Reason(KIND, there.cell, _line(text, names), sentence.format(names=_listed(names)), mark, fix)

    def _is_same(self, name: str, one: Step | None, other: Step | None) -> bool:
        """Whether two steps, of which the second may be of another flow, make the same of a name."""
        if one is None or other is None:
            return one is other
        number, again = one.execution.number, other.execution.number
        imported = name in one.imports and name in other.imports
        return number == again or imported or self._values[number] == self._values[again]

    def _sentence(self, step: Step, name: str, origin: Step | None, other: Step | None) -> str:
        """What is to be said of names that came from `origin`, and from top to bottom come from `other`; '' if nothing.

        The names themselves are still to be put in.
        """
        later = other is not None and other.execution.number > step.execution.number
        if origin is None:  # of a variable, that says that a function names it, or that it is another's
            known = later and (":" in name or step.execution.error == "NameError")
            form = _LATER if known else ""
        elif origin.cell == step.cell:
            form = _AGAIN
        elif origin.cell is None:
            form = _CONSOLE
        elif origin.cell not in self._position:
            form = _GONE
        elif self._position[origin.cell] > self._position[step.cell or ""]:
            form = _BELOW
        elif (newest := self._latest[origin.cell]) is not origin:
            form = _RUN_AGAIN if newest.execution.source == origin.execution.source else _EDITED
        else:
            form = _SINCE if later else _OTHER
        return form.format(names="{names}", origin=self._number(origin), other=self._number(other))

    def _number(self, step: Step | None) -> str:
        """The number of a cell, counted from 1 as people do."""
        return str(self._position.get(step.cell or "", -1) + 1) if step else "no cell"


def _makes(step: Step) -> set[str]:
    return step.defines | step.changes | step.deletes | step.writes


def _values(steps: Sequence[Step]) -> dict[int, int]:
    """For each execution a number that two have in common if they made the same."""
    known: dict[Hashable, int] = {}
    values: dict[int, int] = {}
    for step in steps:
        execution = step.execution
        used = frozenset(
            (name, values[origin.execution.number]) for name, origin in step.origins.items() if origin is not None
        )
        key: Hashable = (execution.source, execution.outcome, used, _read(execution))
        if _is_left_to_chance(execution) or not execution.finished:
            key = execution.number
        values[execution.number] = known.setdefault(key, len(known))
    return values


def _read(execution: Execution) -> frozenset[tuple[str, str]]:
    """The files that an execution read, with their digests; one that changed meanwhile is like no other."""
    read = (file for file in files_of(execution) if file["role"] != "output")
    unknown = {True: f"of execution {execution.number}", False: ""}
    return frozenset(
        (file["path"], known_digest(file) or unknown[bool(file.get("changed_while_running"))]) for file in read
    )


def _is_left_to_chance(execution: Execution) -> bool:
    """Whether an execution may have made something else than another of the same source."""
    noted = execution.evidence
    random = noted.get("random", {})
    unseeded = any(not draw["seeded"] for draw in random.get("draws", ()))
    return bool(
        unseeded
        or random.get("unseeded")
        or random.get("system")
        or noted.get("clock", {}).get("reads")
        or noted.get("network", {}).get("requests")
        or noted.get("concurrency")
    )


def _listed(names: Sequence[str]) -> str:
    told = [_describe_name(name) for name in names[:_TOLD]]
    if len(names) > _TOLD:
        told.append(f"{len(names) - _TOLD} more")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _describe_name(name: str) -> str:
    kind, _, rest = name.partition(":")
    form = {"file": "{}", "generator": "the state of {}"}.get(kind)
    return form.format(cut(rest)) if form else f"'{cut(name)}'"


def _line(text: str, names: Sequence[str]) -> int | None:
    """The first line of a source in which one of these names is used, if that can be told."""
    lines = _first_uses(text)
    return min((lines[name] for name in names if name in lines), default=None)


@functools.lru_cache(maxsize=4096)
def _first_uses(text: str) -> Mapping[str, int]:
    """The line of the first use of each name in a source; lines that are IPython's own are passed over."""
    plain = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in text.split("\n")]
    try:
        tree = parse("\n".join(plain))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id: node.lineno for node in sorted(uses, key=lambda node: -node.lineno)}
