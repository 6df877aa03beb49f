"""Files are as the notebook left them: what we read of them changes neither their times nor the locks on them."""

from __future__ import annotations

import sys

import pytest

from tests.live import LiveKernel

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
@pytest.mark.parametrize("change", ["os.rename('lock', 'other')", "open('lock', 'w')"])
def test_locks_stay(live: LiveKernel, change: str) -> None:
    live.run("open('lock', 'w').write('x')")
    live.settle()
    name = "other" if "other" in change else "lock"
    live.run(
        "import fcntl, os, subprocess, sys; held = open('lock', 'r+'); fcntl.lockf(held, fcntl.LOCK_EX)\n"
        f"changed = {change}\n"
        f"subprocess.run([sys.executable, '-c', {LOCK.format(name=name)!r}], capture_output=True, text=True).stdout"
    )
    assert live.text == "'held\\n'"
