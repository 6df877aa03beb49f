"""Randomness in the kernel: draws, seeds and entropy are noted, and in a re-run played back."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from jupyter_prov.factors.random.libraries import LIBRARIES, seed
from jupyter_prov.factors.random.notes import Notes
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import RandomEvidence
from jupyter_prov.watch.import_hook import AroundImports, Imported


class RandomWatcher(Watcher):
    """Notes who drew from which generator, and whether a seed had been set."""

    kind = "random"

    def load(self, watch: Watch) -> None:
        self._notes = Notes(watch)
        self._patches = self._notes.patches
        callbacks: dict[str, list[Callable[[ModuleType], None]]] = {}
        for library in LIBRARIES:
            watching = library(self._notes)
            for module in library.modules:
                callbacks.setdefault(module, []).append(watching.imported)
        self._imported = Imported(watch.guard, {module: self._calling(them) for module, them in callbacks.items()})
        states = self._notes.states
        self._around = AroundImports(watch.guard, states.before_import, states.after_import)

    def _calling(self, libraries: list[Callable[[ModuleType], None]]) -> Callable[[ModuleType], None]:
        def tell(module: ModuleType) -> None:
            for imported in libraries:
                self._notes.guard.within_cell(f"watching {module.__name__}", imported, module)

        return tell

    def unload(self) -> None:
        self._around.stop()
        self._imported.stop()
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._imported.late()
        self._notes.begin(cell, cell.played.get(self.kind) or {})

    def after(self, cell: Cell) -> RandomEvidence | None:
        return self._notes.end() or None

    def seed(self, value: int, asked: str) -> list[str]:
        """Seed all generators that are loaded, as `asked` in the notebook; gives the modules to which they belong."""
        self._imported.late()
        self._notes.asked = asked
        try:
            return seed(value)
        finally:
            self._notes.asked = None
