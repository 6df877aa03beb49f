"""Python's own generators: the global one of `random`, and `random.Random` objects."""

from __future__ import annotations

import _random
import ctypes
import functools
import math
import os
import random
import struct
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.generator import Generator, State
from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import module_of

NAME = "random"
_BYTES = 32
"""Entropy for a generator. Python takes 2,500, which nobody can tell apart, and which are many to keep."""
_WORDS = struct.Struct("<624I")
_NATIVE, _INDEX = struct.Struct("=i624I"), 4
"""How CPython keeps a state: the position, and the words."""
_InC: Any = random.Random.__base__
INSTANCE: Any = vars(random)["_inst"]
"""The global generator, whose methods are the functions of the module."""


class _Global(Generator):
    name = NAME

    def __init__(self) -> None:
        self._memory = _Memory()

    def read(self) -> Any:
        memory = self._memory.read() or _memory(_InC.getstate(INSTANCE))
        return memory, INSTANCE.gauss_next

    def pack(self, state: Any) -> State:
        memory, gauss = state
        position = int.from_bytes(memory[:_INDEX], sys.byteorder)
        words = memory[_INDEX:] if sys.byteorder == "little" else _WORDS.pack(*_NATIVE.unpack(memory)[1:])
        return State(words, [random.Random.VERSION, position, gauss])

    def put(self, state: State) -> None:
        version, position, gauss = state.rest
        if version != random.Random.VERSION:
            raise ValueError(f"a state of version {version} of Python's generator")
        _InC.setstate(INSTANCE, (*_WORDS.unpack(state.block), position))
        INSTANCE.gauss_next = gauss


class _Memory:
    """The memory of the global generator, which is 30 times as fast to read as its state is to ask for."""

    def __init__(self) -> None:
        self._address = id(INSTANCE) + object.__basicsize__
        fits = _InC.__basicsize__ >= object.__basicsize__ + _NATIVE.size
        self._is_known = fits and ctypes.string_at(self._address, _NATIVE.size) == _memory(_InC.getstate(INSTANCE))

    def read(self) -> bytes | None:
        """What is in there; None in a Python that has something else there than those that are known."""
        return ctypes.string_at(self._address, _NATIVE.size) if self._is_known else None


def _memory(state: tuple[int, ...]) -> bytes:
    return _NATIVE.pack(state[-1], *state[:-1])


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
        self._wrap_state(random.Random, "getstate", "setstate", NAME, of=INSTANCE)
        self._follow_seed = self._seeding("random.seed", NAME)
        self._wrap(
            random.Random, "seed", self._seeded, self._about_to_seed, self._seed_anew, call="random.seed", all=math.inf
        )

    def _about_to_seed(self, _: FrameType, args: tuple[Any, ...], __: Any, ___: Any) -> None:
        if args[0] is INSTANCE:
            self._notes.states.look(NAME)

    def _seed_anew(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """Give a generator entropy that is known; of those that are objects only one that a cell led to, no import."""
        if args[1] is not None or not _seeds_itself(type(args[0])):
            return None
        if args[0] is INSTANCE:
            return functools.partial(original, INSTANCE, self._entropy("random.seed"))
        made = _maker(frame)
        if self._notes.frames.nearest_own(frame) is None or _in_tempfile(made):  # whose names are noted themselves
            return None
        return functools.partial(original, args[0], self._entropy(self._notes.door("random.Random", made)))

    def _seeded(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> bool:
        """A generator was seeded; `Random()` seeds itself from within `__init__`."""
        if args[0] is INSTANCE:
            self._follow_seed(frame, args[1:], kwargs, None)
            return True
        made = _maker(frame)
        if made is None or not self._notes.frames.is_own(made):
            return False
        if args[1] is None:
            self._notes.unseeded("random.Random()", made)
        else:
            self._notes.seed("random.Random", args[1], made)
        return args[1] is not None

    def _entropy(self, door: str) -> int:
        value = self._notes.doors.played(door) or self._urandom(_BYTES).hex()
        self._notes.doors.note(door, value)
        return int(value, 16)


def _in_tempfile(frame: FrameType | None) -> bool:
    return frame is not None and module_of(frame) == "tempfile"


def _maker(frame: FrameType | None) -> FrameType | None:
    """The frame that made a `random.Random`, past the `__init__` of the class and its subclasses."""
    while frame is not None and frame.f_code.co_name in ("__init__", "__new__"):
        frame = frame.f_back
    return frame


def _seeds_itself(kind: type) -> bool:
    """Whether what `random.Random.seed` calls next is Python's own, to which a number is as good as none."""
    after = kind.__mro__[kind.__mro__.index(random.Random) + 1 :]
    return next(one for one in after if "seed" in vars(one)) is _random.Random
