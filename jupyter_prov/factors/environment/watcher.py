"""The environment in the kernel: what is known of Python, platform and machine, and which variables are read."""

from __future__ import annotations

import locale
import os
import platform
import re
import sys
import time
from typing import Any

from jupyter_prov.factors.environment.env_lookups import Asked
from jupyter_prov.factors.environment.factor import VARIABLES
from jupyter_prov.factors.environment.numeric_libraries import Libraries
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import EnvironmentEvidence

_PLAIN = re.compile(r"[\w.-]{0,12}", re.ASCII)


class EnvironmentWatcher(Watcher):
    """Notes what the session runs on, and which variables it reads."""

    kind = "environment"

    def load(self, watch: Watch) -> None:
        self._asked = Asked(watch.guard, watch.frames)
        self._libraries = Libraries(watch.guard)
        watch.helper.machine()

    def unload(self) -> None:
        self._asked.restore()

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
                "variables": {name: _value(os.environ[name]) for name in VARIABLES if name in os.environ},
                "time_zone": time.tzname[0],
                "locale": _locale(locale.setlocale(locale.LC_ALL)),
                "encoding": locale.getpreferredencoding(False),
                "hash_randomization": bool(sys.flags.hash_randomization),
            },
        }

    def later(self) -> dict[str, Any]:
        return self._libraries.facts()

    def before(self, cell: Cell) -> None:
        self._asked.begin()

    def after(self, cell: Cell) -> EnvironmentEvidence | None:
        return self._asked.end()


def _locale(told: str) -> str:
    """The locale by its most common name, with the categories that have another: `C (LC_CTYPE=C.UTF-8)`."""
    parts = [part.partition("=") for part in told.split(";")]
    if not all(category and sign for category, sign, _ in parts):
        return told
    names = [name for _, _, name in parts]
    usual = max(names, key=names.count)
    others = ", ".join(f"{category}={name}" for category, _, name in parts if name != usual)
    return f"{usual} ({others})" if others else usual


def _value(text: str) -> str:
    """The value of a variable of the allow-list; most are a number or a word, and what is more may be anything."""
    if _PLAIN.fullmatch(text):
        return text
    from jupyter_prov.record.masking import mask_text  # whose patterns take a while to compile

    return mask_text(text)
