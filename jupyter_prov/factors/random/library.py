"""The face that each library of generators shows, and that of a generator whose state can be read."""

from __future__ import annotations

import numbers
import operator
import re
import sys
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from blake3 import blake3

from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.frames import module_of

if TYPE_CHECKING:
    from jupyter_prov.factors.random.notes import Notes
    from jupyter_prov.watch.patches import Aliases, Instead, Note

_NAME, _MODULE = (vars(type)[name] for name in ("__name__", "__module__"))
_NUMERIC = ("numpy", "fractions", "decimal")
"""Modules whose classes of numbers are asked for their value."""
_PLAIN = re.compile(r"[\s\d,.+\-eE()\[\]]*")


@dataclass(frozen=True)
class State:
    """What is kept of a generator's state: a large block that changes seldom, and the rest, which is JSON."""

    block: bytes
    rest: Any

    @property
    def fingerprint(self) -> str:
        """A short digest, enough to tell two states apart."""
        return fingerprint(self.block + repr(self.rest).encode())


class Generator:
    """A global generator, from which anybody may draw."""

    name: str
    """As the record writes it."""

    def read(self) -> Any:
        """Its state, to be compared by ==; None while the library has not made it yet."""
        raise NotImplementedError

    def is_still(self, state: Any) -> bool:
        """Whether it has this state, which `read` gave, still."""
        return bool(self.read() == state)

    def just_seeded(self) -> Any:
        """Its state when it was seeded right before."""
        return self.read()

    def first(self, state: Any) -> Any:
        """The state that it was made with, where a later one tells it."""
        return None

    def pack(self, state: Any) -> State:
        """What `read` gave as the record keeps it."""
        raise NotImplementedError

    def put(self, state: State) -> None:
        """Set it to such a state."""
        raise NotImplementedError


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


def seed_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The seed among the arguments of a call."""
    return args[0] if args else kwargs.get("seed", kwargs.get("a"))


def name_of(kind: type) -> str:
    """The name of a class, whatever its metaclass makes of it."""
    return str(_NAME.__get__(kind))


def fingerprint(data: bytes) -> str:
    """A short digest."""
    return str(blake3(data).hexdigest(length=8))


def shown(value: Any) -> str:
    """A seed as it is written in the record: numbers as they are, all else by digest, for a text may be a secret.

    No code of a class of the notebook's own is called for it.
    """
    kind = type(value)
    for known in (int, float):
        if issubclass(kind, known):
            return _short(known.__repr__(value))
    for text_kind in (str, bytes, bytearray):
        if issubclass(kind, text_kind):
            return f"{name_of(kind)} {fingerprint(text_kind.__repr__(value).encode())}"
    if _MODULE.__get__(kind) in _NUMERIC and issubclass(kind, numbers.Real):
        return _short(repr(int(value)) if issubclass(kind, numbers.Integral) else repr(float(value)))
    if _is_plain(value) and len(value) <= 20:
        text = repr(value)
        return text if len(text) <= 80 and _PLAIN.fullmatch(text) else name_of(kind)
    return name_of(kind)


def _is_plain(value: Any) -> bool:
    """Whether this is a list or tuple of Python's own, as is all that is in it."""
    kind = type(value)
    if not (kind is list or kind is tuple):
        return False
    return all(any(type(one) is number for number in (int, float, bool)) or _is_plain(one) for one in value[:21])


def _short(text: str) -> str:
    return text if len(text) <= 80 else fingerprint(text.encode())
