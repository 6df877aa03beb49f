"""The folder of what comes of a job: removed with the job, or by a later server where its own was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":  # where folders of killed servers stay
    import fcntl

_PREFIX = "jupyter-prov-job-"
_LOCK = "lock"
"""A file that is locked as long as the folder's server lives, however that ends: process ids would be used again."""


class JobFolder:
    """A folder for one job, which no other server removes while this process lives."""

    def __init__(self) -> None:
        """Make it; raises OSError."""
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.path / "locking").open("wb")  # closed with the folder, or by the end of this process
        if sys.platform != "win32":
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            (self.path / "locking").rename(self.path / _LOCK)  # from now on others may try it

    def remove(self) -> None:
        """Remove it with all that is in it."""
        if sys.platform == "win32":  # where an open file cannot be removed
            self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep() -> None:
    """Remove the folders that killed servers of this user have left."""
    if sys.platform != "win32":
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):  # somebody else's, one that is being made, or one whose server lives
                if not folder.is_symlink() and folder.stat().st_uid == os.getuid():
                    with (folder / _LOCK).open("r+b") as lock:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        shutil.rmtree(folder, ignore_errors=True)
