"""Randomness: global generators by their state before and after, seeding calls, unseeded generators, ids, keys.

Evidence, all of it optional:

    draws     [{generator, seeded, before, after, line, state: {block, rest}}]
    seeds     [{call, value, line, generator, module: {path, line}}]
    unseeded  [{call, line, count}]
    system    [{call, line, count}]: what may be a key, never with its value
    entropy   {door: [value]}: what unseeded generators and ids were made of, in order
    blocks    {fingerprint: base64}: the large parts of states, each once in a session
    more      [call]: what was called so often in the execution that it was let go, so that later calls are not known

A draw that leaves the state as it was is none: somebody kept the state, to put it back later.
`before` and `after` are short digests, enough to tell two runs apart; `state` and `entropy` are played back. Each
library has a file of its own in `libraries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jupyter_prov.analysis.dataflow import Step, source_of, whole_spread
from jupyter_prov.factors.base import Factor, Plan, Planned, evidence_of
from jupyter_prov.factors.random.generator_states import played_states
from jupyter_prov.factors.random.libraries import LIBRARIES
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.evidence import CallEvidence, DrawEvidence, RandomEvidence
from jupyter_prov.record.model import Session

_DRAWING = frozenset("sample shuffle rvs fit fit_transform fit_predict resample split choice permutation".split())
"""Methods of libraries that draw from the generator of numpy."""
_GENERATORS = {name: told for library in LIBRARIES for name, told in library.generators.items()}
_ADVISED = {subject: advice for library in LIBRARIES for subject, advice in library.advised.items()}
_SYSTEM = "system"
"""The subject of what may be a key, of which no value is recorded."""
_LET_GO = "was called so often that the later calls are not known, and the randomness of this cell is not played back"
_RANDOM_BY_NATURE = ("uuid.", "the name of ")


def _describe_call(call: str) -> str:
    """What a call in `unseeded` did."""
    if call.startswith(_RANDOM_BY_NATURE):
        return f"{call} is random"
    if call.rpartition(".")[2].startswith("seed"):
        return f"{call} took its seed from the system"
    return f"{call} {'drew' if call.endswith('operation') else 'was made'} without a seed"


class Random(Factor):
    """Explains, replays and pins what was drawn."""

    kind = "random"
    replays = pins = True

    def replay(self, plan: Plan) -> None:
        for planned in plan.planned:
            if planned.recorded is not None and not planned.recorded.evidence.get("random", {}).get("more"):
                played = _played(planned, self.kind)
                if played:
                    planned.played.setdefault(self.kind, {}).update(played)

    def pin(self, plan: Plan, constant: str = "jupyter-prov") -> None:
        """Have what the re-run takes from the system's entropy derived from this constant."""
        for planned in plan.planned:
            planned.played.setdefault(self.kind, {})["pin"] = constant

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there, here = evidence_of(recorded).get("random", {}), evidence_of(rerun).get("random", {})
        both = bool(recorded and rerun)
        if not both:
            there = here = there or here
        step = recorded or rerun
        playable = not there.get("more")
        for draw in _unseeded_draws(there) or _unseeded_draws(here):
            line = draw.get("line")
            yield Suspicion(
                self.kind,
                f"{_GENERATORS.get(draw['generator'], draw['generator'])} was drawn from without a seed",
                line=line or (_likely_line(step, draw["generator"]) if step else None),
                changed=both and _states(there) != _states(here),
                names=None if line or not step else whole_spread(step),  # other statements may have drawn as well
                subject=draw["generator"],
                playable=playable,
            )
        same = "entropy" in there and there["entropy"] == here.get("entropy")
        for made in there.get("unseeded") or here.get("unseeded", ()):
            yield self._made(made, _describe_call(made["call"]), both and not same, made["call"], playable)
        for taken in there.get("system") or here.get("system", ()):
            yield self._made(taken, f"{taken['call']} took entropy from the system", both, _SYSTEM, playable=False)
        for call in there.get("more", ()):
            yield Suspicion(self.kind, f"{call} {_LET_GO}", changed=False, subject=call, playable=False)

    def _made(self, made: CallEvidence, told: str, changed: bool, subject: str, playable: bool) -> Suspicion:
        return Suspicion(self.kind, told, made.get("line"), changed=changed, subject=subject, playable=playable)

    def advice(self, suspicion: Suspicion) -> Advice:
        subject = suspicion.subject
        if subject.startswith("uuid"):
            subject = "uuid"
        by_seeding = subject.removesuffix("()").rpartition(".")[0]  # `random.seed()` is about `random`
        return _ADVISED.get(subject) or _ADVISED.get(by_seeding) or Advice("Give the generator a seed.")


def _likely_line(step: Step, generator: str) -> int | None:
    """The first statement that looks as if it drew from a global generator, by what it is written with."""
    library, _, of_module = generator.partition(".")
    own = {name for name in step.uses | step.imports if source_of(step, name) == library}
    drawing = {of_module} if of_module else set()
    by_name = (part for part in step.statements if part.uses & own and (not drawing or part.attributes & drawing))
    by_call = (part for part in step.statements if part.attributes & _DRAWING)
    return next((part.first for part in (*by_name, *by_call)), None)


def _played(planned: Planned, kind: str) -> dict[str, Any]:
    """What is known of the randomness of a recorded execution, for the kernel part to play back."""
    assert planned.recorded is not None
    noted = planned.recorded.evidence.get("random", {})
    blocks = dict(_blocks(planned.session, kind)) | noted.get("blocks", {})
    played = {"states": played_states(noted.get("draws", ()), blocks), "entropy": noted.get("entropy")}
    return {key: value for key, value in played.items() if value}


def _blocks(session: Session | None, kind: str) -> Iterator[tuple[str, str]]:
    """The blocks of states that a session keeps."""
    for execution in session.executions if session else ():
        yield from execution.evidence.get("random", {}).get("blocks", {}).items()


def _unseeded_draws(noted: RandomEvidence) -> list[DrawEvidence]:
    """Draws without a seed; a state that was only kept is none."""
    return [draw for draw in noted.get("draws", ()) if not draw["seeded"] and draw.get("before") != draw.get("after")]


def _states(noted: RandomEvidence) -> list[tuple[str | None, ...]]:
    """What two runs must share to have drawn the same."""
    return [(draw["generator"], draw.get("before"), draw.get("after")) for draw in _unseeded_draws(noted)]
