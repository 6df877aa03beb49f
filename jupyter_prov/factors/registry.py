"""The table of all factors; a new one is a folder and a row here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_prov.factors.base import Factor
    from jupyter_prov.factors.watcher import Watcher

_CLASSES = {
    "environment": "Environment",
    "hash_seed": "HashSeed",
    "package": "Package",
    "code": "Code",
    "data": "Data",
    "network": "Network",
    "order": "Order",
    "concurrency": "Concurrency",
    "random": "Random",
    "clock": "Clock",  # last, so that it is patched for the cell alone
}
"""For each folder the class in its `factor`; that in its `watcher` has `Watcher` behind the name."""


def factors() -> list[Factor]:
    """A fresh instance of every factor, for a check."""
    return [_class(folder, "factor", name)() for folder, name in _CLASSES.items()]


def watchers() -> list[Watcher]:
    """A fresh watcher of every factor, for a kernel, in the order in which they are asked."""
    return [_class(folder, "watcher", f"{name}Watcher")() for folder, name in _CLASSES.items()]


def _class(folder: str, module: str, name: str) -> Any:
    return getattr(import_module(f"jupyter_prov.factors.{folder}.{module}"), name)
