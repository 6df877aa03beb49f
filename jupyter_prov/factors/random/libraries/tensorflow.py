"""TensorFlow's generators: the global `tf.random.Generator`, and the operations that take a seed or none.

An operation without a seed draws entropy in C++, once for each of its kernels. To give it a seed of ours instead
would make a kernel for each call, write seeds into saved graphs, and change operations that have a seed of their
own. So these draws are noted, and cannot be played back; where entropy is pinned, they get seeds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.generator import Generator, State
from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice

NAME = "tensorflow"
OPERATION = "a TensorFlow operation"
_GENERATORS = "tensorflow.python.ops.stateful_random_ops"
_SEEDS = "tensorflow.python.framework.random_seed"
_BLIND = (
    "TensorFlow drew without a seed: its operations take their entropy where it cannot be seen, so these draws "
    "cannot be played back."
)


class _Global(Generator):
    name = NAME

    def __init__(self, module: Any) -> None:
        self._module = module

    def read(self) -> Any:
        generator = self._module.global_generator
        return None if generator is None else tuple(generator.state.numpy().tolist())

    def pack(self, state: Any) -> State:
        return State(b"", list(state))

    def put(self, state: State) -> None:
        if self._module.global_generator is None:
            self._module.get_global_generator()
        self._module.global_generator.state.assign(state.rest)


class Tensorflow(Library):
    modules = (NAME,)
    seeder = (NAME, "random.set_seed")
    generators: ClassVar[dict[str, str]] = {NAME: "TensorFlow's global generator"}
    advised: ClassVar[dict[str, Advice]] = {
        NAME: Advice("Set a seed before the first draw.", "tf.random.set_seed(0)"),
        OPERATION: Advice("Set a seed before the first draw.", "tf.random.set_seed(0)"),
        "a TensorFlow generator": Advice("Give the generator a seed.", "tf.random.Generator.from_seed(0)"),
    }

    def imported(self, module: ModuleType) -> None:
        self._tensorflow: Any = module
        if generators := sys.modules.get(_GENERATORS):
            self._notes.states.add(_Global(generators))
            self._wrap(generators, "non_deterministic_ints", instead=self._entropy, call="a TensorFlow generator")
        if seeds := sys.modules.get(_SEEDS):
            self._wrap(seeds, "get_seed", self._operation, instead=self._pinned, call=OPERATION)
            self._wrap_seed(seeds, "set_random_seed", "tensorflow.random.set_seed", NAME)

    def _entropy(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """A generator is made from entropy; within a graph it is made anew whenever that runs."""
        if not self._tensorflow.executing_eagerly() or self._notes.frames.nearest_own(frame) is None:
            return None
        played = self._notes.doors.played(NAME)
        value = original(*args, **kwargs)
        if played is not None:
            words = [int(word) for word in played.split()]
            value = self._tensorflow.constant(words, dtype=value.dtype, shape=value.shape)
        self._notes.doors.note(NAME, " ".join(str(word) for word in value.numpy().ravel().tolist()))
        self._notes.unseeded("a TensorFlow generator", frame)
        return lambda: value

    def _operation(self, frame: FrameType, _: Any, __: Any, seeds: tuple[Any, Any]) -> None:
        """An operation asked for its seeds, and has none."""
        if seeds == (None, None) and self._notes.frames.nearest_own(frame) is not None:
            self._notes.unseeded(OPERATION, frame)
            self._notes.guard.note(_BLIND)

    def _pinned(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        if not self._notes.doors.pinning or self._notes.frames.nearest_own(frame) is None:
            return None
        seeds = original(*args, **kwargs)
        pinned = self._notes.doors.pinned(8) if seeds == (None, None) else None
        if pinned is None:
            return lambda: seeds
        self._operation(frame, args, kwargs, seeds)
        return lambda: (int.from_bytes(pinned[:4], "little") >> 1, 1 + pinned[4])
