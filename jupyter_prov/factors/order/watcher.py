"""Order in the kernel: which names an execution uses, defines, changes and deletes."""

from __future__ import annotations

import itertools
from types import ModuleType
from typing import cast

from jupyter_prov.analysis.effects import Functions
from jupyter_prov.analysis.names import names
from jupyter_prov.analysis.statement import Names
from jupyter_prov.factors.order.factor import SHELLS
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import OrderEvidence, without_empty

_OPAQUE = frozenset({"exec", "eval", "globals", "locals", "vars", "get_ipython", "setattr"})
"""Functions through which a cell can bind names that its source does not show."""
_LOOKED_AT = 20
"""Names at the end of the namespace that are looked at beyond those it has gained: some may have gone meanwhile."""
_FIXED = (int, float, complex, str, bytes, bool, frozenset, range, type(None), ModuleType)
"""Types of which nothing changes in place; calls on a module (`plt.plot(x)`) count as no change of its name."""


class OrderWatcher(Watcher):
    """Notes the names of each execution, also those that its source does not show."""

    kind = "order"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._functions = Functions()
        self._names: set[str] = set()
        self._bound: dict[str, int] | None = None

    def before(self, cell: Cell) -> None:
        self._look()
        # By identity only: holding on to the objects would keep what the cell replaces in memory.
        self._bound = self._identities() if _is_opaque(cell) else None

    def after(self, cell: Cell) -> OrderEvidence | None:
        total = names(cell.statements, self._functions)
        for module in {module for part in cell.statements for module in part.stars}:
            self._watch.guard.note(f"`from {module} import *` hides which of the names used later come from {module}.")
        self._add_unseen(total)
        total.changes = {name for name in total.changes if not self._is_fixed(name)}
        noted: OrderEvidence = {
            "deletes": sorted(total.deletes),
            "uses": sorted(total.uses),
            "defines": sorted(total.defines),
            "changes": sorted(total.changes),
            "imports": sorted(total.imports),
        }
        return cast(OrderEvidence, without_empty(noted)) or None

    def _add_unseen(self, total: Names) -> None:
        """Add the names that were bound or deleted and that the source does not show."""
        bound, gone = self._look()
        if self._bound is not None:
            bound |= {name for name, value in self._identities().items() if self._bound.get(name) != value}
        gone = {name for name in gone if not SHELLS.fullmatch(name)}
        total.defines |= {name for name in bound if not SHELLS.fullmatch(name)}
        total.deletes |= gone
        total.defines -= gone

    def _identities(self) -> dict[str, int]:
        return {
            name: id(value) for name, value in self._watch.namespace.items() if type(name) is str and name[:1] != "_"
        }

    def _look(self) -> tuple[set[str], set[str]]:
        """The names that have come and gone since the last look; it need not look at all of a long session's.

        A dict keeps the order of insertion, so as many names as it has gained stand at its end.
        """
        space, new = self._watch.namespace, set[str]()
        gained = len(space) - len(self._names)
        last = itertools.islice(reversed(space), max(gained, 0) + _LOOKED_AT)
        new.update(name for name in last if type(name) is str and name not in self._names)
        gone = {name for name in self._names if name not in space} if len(new) != gained else set[str]()
        if gone:
            new = {name for name in space if type(name) is str} - self._names
            self._names -= gone
        self._names |= new
        return new, gone

    def _is_fixed(self, name: str) -> bool:
        return issubclass(type(self._watch.namespace.get(name, self)), _FIXED)


def _is_opaque(cell: Cell) -> bool:
    if not cell.statements:
        return True
    used = any(part.calls & _OPAQUE or part.stars for part in cell.statements)
    return used or cell.text.lstrip().startswith("%%")
