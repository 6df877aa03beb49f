"""Kernels and servers are killed at any moment, servers half of the time while they write a record: nothing is lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyter_prov.record import digests, record_file
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.model import Record
from tests.campaign.aiming import STEPS
from tests.campaign.figure import Figure, command
from tests.campaign.working import Notebook, Server, until

SOURCES = (
    "import os, time\nos.getpid()",
    "import random\nx = random.random()\nx",
    "open('made.txt', 'w').write(str(x)) if 'x' in globals() else 0",
    "1 / 0",
    "print('a' * 10_000)",
    "time.sleep(600) if 'time' in globals() else None",
)
ENDLESS = len(SOURCES) - 1
"""The cell that is running when a kernel is killed at work."""
_SOON = 90.0
"""Seconds in which a record has to say what a saved notebook shows."""


def main(argv: list[str] | None = None) -> int:
    """Kill kernels and servers."""
    return command(campaign, 200, argv)


def campaign(tries: int, seed: int) -> list[Figure]:
    """Kernels and servers killed, so many in all."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="prov-kills-") as folder:
        kernels, servers = tries - tries // 2, tries // 2
        return [
            *_kernels(Path(folder, "kernels"), kernels, chance),
            *_servers(Path(folder, "servers"), servers, chance),
        ]


def _kernels(folder: Path, tries: int, chance: random.Random) -> list[Figure]:
    lost = Figure("acknowledged executions lost when the kernel is killed")
    server = Server(folder, folder / "root")
    server.start()
    notebook = Notebook(server, "a.ipynb", *SOURCES)
    try:
        notebook.save()
        notebook.open()
        for _ in range(tries):
            _work(notebook, chance)
            pid = _pid(notebook)
            if chance.random() < 0.5:
                notebook.send(ENDLESS)
            os.kill(pid, signal.SIGKILL)
            notebook.save()
            lost.count(*_missing(notebook))
            until(lambda: _pid_now(notebook) is not None, "the kernel is restarted")
    finally:
        notebook.close()
        server.stop()
    return [lost]


def _servers(folder: Path, tries: int, chance: random.Random) -> list[Figure]:
    lost = Figure("acknowledged executions lost when the server is killed")
    torn = Figure("records torn on disk, or by the next save")
    server = Server(folder, folder / "root")
    notebook = Notebook(server, "a.ipynb", *SOURCES)
    try:
        server.start()
        notebook.save()
        for number in range(tries):
            notebook.open()
            _work(notebook, chance)
            notebook.acknowledge()
            _kill(server, notebook, STEPS[number // 2 % len(STEPS)] if number % 2 else None, chance)
            notebook.close()
            torn.count(*_torn(server.root))
            server.start()
            notebook.save()
            lost.count(*_missing(notebook))
            torn.broken += [*_torn(server.root), *_lasting(lambda: _left(server.root))]
    finally:
        notebook.close()
        server.stop()
    return [lost, torn]


def _kill(server: Server, notebook: Notebook, step: str | None, chance: random.Random) -> None:
    """Kill the server while it writes a record, at a step or at any moment of a save."""
    if step is None:
        timer = threading.Timer(chance.uniform(0.0, 0.3), server.kill)
        timer.start()
    else:
        server.aim.write_text(step)
    with contextlib.suppress(OSError):  # it was killed before it answered
        notebook.save()
    server.wait()


def _work(notebook: Notebook, chance: random.Random) -> None:
    """Run the first cell and some others."""
    notebook.run(0)
    for _ in range(chance.randint(1, 4)):
        notebook.run(chance.randrange(1, ENDLESS))


def _pid(notebook: Notebook) -> int:
    return int(notebook.cells[0].outputs[0].data["text/plain"])


def _pid_now(notebook: Notebook) -> Any:
    before = _pid(notebook)
    notebook.ready()
    notebook.run(0)
    return _pid(notebook) if _pid(notebook) != before else None


def _missing(notebook: Notebook) -> list[str]:
    """The cells that show something, and whose record does not say what made it, once it has had its time."""
    path = notebook.server.root / record_file.record_path(notebook.path)

    def missing() -> list[str]:
        try:
            record = record_file.read(path)
        except UnreadableRecord as error:
            return [str(error)]
        shown = [cell for cell in notebook.cells if cell.execution_count]
        return [f"{path.name} does not say what made {cell.id}" for cell in shown if not _says(record, cell)]

    return _lasting(missing)


def _says(record: Record, cell: Any) -> bool:
    """Whether the record says what made the outputs of a cell, and not those of the round before."""
    origin, state = record.origin(cell.id), record.cell(cell.id)
    if origin is None or state is None:
        return False
    outputs = digests.of_outputs(cell.outputs, cell.source)
    return (origin[1].count, state.outputs) == (cell.execution_count, outputs)


def _lasting(found: Callable[[], list[str]]) -> list[str]:
    """What is found still after a while."""
    with contextlib.suppress(TimeoutError):
        until(lambda: not found(), "the record is complete", _SOON)
    return found()


def _torn(root: Path) -> Iterator[str]:
    for path in root.glob("*.prov.json"):
        try:
            record_file.read(path)
        except UnreadableRecord as error:
            yield str(error)


def _left(root: Path) -> list[str]:
    return [f"{path.name} was left behind" for path in root.iterdir() if path.name.startswith(".prov-")]


if __name__ == "__main__":
    sys.exit(main())
