"""Randomness: global generators by their state before and after, seeding calls, unseeded generators.

Evidence: {"draws": [{generator, seeded, before, after}], "seeds": [{call, value, line, generator}],
"unseeded": [{call, line, entropy}]}. States and entropy are short digests, enough to tell two runs apart.
"""

from __future__ import annotations

import functools
import random
import sys
import uuid
from collections.abc import Callable, Iterable
from types import FrameType, ModuleType
from typing import Any

from blake3 import blake3

from jupyter_prov.factors.base import Cell, Factor, Watch, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch.frames import called_with_value, importing
from jupyter_prov.watch.imports import AroundImports, Imported
from jupyter_prov.watch.patches import Note, Patches, wrapped_in

STDLIB, NUMPY = "random", "numpy.random"
_NAMES = {STDLIB: "Python's global generator", NUMPY: "numpy's global generator"}
_LIMIT = 200
"""Seeding calls and unseeded generators noted per execution."""


def _numpy_state(get_state: Callable[[], Any]) -> tuple[Any, ...]:
    state = get_state()
    return (*state[:1], state[1].tobytes(), *state[2:])


def _fingerprint(state: Any) -> str:
    return str(blake3(repr(state).encode()).hexdigest(length=8))


class Random(Factor):
    """Notes who drew from which generator, and whether a seed had been set."""

    kind = "random"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._states: dict[str, Callable[[], Any]] = {STDLIB: random.getstate}
        self._seen: dict[str, Any] = {STDLIB: random.getstate()}
        self._seeded = {STDLIB: False, NUMPY: False}
        self._kept: dict[str, bool] = {}
        """Fingerprints of states that somebody keeps to put them back, and whether they come from a seed."""
        self._clear()
        self._patches = Patches(watch.wall)
        self._patches.wrap(random, "seed", self._seed_stdlib, before=self._before_seed_stdlib)
        self._patches.wrap(random, "getstate", self._state_kept(STDLIB))
        self._patches.wrap(random, "setstate", self._state_set(STDLIB, "random.setstate"), self._before_seed_stdlib)
        self._patches.wrap(random.Random, "seed", self._instance_seeded)
        self._patches.wrap(uuid, "uuid1", self._uuid)
        self._patches.wrap(uuid, "uuid4", self._uuid)
        self._imported = Imported(watch.wall, {"numpy.random": self._numpy})
        self._around = AroundImports(watch.wall, self._look, self._pass_over)

    def unload(self) -> None:
        self._around.stop()
        self._imported.stop()
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._imported.late()
        self._clear()
        self._pass_over()

    def after(self, cell: Cell) -> Evidence | None:
        self._look()
        noted = {"draws": self._draws, "seeds": self._seeds, "unseeded": self._unseeded}
        return {key: value for key, value in noted.items() if value} or None

    def _clear(self) -> None:
        self._draws: list[Evidence] = []
        self._seeds: list[Evidence] = []
        self._unseeded: list[Evidence] = []

    def _look(self) -> None:
        """Note the draws since we last looked."""
        for generator in list(self._states):
            self._drawn(generator)

    def _pass_over(self) -> None:
        """Leave out what was drawn since we last looked: between cells, or by a library for its own import."""
        for generator, state in list(self._states.items()):
            self._seen[generator] = state()

    def _drawn(self, generator: str) -> None:
        """Note a draw if the generator's state is no longer what it was when we last looked."""
        now, before = self._states[generator](), self._seen.get(generator)
        if before is not None and now is not None and now != before:
            seeded = self._seeded[generator]
            noted = {"generator": generator, "seeded": seeded}
            self._note(self._draws, {**noted, "before": _fingerprint(before), "after": _fingerprint(now)})
        self._seen[generator] = now

    def _numpy(self, module: ModuleType) -> None:
        self._states[NUMPY] = functools.partial(_numpy_state, module.get_state)
        self._seen[NUMPY] = self._states[NUMPY]()
        set_state = self._state_set(NUMPY, "numpy.random.set_state")
        self._patches.wrap(module, "seed", self._seed_numpy, before=self._before_seed_numpy)
        self._patches.wrap(module, "get_state", self._state_kept(NUMPY))
        self._patches.wrap(module, "set_state", set_state, before=self._before_seed_numpy)
        self._patches.wrap(module, "default_rng", self._generator_made)
        if bit_generator := sys.modules.get("numpy.random.bit_generator"):
            self._patches.wrap(bit_generator, "randbits", self._entropy)

    def _before_seed_stdlib(self, *_: Any) -> None:
        self._drawn(STDLIB)

    def _before_seed_numpy(self, *_: Any) -> None:
        self._drawn(NUMPY)

    def _seed_stdlib(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self._seed(STDLIB, "random.seed", frame, args, kwargs)

    def _seed_numpy(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        self._seed(NUMPY, "numpy.random.seed", frame, args, kwargs)

    def _seed(self, generator: str, call: str, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value = args[0] if args else next(iter(kwargs.values()), None)
        self._seen[generator] = self._states[generator]()
        self._seeded[generator] = value is not None
        if value is None:
            self._note(self._unseeded, {"call": f"{call}()", "line": self._line(frame)})
        else:
            noted = {"call": call, "value": _shown(value), "line": self._line(frame), "generator": generator}
            self._note(self._seeds, noted)

    def _state_kept(self, generator: str) -> Note:
        def note(*_: Any) -> None:
            state = _fingerprint(self._states[generator]())
            self._kept.pop(state, None)
            self._kept[state] = self._seeded[generator]
            if len(self._kept) > _LIMIT:
                del self._kept[next(iter(self._kept))]

        return note

    def _state_set(self, generator: str, call: str) -> Note:
        """A state was put in: one that was kept is as it was, and one from elsewhere is a seed."""

        def note(frame: FrameType, *_: Any) -> None:
            self._seen[generator] = self._states[generator]()
            state = _fingerprint(self._seen[generator])
            self._seeded[generator] = self._kept.get(state, True)
            if self._seeded[generator]:
                noted = {"call": call, "value": state, "line": self._line(frame), "generator": generator}
                self._note(self._seeds, noted)

        return note

    def _instance_seeded(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """A generator object was made or seeded; `Random()` seeds itself from within `__init__`."""
        made = caller_of_init(frame)
        if made is None or not self._watch.frames.is_own(made) or isinstance(args[0], random.SystemRandom):
            return
        value = args[1] if len(args) > 1 else kwargs.get("a")
        if value is None:
            self._note(self._unseeded, {"call": "random.Random()", "line": self._line(made)})
        else:
            self._note(self._seeds, {"call": "random.Random", "value": _shown(value), "line": self._line(made)})

    def _generator_made(self, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        value = args[0] if args else kwargs.get("seed")
        passed_on = type(value).__name__ in ("Generator", "BitGenerator", "RandomState")
        if value is not None and not passed_on and self._watch.frames.is_own(frame):
            noted = {"call": "numpy.random.default_rng", "value": _shown(value), "line": self._line(frame)}
            self._note(self._seeds, noted)

    def _entropy(self, frame: FrameType, _: Any, __: Any, value: int) -> None:
        """numpy took fresh entropy: some generator was made without a seed.

        `RandomState(seed)` takes some too and throws it away, and generators that a library makes for itself
        when it is imported are none of the cell's doing.
        """
        ours = frame.f_code.co_filename == wrapped_in()
        if importing(frame) or (not ours and called_with_value(frame)):
            return
        entropy = str(blake3(str(value).encode()).hexdigest(length=8))
        self._note(self._unseeded, {"call": "a numpy generator", "line": self._line(frame), "entropy": entropy})

    def _uuid(self, frame: FrameType, _: Any, __: Any, value: uuid.UUID) -> None:
        if self._watch.frames.is_own(frame):
            entropy = str(blake3(value.bytes).hexdigest(length=8))
            call = f"uuid.uuid{value.version}()"
            self._note(self._unseeded, {"call": call, "line": self._line(frame), "entropy": entropy})

    def _line(self, frame: FrameType | None) -> int | None:
        return self._watch.frames.cell_line(frame)

    @staticmethod
    def _note(notes: list[Evidence], noted: Evidence) -> None:
        if len(notes) < _LIMIT:
            notes.append(noted)

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there, here = evidence_of(recorded, self.kind), evidence_of(rerun, self.kind)
        both = bool(recorded and rerun)
        if not both:
            there = here = there or here
        for draw in _unseeded_draws(there) or _unseeded_draws(here):
            name = _NAMES.get(draw["generator"], draw["generator"])
            changed = both and _unseeded_draws(there) != _unseeded_draws(here)
            yield Suspicion(
                self.kind,
                f"{name} was drawn from without a seed",
                changed=changed,
                subject=draw["generator"],
            )
        for made in there.get("unseeded") or here.get("unseeded", ()):
            yield Suspicion(
                self.kind,
                f"{made['call']} was made without a seed"
                if "uuid" not in made["call"]
                else f"{made['call']} is random",
                line=made.get("line"),
                changed=both,
                subject=made["call"],
            )

    def advice(self, suspicion: Suspicion) -> Advice:
        seeds = {STDLIB: "random.seed(0)", NUMPY: "np.random.seed(0)"}
        if suspicion.subject in seeds:
            return Advice("Set a seed before the first draw.", seeds[suspicion.subject])
        if "numpy" in suspicion.subject:
            return Advice("Give the generator a seed.", "np.random.default_rng(0)")
        if "uuid" in suspicion.subject:
            return Advice("Derive the id from the data, for example by uuid.uuid5, or keep it out of outputs.")
        return Advice("Give the generator a seed.", "random.Random(0)")


def caller_of_init(frame: FrameType | None) -> FrameType | None:
    """The frame that made a `random.Random`, past the `__init__` of the class and its subclasses."""
    while frame is not None and frame.f_code.co_name in ("__init__", "__new__"):
        frame = frame.f_back
    return frame


def _unseeded_draws(noted: Evidence) -> list[Evidence]:
    return [draw for draw in noted.get("draws", ()) if not draw["seeded"]]


def _shown(value: Any) -> str:
    """A seed as it is written in the record: numbers as they are, all else by digest, for a text may be a secret."""
    if isinstance(value, int | float):
        text = repr(value)
        return text if len(text) <= 80 else _fingerprint(text)
    if isinstance(value, str | bytes | bytearray):
        return f"{type(value).__name__} {_fingerprint(value)}"
    return type(value).__name__
