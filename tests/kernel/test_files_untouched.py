"""Files are as the notebook left them: what we read of them changes neither their times nor the locks on them."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from jupyter_prov.factors.data import posix_locks
from jupyter_prov.record.file_digests import version_of
from jupyter_prov.watch.guard import Guard
from tests.live import LiveKernel

fcntl = pytest.importorskip("fcntl")

LOCK = """
import fcntl
try:
    fcntl.lockf(open('{name}', 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print('held')
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the time of access changes")
def test_time_of_access_stays(live: LiveKernel) -> None:
    live.run("import os; open('seen.txt', 'w').write('x'); os.utime('seen.txt', (5, 5))")
    live.settle()
    live.run("print(os.stat('seen.txt').st_atime)")
    assert live.text == "5.0\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which locks there are")
@pytest.mark.parametrize("change", ["os.rename('lock', 'other')", "open('lock', 'w')", "open('lock', 'a')"])
def test_locks_stay(live: LiveKernel, change: str) -> None:
    live.run("open('lock', 'w').write('x')")
    live.settle()
    name = "other" if "other" in change else "lock"
    live.run(
        "import fcntl, os, subprocess, sys\nchanged = None\n"
        "held = open('lock', 'r+'); fcntl.lockf(held, fcntl.LOCK_EX)\n"
        f"changed = {change}\n"
        f"subprocess.run([sys.executable, '-c', {LOCK.format(name=name)!r}], capture_output=True, text=True).stdout"
    )
    assert live.text == "'held\\n'"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which locks there are")
def test_the_list_of_all_locks_is_read_only_for_a_file_that_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it waits until every processor has paused: milliseconds, on a large machine."""
    reads: list[int] = []
    monkeypatch.setattr(posix_locks, "_locks", lambda locks=posix_locks._locks: reads.append(1) or locks())
    paths = [tmp_path / name for name in ("closed", "open", "locked")]
    for path in paths:
        path.write_text("x")
    closed, opened, locked = map(str, map(version_of, map(str, paths)))
    locks = posix_locks.OwnLocks(Guard())
    with open(paths[1]), open(paths[2], "r+") as file:
        assert not locks.hold(closed)
        assert not reads
        assert not locks.hold(opened)
        assert len(reads) == 1
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert locks.hold(locked)
    locks.forget()
    assert not locks.hold(locked)
    assert len(reads) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which locks there are")
def test_what_python_locks_is_looked_up_again(tmp_path: Path) -> None:
    path = tmp_path / "late"
    path.write_text("x")
    version = str(version_of(str(path)))
    locks = posix_locks.OwnLocks(Guard())
    assert not locks.hold(version)
    with open(path, "r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert locks.hold(version)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which locks there are")
def test_a_lock_is_found_among_many_files_that_are_open(tmp_path: Path) -> None:
    path = tmp_path / "locked"
    path.write_text("x")
    locks = posix_locks.OwnLocks(Guard())
    with ExitStack() as opened:
        file = opened.enter_context(open(path, "r+"))
        for _ in range(300):
            opened.enter_context(open(os.devnull))
        assert not locks.hold(str(version_of(str(path))))
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert locks.hold(str(version_of(str(path))))
