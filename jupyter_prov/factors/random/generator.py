"""The interface of a global generator whose state can be read, and how states and seeds are written in the record."""

from __future__ import annotations

import numbers
import re
from dataclasses import dataclass
from typing import Any

from blake3 import blake3

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
