"""CuPy's global generators, one for each device; their states cannot be read, so they are known by their entropy."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice

MADE = "a CuPy generator"
_BYTES = 8
"""What `cupy.random.RandomState.seed` takes of the system where it is given no seed."""


class Cupy(Library):
    modules = ("cupy.random",)
    seeder = ("cupy", "random.seed")
    advised: ClassVar[dict[str, Advice]] = {MADE: Advice("Set a seed before the first draw.", "cupy.random.seed(0)")}

    def imported(self, module: ModuleType) -> None:
        self._urandom = os.urandom
        self._wrap(module, "seed", self._seeded, call="cupy.random.seed")
        kind: Any = getattr(sys.modules.get("cupy.random._generator"), "RandomState", None)
        if kind is not None:
            self._wrap(kind, "seed", instead=self._entropy, call=MADE)

    def _seeded(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        value = args[0] if args else kwargs.get("seed")
        if value is not None:
            self._notes.seed("cupy.random.seed", value, frame)

    def _entropy(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """A generator is seeded; the global one of a device when it is used for the first time."""
        value = args[1] if len(args) > 1 else kwargs.get("seed")
        if value is not None or self._notes.frames.nearest_own(frame) is None:
            return None
        played = self._notes.doors.played("cupy.random") or self._urandom(_BYTES).hex()
        self._notes.doors.note("cupy.random", played)
        self._notes.unseeded(MADE, frame)
        return functools.partial(original, args[0], int(played, 16))
