"""Global generators by their state: who drew, whether a seed had been set, and what puts the state back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from jupyter_prov.factors.random.generator import Generator, State
from jupyter_prov.record.evidence import DrawEvidence, StateEvidence
from jupyter_prov.watch.guard import Guard

LIMIT = 1000
"""States that are kept in full in a session."""
_KEPT = 200

Played = dict[str, list[dict[str, Any]]]
"""For each generator the states at which the recorded execution began to draw, in their order: `after`, the
fingerprint of the state that it had left (None for the first), `block` and `rest`."""


class States:
    """The global generators of all libraries, looked at between whatever changes them."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._generators: dict[str, Generator] = {}
        self._seen: dict[str, Any] = {}
        self._seeded: dict[str, bool] = {}
        self._open: dict[str, bool] = {}
        """Whether it has a state that running the same code again would not lead to."""
        self._kept: dict[str, bool] = {}
        """Fingerprints of states that somebody keeps to put them back, and whether they come from a seed."""
        self._known: set[str] = set()
        """Fingerprints of the blocks that the record has."""
        self.begin(None, {})

    def add(self, generator: Generator) -> None:
        """Look at one more generator from now on."""
        name = generator.name
        self._generators[name] = generator
        self._seeded.setdefault(name, False)
        self._play(name, None)
        self._restart(name)
        if self._importing is not None:
            self._importing[name] = self._seen[name]

    def begin(self, line: int | None, played: Played) -> None:
        """A cell is about to run; `line` is where it draws, if only one statement can."""
        self.draws: list[DrawEvidence] = []
        self.blocks: dict[str, str] = {}
        self._line = line
        self._played = played
        self._importing: dict[str, Any] | None = None
        for name in self._generators:
            self._play(name, None)
            self._restart(name)

    def look(self, *names: str) -> None:
        """Note the draws since we last looked, by default from all generators."""
        for name in names or tuple(self._generators):
            if name in self._generators:
                self._drawn(name)

    def before_import(self) -> None:
        """A library is about to be imported, and what it draws for that is nobody's doing."""
        self.look()
        self._importing = dict(self._seen)

    def after_import(self) -> None:
        """It has been imported; where states are played back, what it drew is undone."""
        before, self._importing = self._importing or {}, None
        for name, generator in tuple(self._generators.items()):
            seen = before.get(name)
            if name in self._played and seen is not None:
                was = generator.pack(seen)
                if not self._play(name, was.fingerprint) and not generator.is_still(seen):
                    generator.put(was)
            if not generator.is_still(self._seen[name]):
                self._restart(name)

    def seeded(self, name: str, yes: bool) -> None:
        """A generator has just got a seed, or entropy in place of one."""
        self._set(name, yes)
        if name in self._generators:
            self._seen[name] = self._generators[name].just_seeded()

    def _set(self, name: str, seeded: bool) -> None:
        self._seeded[name] = seeded
        if name in self._generators:
            self._open[name] = False

    def keep(self, name: str) -> None:
        """Somebody has asked for the state of a generator, perhaps to put it back."""
        self.look(name)
        packed = self._packed(name)
        state = packed.fingerprint
        if self._open[name] and not self._seeded[name]:
            self._note(name, packed, state)
            self._open[name] = False
        self._kept.pop(state, None)
        self._kept[state] = self._seeded[name]
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def put_in(self, name: str) -> str | None:
        """A state was put in: one that was kept is as it was, and one from elsewhere is a seed, and returned."""
        self._seen[name] = self._generators[name].read()
        state = self._packed(name).fingerprint
        self._set(name, self._kept.get(state, True))
        return state if self._seeded[name] else None

    def _packed(self, name: str) -> State:
        generator = self._generators[name]
        return generator.pack(generator.read())

    def _restart(self, name: str) -> None:
        if name not in self._seen or not self._generators[name].is_still(self._seen[name]):
            self._seen[name] = self._generators[name].read()
        self._open[name] = True

    def _drawn(self, name: str) -> None:
        """Note a draw if the generator's state is no longer what it was when we last looked."""
        generator, seen = self._generators[name], self._seen[name]
        if generator.is_still(seen):
            return
        now = self._seen[name] = generator.read()
        before = seen if seen is not None else generator.first(now)
        if now is not None and before is not None and before != now:
            self._note(name, generator.pack(before), generator.pack(now).fingerprint)
        self._open[name] = False

    def there(self, name: str) -> bool:
        """Whether a generator has been made."""
        return self._seen.get(name) is not None

    def _note(self, name: str, before: State, after: str) -> None:
        """Note a draw, or with `after` equal to `before` that the state was kept, and may be put back anywhere."""
        noted: DrawEvidence = {
            "generator": name,
            "seeded": self._seeded[name],
            "before": before.fingerprint,
            "after": after,
        }
        last = next((draw for draw in reversed(self.draws) if draw["generator"] == name), None)
        if last and last["after"] == noted["before"] and last["seeded"] == noted["seeded"]:
            last["after"] = after
            return
        if self._line is not None:
            noted["line"] = self._line
        if self._open[name] and not self._seeded[name] and (state := self._full(before)) is not None:
            noted["state"] = state
        if len(self.draws) < _KEPT:
            self.draws.append(noted)

    def _full(self, state: State) -> StateEvidence | None:
        """What a record needs to put this state back; its block only where the record does not have it yet."""
        if not state.block:
            return {"rest": state.rest}
        block = State(state.block, None).fingerprint
        if block not in self._known:
            if len(self._known) >= LIMIT:
                self._guard.note(
                    f"Only the first {LIMIT:,} states of generators were kept: what was drawn without a seed later "
                    "in this session cannot be played back."
                )
                return None
            self._known.add(block)
            self.blocks[block] = base64.b64encode(state.block).decode()
        return {"block": block, "rest": state.rest}

    def _play(self, name: str, after: str | None) -> bool:
        """Put the recorded state into a generator, if there is one for where it stands now."""
        for state in self._played.get(name, ()):
            if state["after"] == after:
                self._guard.attempt(f"playing back {name}", self._put, name, state)
                return True
        return False

    def _put(self, name: str, state: dict[str, Any]) -> None:
        self._generators[name].put(State(base64.b64decode(state.get("block", "")), state["rest"]))
        self._seeded[name] = False


def played_states(draws: Sequence[DrawEvidence], blocks: dict[str, str]) -> Played:
    """What to play back of the draws of one execution; `blocks` are those of its session."""
    found: Played = {}
    last: dict[str, str] = {}
    for draw in draws:
        name, state = draw["generator"], draw.get("state")
        if state is not None and ("block" not in state or state["block"] in blocks):
            packed = {"block": blocks[state["block"]]} if "block" in state else {}
            found.setdefault(name, []).append({"after": last.get(name), "rest": state["rest"], **packed})
        last[name] = draw.get("after", "")
    return found
