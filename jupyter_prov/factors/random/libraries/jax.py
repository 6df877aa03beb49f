"""JAX's keys: nothing is drawn without one, so the calls that make them say all."""

from __future__ import annotations

from types import FrameType, ModuleType
from typing import Any

from jupyter_prov.factors.random.generator import seed_of
from jupyter_prov.factors.random.library import Library


class Jax(Library):
    modules = ("jax.random",)

    def imported(self, module: ModuleType) -> None:
        for name in ("key", "PRNGKey"):
            self._wrap(module, name, self._made(f"jax.random.{name}"), call=f"jax.random.{name}")

    def _made(self, call: str) -> Any:
        def note(frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
            if self._notes.frames.nearest_own(frame) is not None:
                self._notes.seed(call, seed_of(args, kwargs), frame)

        return note
