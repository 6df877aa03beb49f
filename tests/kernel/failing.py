"""Factors that fail, as a plug-in of somebody else's may."""

from __future__ import annotations

import random
from typing import Any

from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.hooks import Patches


class Load(Watcher):
    kind = "fails-at-load"

    def load(self, watch: Watch) -> None:
        raise RuntimeError("at load")


class Before(Watcher):
    kind = "fails-before"

    def before(self, cell: Cell) -> None:
        raise RuntimeError("before")


class After(Watcher):
    kind = "fails-after"

    def after(self, cell: Cell) -> Any:
        raise RuntimeError("after")


class Interrupted(Watcher):
    kind = "interrupted"

    def after(self, cell: Cell) -> Any:
        raise KeyboardInterrupt


class Listener(Watcher):
    kind = "fails-listening"

    def load(self, watch: Watch) -> None:
        audit_hook.listen(watch.guard, {"os.listdir": self._listed})

    def _listed(self, arguments: tuple[Any, ...]) -> None:
        raise RuntimeError("listening")


class Patch(Watcher):
    kind = "fails-patching"

    def load(self, watch: Watch) -> None:
        Patches(watch.guard).wrap(random, "randint", self._called, before=self._called)

    def _called(self, *_: Any) -> None:
        raise RuntimeError("patched")


class NoJson(Watcher):
    kind = "no-json"

    def after(self, cell: Cell) -> Any:
        return {"value": object()}


class Missing:
    """No factor at all."""
