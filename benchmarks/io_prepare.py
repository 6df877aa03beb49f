"""Makes the inputs of calls, in a process that nobody records: `python io_prepare.py JOBS.json`.

It runs by itself in the kernel's Python, which need not know anything else of this project.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def prepare(jobs: Path) -> None:
    """Run the code of each job in its folder, and write into the job what stands against making the call."""
    listed = json.loads(jobs.read_text(encoding="utf-8"))
    for job in listed:
        os.makedirs(job["folder"])
        os.chdir(job["folder"])
        job["missing"] = _missing(job["needs"])
        if not job["missing"]:
            try:
                exec(job["code"], {"__name__": "prepared"})
            except ImportError as error:
                job["missing"] = _reason(error)
    jobs.write_text(json.dumps(listed), encoding="utf-8")


def _missing(modules: list[str]) -> str:
    """Why one of the modules cannot be imported; empty if all can."""
    for module in modules:
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:  # the latter where a module's own shared library is missing
            return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


if __name__ == "__main__":
    prepare(Path(sys.argv[1]).resolve())
