"""Environment: the Python, the platform, and an allow-list of variables, known once for a session."""

from __future__ import annotations

import locale
import os
import platform
import sys
import time
from collections.abc import Iterable
from typing import Any

from jupyter_prov.factors.base import Factor
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step

VARIABLES = (
    "PYTHONHASHSEED PYTHONUTF8 PYTHONIOENCODING PYTHONOPTIMIZE PYTHONWARNINGS TZ LANG LANGUAGE LC_ALL "
    "LC_CTYPE LC_NUMERIC LC_TIME OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS "
    "NUMEXPR_NUM_THREADS NUMBA_NUM_THREADS NUMBA_DISABLE_JIT MKL_CBWR CUDA_VISIBLE_DEVICES "
    "CUBLAS_WORKSPACE_CONFIG TF_DETERMINISTIC_OPS TF_ENABLE_ONEDNN_OPTS XLA_FLAGS "
    "SOURCE_DATE_EPOCH"
).split()
"""Variables whose values are recorded, and given to the kernel of a re-run; no other value ever is."""


class Environment(Factor):
    """Says what the session ran on; a re-run on something else may differ anywhere."""

    kind = "environment"

    def facts(self) -> dict[str, Any]:
        return {
            "python": {
                "version": platform.python_version(),
                "implementation": platform.python_implementation(),
                "compiler": platform.python_compiler(),
            },
            "platform": {
                "system": platform.system(),
                "machine": platform.machine(),
                "libc": "-".join(part for part in platform.libc_ver() if part),
            },
            "environment": {
                "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
                "time_zone": time.tzname[0],
                "encoding": locale.getpreferredencoding(False),
                "hash_randomization": bool(sys.flags.hash_randomization),
            },
        }

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        """Only a guess for any one cell: it stands behind what another factor can show."""
        if recorded is None or rerun is None:
            return
        for name, old, new in _changes(recorded, rerun):
            yield Suspicion(self.kind, f"{name} was {old} and is {new}", changed=False, subject=name)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice("Check on the recorded Python and platform, or record the notebook again on this one.")


def _changes(recorded: Step, rerun: Step) -> Iterable[tuple[str, str, str]]:
    for field, keys in (("python", ("version", "implementation")), ("platform", ("system", "machine"))):
        there, here = getattr(recorded.session, field), getattr(rerun.session, field)
        for key in keys:
            if there.get(key) != here.get(key) and there.get(key) and here.get(key):
                yield f"{field} {key}", there[key], here[key]
    there = recorded.session.environment.get("variables", {})
    here = rerun.session.environment.get("variables", {})
    for name in sorted(there.keys() | here.keys()):
        if there.get(name) != here.get(name):
            yield name, there.get(name, "not set"), here.get(name, "not set")
