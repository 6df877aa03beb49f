"""Python's own generators: the global one of `random`, and `random.Random` objects."""

from __future__ import annotations

import functools
import os
import random
import struct
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.generators.base import Generator, Library, State, seed_of
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import module_of

NAME = "random"
_BYTES = 32
"""Entropy for a generator. Python takes 2,500, which nobody can tell apart, and which are many to keep."""
_WORDS = struct.Struct("<624I")


class _Global(Generator):
    name = NAME

    def __init__(self) -> None:
        self._get, self._set = random.getstate, random.setstate

    def read(self) -> Any:
        return self._get()

    def pack(self, state: Any) -> State:
        version, words, gauss = state
        return State(_WORDS.pack(*words[:-1]), [version, words[-1], gauss])

    def put(self, state: State) -> None:
        version, position, gauss = state.rest
        self._set((version, (*_WORDS.unpack(state.block), position), gauss))


class Stdlib(Library):
    modules = (NAME,)
    seeder = (NAME, "seed")
    generators: ClassVar[dict[str, str]] = {NAME: "Python's global generator"}
    advised: ClassVar[dict[str, Advice]] = {
        NAME: Advice("Set a seed before the first draw.", "random.seed(0)"),
        "random.Random()": Advice("Give the generator a seed.", "random.Random(0)"),
    }

    def imported(self, module: ModuleType) -> None:
        self._urandom: Callable[[int], bytes] = os.urandom
        self._notes.states.add(_Global())
        self._wrap_state(module, "getstate", "setstate", NAME)
        self._wrap_seed(module, "seed", "random.seed", NAME, instead=self._seed_anew)
        self._wrap(random.Random, "seed", self._object_seeded, instead=self._object_seed_anew)

    def _seed_anew(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        if seed_of(args, kwargs) is not None:
            return None
        return functools.partial(original, self._entropy("random.seed"))

    def _object_seed_anew(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """Give a generator object entropy that is known; only one that a cell led to, and no import."""
        if _value(args, kwargs) is not None or self._notes.frames.nearest_own(frame) is None:
            return None
        if _in_tempfile(_maker(frame)):
            return None  # its names are noted themselves
        return functools.partial(original, args[0], self._entropy(self._notes.door("random.Random", _maker(frame))))

    def _object_seeded(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """A generator object was made or seeded; `Random()` seeds itself from within `__init__`."""
        made = _maker(frame)
        if made is None or not self._notes.frames.is_own(made):
            return
        value = _value(args, kwargs)
        if value is None:
            self._notes.unseeded("random.Random()", made)
        else:
            self._notes.seed("random.Random", value, made)

    def _entropy(self, door: str) -> int:
        value = self._notes.doors.played(door) or self._urandom(_BYTES).hex()
        self._notes.doors.note(door, value)
        return int(value, 16)


def _value(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The seed among the arguments of a method."""
    return args[1] if len(args) > 1 else kwargs.get("a")


def _in_tempfile(frame: FrameType | None) -> bool:
    return frame is not None and module_of(frame) == "tempfile"


def _maker(frame: FrameType | None) -> FrameType | None:
    """The frame that made a `random.Random`, past the `__init__` of the class and its subclasses."""
    while frame is not None and frame.f_code.co_name in ("__init__", "__new__"):
        frame = frame.f_back
    return frame
