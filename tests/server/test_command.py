"""A command in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat

from jupyter_prov.server.cli_process import Command

LONG = "import sys; sys.stderr.write('one\\n' + 'x' * 3_000_000 + '\\nthree\\nlast')"
SERVER = """
import asyncio, sys
from pathlib import Path
from jupyter_prov.server.cli_process import Command

async def main():
    command = await Command.start(["run", sys.argv[1]], Path(sys.argv[1]).parent)
    await command.wait()

asyncio.run(main())
"""
CELL = """
import os, time
open("begun.part", "w").write(str(os.getppid()))
os.rename("begun.part", "begun")
time.sleep(600)
"""


async def test_a_line_that_is_too_long_does_no_harm_to_the_others() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LONG, stderr=asyncio.subprocess.PIPE)
    command = Command(process)
    first, second, *others = [line async for line in command.lines()]
    assert (first, set(second), others) == ("one", {"x"}, ["three", "last"])
    assert len(second) < 200_000
    assert await command.wait() == 0


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_command_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)]), path)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(path)])

    async def until(so: Callable[[], bool]) -> None:
        while not so():
            await asyncio.sleep(0.05)

    await asyncio.wait_for(until((tmp_path / "begun").exists), 300)
    pid = int((tmp_path / "begun").read_text())
    assert is_alive(pid)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    await asyncio.wait_for(until(lambda: not is_alive(pid)), 300)
