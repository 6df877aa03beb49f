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
        try:
            for module in job["needs"]:
                importlib.import_module(module)
            exec(job["code"], {"__name__": "prepared"})
        except (ImportError, OSError) as error:  # torch without its libraries raises OSError
            job["missing"] = str(error).partition("\n")[0] or type(error).__name__
    jobs.write_text(json.dumps(listed), encoding="utf-8")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]).resolve())
