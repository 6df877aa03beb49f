"""The interface of a library of generators: what it patches, how it is seeded, and what a report advises."""

from __future__ import annotations

import operator
import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_prov.factors.random.generator import seed_of
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import module_of

if TYPE_CHECKING:
    from jupyter_prov.factors.random.notes import Notes
    from jupyter_prov.watch.hooks import Aliases, Instead, Note


class Library:
    """The generators of one library, its seeding calls, and the doors through which it takes entropy."""

    modules: ClassVar[tuple[str, ...]]
    """It is watched from when these have been imported."""
    generators: ClassVar[dict[str, str]] = {}
    """How a report calls its global generators, by their names."""
    advised: ClassVar[dict[str, Advice]] = {}
    """What makes draws from a generator, or calls in `unseeded` and `system`, the same each time."""

    inner: ClassVar[frozenset[str]] = frozenset()
    """Its own modules that call its seeding functions on somebody's behalf."""

    seeder: ClassVar[tuple[str, str]] = ("", "")
    """The library's own module, and the function in it, with dots, that seeds its global generators with a number."""

    @classmethod
    def seed(cls, value: int) -> bool:
        """Seed its global generators; whether it has any and is loaded."""
        module, function = cls.seeder
        found = sys.modules.get(module)
        if found is None:
            return False
        operator.attrgetter(function)(found)(value)
        return True

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._wrap = notes.patches.wrap

    def imported(self, module: ModuleType) -> None:
        """One of the modules has just been executed."""
        raise NotImplementedError

    def _wrap_seed(
        self,
        owner: Any,
        name: str,
        call: str,
        *generators: str,
        instead: Instead | None = None,
        aliases: Aliases = (),
    ) -> None:
        """Note a call that seeds these global generators; one whose value is None makes them unseeded."""
        look, noted = self._notes.states.look, self._seeding(call, *generators)
        self._wrap(owner, name, noted, lambda *_: look(*generators), instead, call=call, aliases=aliases)

    def _seeding(self, call: str, *generators: str) -> Note:
        """What notes that these global generators have been seeded by such a call."""
        states = self._notes.states

        def after(frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> bool:
            value = seed_of(args, kwargs)
            for generator in generators:
                states.seeded(generator, value is not None)
            if module_of(frame) in self.inner:
                return True
            if value is None:
                self._notes.unseeded(f"{call}()", frame)
                return True
            for generator in generators:
                if generator == generators[0] or states.there(generator):
                    self._notes.seed(call, value, frame, generator)
            return True

        return after

    def _wrap_state(self, owner: Any, get: str, put: str, generator: str, of: Any = None) -> None:
        """Follow a state that is kept and put back; one from elsewhere is a seed.

        `of` is the object whose methods these are, where they are those of a class.
        """
        states = self._notes.states

        def keep(_: FrameType, args: tuple[Any, ...], *__: Any) -> bool:
            mine = of is None or args[0] is of
            if mine:
                states.keep(generator)
            return mine

        def look(_: FrameType, args: tuple[Any, ...], *__: Any) -> None:
            if of is None or args[0] is of:
                states.look(generator)

        def put_in(frame: FrameType, args: tuple[Any, ...], *__: Any) -> bool:
            mine = of is None or args[0] is of
            if mine and (value := states.put_in(generator)):
                self._notes.seed(f"{generator}.{put}", value, frame, generator, shown=value)
            return mine

        self._wrap(owner, get, keep, call=f"{generator}.{get}")
        self._wrap(owner, put, put_in, look, call=f"{generator}.{put}")
