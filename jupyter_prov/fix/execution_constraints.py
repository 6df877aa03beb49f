"""The executions that made what differs, and what must stand above what for a run from top to bottom to do the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.analysis.dataflow import Step, flow
from jupyter_prov.check.cell_sources import statements_of, texts_of
from jupyter_prov.record.model import Record


@dataclass
class History:
    """The recorded steps, in their order, and those of them that made what a notebook shows."""

    steps: list[Step]
    shown: dict[str, Step]
    """By the ids of the cells that show what they made."""
    texts: dict[str, str]
    """The sources that are known, by their digests."""

    def needed(self, cells: Collection[str]) -> list[Step]:
        """The steps without which these cells would not show what they show, in their order."""
        found: set[Step] = set()
        left = [self.shown[cell] for cell in cells if cell in self.shown]
        while left:
            step = left.pop()
            if step not in found:
                found.add(step)
                left += [origin for origin in step.origins.values() if origin is not None]
        return [step for step in self.steps if step in found]


def history_of(notebook: Any, record: Record) -> History:
    """What a record tells of how the outputs of a notebook came to be."""
    import nbformat

    made = {state.session for state in record.cells}
    sessions = [session for session in record.sessions if session.number in made]
    texts = texts_of(notebook, record, {run.source for session in sessions for run in session.executions})
    ran = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in texts.values()])
    known, steps, files = statements_of(ran), list[Step](), dict[str, Step]()
    for session in sessions:
        found = flow(session, known, files)
        files |= {name: step for step in found for name in step.writes if name.startswith("file:")}
        steps += found
    at = {(step.session.number, step.execution.number): step for step in steps}
    shown = {state.id: at[key] for state in record.cells if (key := (state.session, state.execution)) in at}
    return History(steps, shown, texts)


@dataclass
class Demands:
    """What must stand above what: for each part of a notebook, by any name of it, those that go before it."""

    above: dict[str, list[str]] = field(default_factory=dict)

    def add(self, first: str, second: str) -> None:
        """`first` must stand above `second`, unless it is known to be the other way round."""
        if first != second and second not in self._all_above(first):
            self.above.setdefault(second, []).append(first)

    def _all_above(self, name: str) -> set[str]:
        found: set[str] = set()
        left = [name]
        while left:
            for other in self.above.get(left.pop(), ()):
                if other not in found:
                    found.add(other)
                    left.append(other)
        return found

    def ordered(self, names: Iterable[str]) -> list[str]:
        """The names in an order that meets the demands: each stays, but what must be above it is moved up."""
        found: list[str] = []
        before = list(names)
        for name in before:
            self._put(name, before, found)
        return found

    def _put(self, name: str, before: list[str], found: list[str]) -> None:
        if name in found:
            return
        for other in sorted(self.above.get(name, ()), key=before.index):
            self._put(other, before, found)
        found.append(name)


def demands(history: History, needed: Collection[Step], names: Mapping[Step, str]) -> Demands:
    """What the recorded order demands of the steps that have a name in the notebook that is to come."""
    found = Demands()
    for first, second, _ in _uses(needed):
        if first in names and second in names:
            found.add(names[first], names[second])
    for first, second, name in _uses(needed, unset=True):
        for other in (step for step in history.steps if step in names and step not in (first, second)):
            if name not in other.defines | other.changes | other.deletes | other.writes or second not in names:
                continue
            if first is not None and history.steps.index(other) < history.steps.index(first):
                found.add(names[other], names.get(first, names[second]))
            elif history.steps.index(other) > history.steps.index(second):
                found.add(names[second], names[other])
    return found


def _uses(needed: Collection[Step], unset: bool = False) -> Iterator[tuple[Any, Step, str]]:
    """Steps with those that use what they made, and its name; `unset` adds names that nothing had set."""
    for second in needed:
        for name, first in sorted(second.origins.items(), key=lambda item: item[0]):
            if first is not None or unset:
                yield first, second, name
