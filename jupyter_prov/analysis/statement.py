"""What one statement of a cell does to names, and a whole cell: value objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STAR = "*"
"""Stands for all names of a module."""


@dataclass(frozen=True)
class Effect:
    """The global names that a function uses, and those that it binds or whose objects it changes."""

    uses: frozenset[str]
    changes: frozenset[str]
    hashes: bool = False
    """Whether it makes a set or a hash."""

    def with_also(self, other: Effect) -> Effect:
        """Both effects."""
        return Effect(self.uses | other.uses, self.changes | other.changes, self.hashes or other.hashes)


NONE = Effect(frozenset(), frozenset())


@dataclass(frozen=True)
class Statement:
    """One or several statements of a cell that share lines; lines count from 1, `last` included."""

    first: int
    last: int
    uses: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    """The names among `defines` that an import binds."""
    modules: frozenset[str] = frozenset()
    """Top-level modules that are imported."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """For each name that an import binds, the top-level module that it comes from."""
    deletes: frozenset[str] = frozenset()
    """Names that are left without a value."""
    perhaps: frozenset[str] = frozenset()
    """The names among `defines` that only one branch binds."""
    calls: frozenset[str] = frozenset()
    """The names among `uses` that are read at once, and not when a function is called."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """What the functions defined here do to other names when they are called, by their names."""
    stars: frozenset[str] = frozenset()
    """Modules of which all names are imported."""
    hashes: bool = False
    """Whether a set or a hash is made at once."""
    attributes: frozenset[str] = frozenset()
    """The names of attributes that are used in it."""
    texts: frozenset[str] = frozenset()
    """The short texts that are written in it, some of which may be paths."""


@dataclass
class Names:
    """What a whole cell uses before defining it, defines, changes, deletes, and binds by imports."""

    uses: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
