"""The notebook as it is being edited, and what was done to it and why."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.check.read_notebook import is_runnable, tags_of
from jupyter_prov.fix.source_edits import Edit, Source, edited, source_of


@dataclass(frozen=True)
class Change:
    """One thing that was done for a cause, told in a sentence."""

    kind: str
    cell: str
    """The id of the cell; '' where it is in none."""
    sentence: str
    subjects: frozenset[str] = frozenset()
    """Those of the causes that it removes, where that is not all of a kind."""


@dataclass
class Draft:
    """An edited copy of a notebook."""

    notebook: Any
    changes: list[Change] = field(default_factory=list)
    made_of: dict[str, str] = field(default_factory=dict)
    """The cells that the ones put in were made of, by their ids."""

    shifts: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """For each cell the lines above which others were put in since `settle`, and how many."""

    by_text: set[str] = field(default_factory=set)
    """The cells in which sets are sorted by the texts of what they hold, as it cannot be compared."""

    seed_only: set[str] = field(default_factory=set)
    """The cells with calls that take no `random_state`, though they look like it."""

    @classmethod
    def of(cls, notebook: Any) -> Draft:
        """A draft in which nothing was changed yet."""
        return cls(copy.deepcopy(notebook))

    def copy(self) -> Draft:
        """A draft of its own that says the same."""
        return copy.deepcopy(self)

    def cells(self) -> Iterator[tuple[Any, Source]]:
        """The code cells that are Python, from top to bottom."""
        for cell in self.notebook.cells:
            if is_runnable(cell) and (source := source_of(cell.source)) is not None:
                yield cell, source

    def cell(self, cell_id: str) -> Any:
        """The cell with an id, or None."""
        return next((cell for cell in self.notebook.cells if cell.get("id") == cell_id), None)

    def edit(self, cell: Any, edits: Iterable[Edit], kind: str, sentence: str, subjects: Iterable[str] = ()) -> bool:
        """Make edits in a cell's source; False, and nothing done, if they would leave it broken or as it was."""
        edits = list(edits)
        text = edited(cell.source, edits)
        if text == cell.source or source_of(text) is None:
            return False
        for edit in sorted(edits, key=lambda edit: -edit.start):
            more = edit.text.count("\n") - cell.source.count("\n", edit.start, edit.end)
            self.shifts.setdefault(cell.id, []).append((cell.source.count("\n", 0, edit.start) + 1, more))
        cell.source = text
        self.say(kind, cell.id, sentence, subjects)
        return True

    def tag(self, cell: Any, tag: str, kind: str, sentence: str) -> bool:
        """Give a cell a tag; False if it has it."""
        if tag in tags_of(cell):
            return False
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), tag]
        self.say(kind, cell.id, sentence)
        return True

    def insert(self, before: int, text: str, origin: str, tags: Iterable[str] = ()) -> str:
        """Put in a code cell before another, by its index; gives its id."""
        import nbformat

        cell = nbformat.v4.new_code_cell(text, id=secrets.token_hex(4), metadata={"tags": list(tags)} if tags else {})
        self.notebook.cells.insert(before, cell)
        self.made_of[cell.id] = origin
        return str(cell.id)

    @property
    def doubles(self) -> list[str]:
        """The cells that were put in to do once more what another cell does, by their ids."""
        known = {cell.get("id") for cell in self.notebook.cells}
        return [cell for cell, origin in self.made_of.items() if {cell, origin} <= known]

    def remove(self, cells: Collection[str]) -> None:
        """Take out cells that were put in, by their ids."""
        self.notebook.cells = [cell for cell in self.notebook.cells if cell.get("id") not in cells]
        self.changes = [change for change in self.changes if change.cell not in cells]
        self.made_of = {cell: origin for cell, origin in self.made_of.items() if cell not in cells}

    def show(self, notebook: Any) -> None:
        """Give the cells the outputs that those of another notebook have, by their ids."""
        known = {cell.get("id"): cell for cell in notebook.cells}
        for cell in self.notebook.cells:
            if cell.cell_type == "code" and (other := known.get(cell.get("id"))) is not None:
                cell.outputs, cell.execution_count = copy.deepcopy(other.outputs), other.execution_count

    def line(self, cell: str, line: int) -> int:
        """Where a line of a cell, counted from 1, is now that was there at the last `settle`."""
        for above, more in self.shifts.get(cell, ()):
            line += more if line >= above else 0
        return line

    def settle(self) -> None:
        """From now on lines are counted in the draft as it is."""
        self.shifts.clear()

    def say(self, kind: str, cell: str, sentence: str, subjects: Iterable[str] = ()) -> None:
        """Note what was done."""
        change = Change(kind, cell, sentence, frozenset(subjects))
        if change not in self.changes:
            self.changes.append(change)

    def undo(self, cells: Iterable[str], original: Any) -> bool:
        """Put the sources and tags of these cells back as they were; whether any had been changed."""
        known = {cell.get("id"): cell for cell in original.cells}
        undone = False
        for name in set(cells) & known.keys():
            cell, old = self.cell(name), known[name]
            if cell is not None and (cell.source, tags_of(cell)) != (old.source, tags_of(old)):
                cell.source, cell.metadata = old.source, copy.deepcopy(old.metadata)
                self.changes = [change for change in self.changes if change.cell != name]
                undone = True
        return undone

    @property
    def text(self) -> list[tuple[str, str, frozenset[str]]]:
        """All that can be edited: ids, sources and tags in their order."""
        return [(cell.get("id", ""), cell.source, tags_of(cell)) for cell in self.notebook.cells]
