"""Environment: the Python, the platform, the machine, and an allow-list of variables, known once for a session.

Evidence: {"variables": [name], "unset": [name], "calls": [{call, line}], "lines": {name: line}}: the environment
variables that the notebook's or its project's own code read, which of them were not set, and its calls that are
answered by the process or the machine; `more` names what was called so often in the execution that it was let go.
Never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor, evidence_of
from jupyter_prov.factors.environment.env_lookups import PROCESS
from jupyter_prov.record.cause import Advice, Suspicion

VARIABLES = (
    "PYTHONHASHSEED PYTHONUTF8 PYTHONIOENCODING PYTHONOPTIMIZE PYTHONWARNINGS TZ LANG LANGUAGE LC_ALL "
    "LC_CTYPE LC_NUMERIC LC_TIME OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS "
    "NUMEXPR_NUM_THREADS NUMBA_NUM_THREADS NUMBA_DISABLE_JIT MKL_CBWR CUDA_VISIBLE_DEVICES "
    "CUBLAS_WORKSPACE_CONFIG TF_DETERMINISTIC_OPS TF_ENABLE_ONEDNN_OPTS XLA_FLAGS "
    "SOURCE_DATE_EPOCH"
).split()
"""Variables whose values are recorded, and given to the kernel of a re-run; no other value ever is."""
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_COMPARED = ("time_zone", "locale", "encoding", "blas", "threads", "torch", "gpu", "cpu", "container")


class Environment(Factor):
    """Compares what two sessions ran on, and the variables that they read."""

    kind = "environment"

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        """What the cell asked for and got otherwise, and, as a guess for any one cell, where the sessions differ."""
        if recorded is None or rerun is None:
            return
        yield from self._of_variables(recorded, rerun)
        yield from self._of_calls(recorded, rerun)
        for name, old, new in _changes(recorded, rerun):
            yield Suspicion(self.kind, f"{name} was {old} and is {new}", changed=False, subject=name)

    def _of_variables(self, recorded: Step, rerun: Step) -> Iterable[Suspicion]:
        there, here = evidence_of(recorded).get("environment", {}), evidence_of(rerun).get("environment", {})
        for name in there.get("variables", ()):
            changed = _change(name, recorded, rerun)
            text = f"{name} {changed}" if changed else f"{name} was read here, whose value is not recorded"
            if changed is not None or name in here.get("variables", ()):
                line = there.get("lines", {}).get(name)
                yield Suspicion(self.kind, text, line=line, changed=bool(changed), subject=f"variable {name}")

    def _of_calls(self, recorded: Step, rerun: Step) -> Iterable[Suspicion]:
        here = {asked["call"] for asked in evidence_of(rerun).get("environment", {}).get("calls", ())}
        for asked in evidence_of(recorded).get("environment", {}).get("calls", ()):
            if asked["call"] in here:
                process = asked["call"] in PROCESS
                whose = "process, which is another in every run" if process else "machine that it runs on"
                text = f"{asked['call']} tells of the {whose}"
                yield Suspicion(self.kind, text, line=asked.get("line"), changed=process, subject=asked["call"])

    def advice(self, suspicion: Suspicion) -> Advice:
        if suspicion.subject in PROCESS:
            return Advice("Keep what tells of the process out of the output, or tag the cell prov-volatile.")
        kind, _, name = suspicion.subject.partition(" ")
        if kind == "variable":
            return Advice(f"Set {name} as it was when the notebook was recorded, or give the value in the notebook.")
        return Advice("Check on the recorded Python and platform, or record the notebook again on this one.")


def _change(name: str, recorded: Step, rerun: Step) -> str | None:
    """How a variable that a step read is another in the re-run; None where it is set in both or in neither.

    Empty where it cannot be told because its value is not recorded.
    """
    there, here = recorded.session.environment.get("variables", {}), rerun.session.environment.get("variables", {})
    if name in VARIABLES:
        values = f"was {there.get(name, 'not set')} and is {here.get(name, 'not set')}"
        return values if _differ(name, there, here) else None
    was_set = name not in evidence_of(recorded).get("environment", {}).get("unset", ())
    noted = evidence_of(rerun).get("environment", {})
    if name not in noted.get("variables", ()):
        return None
    is_set = name not in noted.get("unset", ())
    if was_set == is_set:
        return "" if was_set else None
    return "was set when the notebook was recorded and is not now" if was_set else "was not set and is now"


def _differ(name: str, there: dict[str, Any], here: dict[str, Any]) -> bool:
    return bool(there.get(name) != here.get(name))


def _changes(recorded: Step, rerun: Step) -> Iterable[tuple[str, str, str]]:
    for field, keys in (("python", ("version", "implementation")), ("platform", ("system", "machine"))):
        there, here = getattr(recorded.session, field), getattr(rerun.session, field)
        for key in keys:
            if there.get(key) != here.get(key) and there.get(key) and here.get(key):
                yield f"{field} {key}", there[key], here[key]
    there, here = recorded.session.environment, rerun.session.environment
    for key in _COMPARED:
        if there.get(key) and here.get(key) and not _agree(there[key], here[key]):
            yield key.replace("_", " "), _describe(there[key]), _describe(here[key])
    there, here = there.get("variables", {}), here.get("variables", {})
    for name in sorted(there.keys() | here.keys()):
        if _differ(name, there, here):
            yield name, there.get(name, "not set"), here.get(name, "not set")


def _agree(one: Any, other: Any) -> bool:
    """Whether two sessions say the same as far as both say it.

    Where only one has threadpoolctl, they name the same BLAS in different words, but with its version.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return all(one[key] == other[key] for key in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return bool(_versions(one) & _versions(other)) or one == other
    return bool(one == other)


def _versions(told: list[Any]) -> set[str]:
    return set(_VERSION.findall(" ".join(map(str, told))))


def _describe(value: Any) -> str:
    """A fact in a few words."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_describe(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_describe(part) for part in value)
    return str(value)
