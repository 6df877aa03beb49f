"""numpy's generators: the global one of `numpy.random`, and all that are made without a seed.

All of numpy's entropy comes in at one door, `numpy.random.bit_generator.randbits`, which is looked up at each call.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.generator import Generator, State, name_of, seed_of
from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import UNKNOWN, argument_at
from jupyter_prov.watch.hooks import wrapped_in

NAME = "numpy.random"
MADE = "a numpy generator"
_MERSENNE = "MT19937"
_WORDS = 624 * 4
"""Bytes of a Mersenne twister's words, which its position follows."""
_PASSED_ON = ("Generator", "BitGenerator", "RandomState", "SeedSequence")
_MAKERS = frozenset({"RandomState", "MT19937"})


class _Global(Generator):
    name = NAME

    def __init__(self, module: Any) -> None:
        self._get, self._set = module.get_state, module.set_state
        self._mtrand: Any = sys.modules.get("numpy.random.mtrand")

    def read(self) -> Any:
        state = self._get(legacy=False)
        if state["bit_generator"] != _MERSENNE:  # somebody has called set_bit_generator
            return repr(state)
        inner = state["state"]
        return inner["key"].astype("<u4", copy=False).tobytes(), inner["pos"], state["has_gauss"], state["gauss"]

    def is_still(self, state: Any) -> bool:
        """Compares memory where it can: to ask numpy for the state takes 100 times as long.

        The half of a pair of normal numbers that was not drawn yet is kept elsewhere; to draw it, if there is none,
        draws from the generator.
        """
        if isinstance(state, str) or state[2] or (memory := self._memory()) is None:
            return bool(self.read() == state)
        return memory == (state[0], state[1])

    def just_seeded(self) -> Any:
        memory = self._memory()
        return self.read() if memory is None else (*memory, 0, 0.0)

    def _memory(self) -> tuple[bytes, int] | None:
        """The words and the position of the Mersenne twister, as numpy keeps them; None where that is not known."""
        generator: Any = getattr(getattr(self._mtrand, "_rand", None), "_bit_generator", None)
        if type(generator).__name__ != _MERSENNE or sys.byteorder != "little":
            return None
        memory = ctypes.string_at(generator.ctypes.state_address, _WORDS + 4)
        return memory[:_WORDS], int.from_bytes(memory[_WORDS:], "little", signed=True)

    def pack(self, state: Any) -> State:
        return State(b"", state) if isinstance(state, str) else State(state[0], list(state[1:]))

    def put(self, state: State) -> None:
        if not state.block:
            raise ValueError("the state of numpy's global generator is not that of a Mersenne twister")
        key = sys.modules["numpy"].frombuffer(state.block, dtype="<u4")
        self._set((_MERSENNE, key, *state.rest))


class Numpy(Library):
    modules = (NAME,)
    seeder = ("numpy", "random.seed")
    generators: ClassVar[dict[str, str]] = {NAME: "numpy's global generator"}
    advised: ClassVar[dict[str, Advice]] = {
        NAME: Advice("Set a seed before the first draw.", "np.random.seed(0)"),
        MADE: Advice("Give the generator a seed.", "np.random.default_rng(0)"),
    }

    def imported(self, module: ModuleType) -> None:
        self._reseeding = False
        self._notes.states.add(_Global(module))
        self._wrap_state(module, "get_state", "set_state", NAME)
        inner = ((sys.modules["numpy.random.mtrand"], "seed"),) if "numpy.random.mtrand" in sys.modules else ()
        self._wrap_seed(module, "seed", "numpy.random.seed", NAME, instead=self._reseed, aliases=inner)
        self._wrap(module, "default_rng", self._generator_made, call="numpy.random.default_rng")
        if door := sys.modules.get("numpy.random.bit_generator"):
            self._wrap(door, "randbits", instead=self._entropy, all=math.inf)

    def _reseed(self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The global generator is seeded; if without a value, the entropy that it takes next makes no other one."""
        self._reseeding = seed_of(args, kwargs) is None

    def _generator_made(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> bool:
        value = args[0] if args else kwargs.get("seed")
        passed_on = any(name_of(kind) in _PASSED_ON for kind in type(value).__mro__)
        seeded = value is not None and not passed_on and self._notes.frames.is_own(frame)
        if seeded:
            self._notes.seed("numpy.random.default_rng", value, frame)
        return seeded

    def _entropy(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """numpy takes fresh entropy: some generator is made without a seed.

        `RandomState(seed)` takes some too and throws it away, and generators that a library makes for itself
        when it is imported are none of the cell's doing.
        """
        frames = self._notes.frames
        seed = None if frame.f_code.co_filename == wrapped_in() else argument_at(frame)
        if seed is not None:
            self._state_made(frame, seed)
            return None
        if frames.nearest_own(frame) is None:
            return None
        door = self._notes.door(NAME, frame)
        played = self._notes.doors.played(door)
        value = original(*args, **kwargs) if played is None else int(played, 16)
        self._notes.doors.note(door, f"{value:x}")
        if not self._reseeding:
            self._notes.unseeded(MADE, frame)
        self._reseeding = False
        return lambda: value

    def _state_made(self, frame: FrameType, seed: Any) -> None:
        """`RandomState(seed)` was called: by a frame that is own, if it is to be told of."""
        if self._notes.frames.is_own(frame):
            call = self._notes.frames.call_at(frame, _MAKERS).rpartition(".")[2]
            if call == "RandomState":
                value = "not known" if seed is UNKNOWN else None
                self._notes.seed("numpy.random.RandomState", seed, frame, shown=value)
