"""How other programs and interpreters of Python are started, so that nothing runs that lies in the working folder.

A repository is not trusted until its notebook is run: neither a `platform.py` nor a `git` in it may be taken for the
real one. Python itself looks into the working folder for `python -c` and `python -m`, and for an empty or relative
entry of PYTHONPATH; the system does so for an empty or relative entry of PATH.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from jupyter_prov.record.import_path import elsewhere

_PATHS = ("PATH", "PYTHONPATH")
_PRELUDE = "import sys; sys.path[:1] = [p for p in sys.path[:1] if p]\n"
"""Before anything is imported: `python -c` puts an empty entry first, unless PYTHONSAFEPATH is set."""
_UNTIL_INPUT_ENDS = """\
import os, signal, threading
def end():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end, daemon=True).start()
from jupyter_prov.__main__ import main
sys.exit(main())
"""


def python(program: str, *arguments: str, interpreter: str = "") -> list[str]:
    """The command that runs this program in Python; without an `interpreter`, in the one of this process."""
    return [interpreter or sys.executable, "-c", _PRELUDE + program, *arguments]


def prov(*arguments: str) -> list[str]:
    """The command that runs `jupyter prov` until it has ended, or its standard input has."""
    return python(_UNTIL_INPUT_ENDS, *arguments)


def environ(folder: str | os.PathLike[str] = ".", base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for a program that is started in this folder; without a `base`, those of this process."""
    found = dict(os.environ if base is None else base)
    for name in _PATHS:
        if name in found:
            found[name] = os.pathsep.join(elsewhere(found[name].split(os.pathsep), folder))
            if not found[name]:  # an empty text would name the working folder
                del found[name]
    return found


def find(program: str) -> str | None:
    """The path of a program that PATH leads to and that does not lie in the working folder."""
    folders = elsewhere(os.environ.get("PATH", os.defpath).split(os.pathsep), ".")
    found = shutil.which(program, path=os.pathsep.join(folders)) if folders else None
    # Windows looks into the working folder first, whatever the path says.
    return found if found and elsewhere([os.path.dirname(found)], ".") else None
