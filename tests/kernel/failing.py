"""Factors that fail, as a plug-in of somebody else's may."""

from __future__ import annotations

import random
from typing import Any

from jupyter_prov.factors.base import Cell, Factor, Watch
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.hooks import Patches


class Load(Factor):
    kind = "fails-at-load"

    def load(self, watch: Watch) -> None:
        raise RuntimeError("at load")


class Before(Factor):
    kind = "fails-before"

    def before(self, cell: Cell) -> None:
        raise RuntimeError("before")


class After(Factor):
    kind = "fails-after"

    def after(self, cell: Cell) -> Any:
        raise RuntimeError("after")


class Interrupted(Factor):
    kind = "interrupted"

    def after(self, cell: Cell) -> Any:
        raise KeyboardInterrupt


class Listener(Factor):
    kind = "fails-listening"

    def load(self, watch: Watch) -> None:
        audit_hook.listen(watch.guard, {"os.listdir": self._listed})

    def _listed(self, arguments: tuple[Any, ...]) -> None:
        raise RuntimeError("listening")


class Patch(Factor):
    kind = "fails-patching"

    def load(self, watch: Watch) -> None:
        Patches(watch.guard).wrap(random, "randint", self._called, before=self._called)

    def _called(self, *_: Any) -> None:
        raise RuntimeError("patched")


class NoJson(Factor):
    kind = "no-json"

    def after(self, cell: Cell) -> Any:
        return {"value": object()}


class Missing:
    """No factor at all."""
