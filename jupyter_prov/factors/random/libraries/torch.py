"""PyTorch's global generators: the CPU's, and those of all CUDA devices.

Both start from fresh entropy of the system, unlike `torch.Generator()`, which starts from a constant.
"""

from __future__ import annotations

import ctypes
import functools
import struct
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.generator import Generator, State
from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import module_of

CPU, CUDA = "torch", "torch.cuda"
_HEAD, _TAIL = 24, 24 + 624 * 8
"""Where the block of the CPU's state begins and ends: `THGeneratorState`, which PyTorch keeps for compatibility."""
_LONG, _WORDS = struct.Struct("<624Q"), struct.Struct("<624I")
"""The block as it is there, and as it is kept: half of it is zeros."""
_SEED = 8
"""Bytes of a CUDA state that hold its seed; the offset follows."""


class _Cpu(Generator):
    name = CPU

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._get, self._set = torch.get_rng_state, torch.set_rng_state

    def read(self) -> Any:
        return _bytes(self._get())

    def pack(self, state: Any) -> State:
        block = _WORDS.pack(*_LONG.unpack(state[_HEAD:_TAIL]))
        return State(block, [state[:_HEAD].hex(), state[_TAIL:].hex()])

    def put(self, state: State) -> None:
        head, tail = (bytes.fromhex(part) for part in state.rest)
        block = _LONG.pack(*_WORDS.unpack(state.block))
        self._set(_tensor(self._torch, head + block + tail))


class _Cuda(Generator):
    """The generators of all CUDA devices, as one; there once PyTorch has begun to use CUDA."""

    name = CUDA

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._get, self._set = torch.cuda.get_rng_state, torch.cuda.set_rng_state

    def read(self) -> Any:
        cuda = self._torch.cuda
        if not cuda.is_initialized() or cuda._is_in_bad_fork():
            return None
        return tuple(_bytes(self._get(device)) for device in range(cuda.device_count()))

    def first(self, state: Any) -> Any:
        """They count from 0, and tell the seed with the count."""
        return tuple(one[:_SEED] + bytes(len(one) - _SEED) for one in state)

    def pack(self, state: Any) -> State:
        return State(b"", [one.hex() for one in state])

    def put(self, state: State) -> None:
        for device, one in enumerate(state.rest[: self._torch.cuda.device_count()]):
            self._set(_tensor(self._torch, bytes.fromhex(one)), device)  # waits where CUDA is not in use yet


class Torch(Library):
    modules = (CPU,)
    seeder = (CPU, "manual_seed")
    generators: ClassVar[dict[str, str]] = {
        CPU: "PyTorch's global generator",
        CUDA: "PyTorch's global generator on CUDA",
    }
    advised: ClassVar[dict[str, Advice]] = {
        CPU: Advice("Set a seed before the first draw.", "torch.manual_seed(0)"),
        CUDA: Advice("Set a seed before the first draw.", "torch.cuda.manual_seed_all(0)"),
    }

    inner = frozenset({"torch.random", "torch.cuda.random"})

    def imported(self, module: ModuleType) -> None:
        torch: Any = module
        self._notes.states.add(_Cpu(torch))
        self._notes.states.add(_Cuda(torch))
        self._manual_seed = torch.manual_seed
        for owner in (torch, torch.random):
            self._wrap_seed(owner, "manual_seed", "torch.manual_seed", CPU, CUDA)
            self._wrap_state(owner, "get_rng_state", "set_rng_state", CPU)
            self._wrap_reseed(owner, "seed", "torch.seed", CPU, CUDA)
        for owner in (torch.cuda, sys.modules.get("torch.cuda.random")):
            if owner is not None:
                for name in ("manual_seed", "manual_seed_all"):
                    self._wrap_seed(owner, name, f"torch.cuda.{name}", CUDA)
                for name in ("seed", "seed_all"):
                    self._wrap_reseed(owner, name, f"torch.cuda.{name}", CUDA)

    def _wrap_reseed(self, owner: Any, name: str, call: str, *generators: str) -> None:
        """Note a call that seeds these generators anew; `torch.seed` says with what, so that it can be played back."""
        states = self._notes.states

        def after(frame: FrameType, *_: Any) -> bool:
            for generator in generators:
                states.seeded(generator, False)
            if module_of(frame) not in self.inner:
                self._notes.unseeded(f"{call}()", frame)
            return True

        instead = self._seed_anew if CPU in generators else None
        self._wrap(owner, name, after, before=lambda *_: states.look(*generators), instead=instead, call=call)

    def _seed_anew(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any]:
        played = self._notes.doors.played("torch.seed")
        value = original() if played is None else self._reseeded(int(played, 16))
        self._notes.doors.note("torch.seed", f"{value:x}")
        return functools.partial(int, value)

    def _reseeded(self, seed: int) -> int:
        self._manual_seed(seed)
        return seed


def _bytes(tensor: Any) -> bytes:
    """The content of a tensor of bytes; numpy need not be there."""
    return ctypes.string_at(tensor.data_ptr(), tensor.numel())


def _tensor(torch: Any, data: bytes) -> Any:
    return torch.tensor(list(data), dtype=torch.uint8)
