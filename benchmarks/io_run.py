"""Runs calls of the catalogue in real kernels, one for each group, and gives the row of each."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from benchmarks import io_prepare
from benchmarks.io_calls import CATALOGUE, Call
from benchmarks.io_calls.call import OUTSIDE
from benchmarks.io_seen import DIED, MISSING, RAISED, Folders, Row, judge
from jupyter_prov.record import wire
from jupyter_prov.record.model import OK
from tests.live import LiveKernel, kernel

SECONDS = 60.0
"""How long one call may take."""
_SILENT = {**wire.settle(), "user_expressions": {}}
"""An execute_request that is not recorded."""


class Runner:
    """Makes calls, each in a folder of its own, which appears in the project between two cells.

    One kernel lives at a time: calls of a group share it, and one that dies is replaced. No two calls share a
    folder, because a file that one cell has written is looked at again after the next.
    """

    def __init__(self, python: str, folder: Path, catalogue: Mapping[str, Sequence[Call]] = CATALOGUE) -> None:
        folder = folder.resolve()
        self._python = python
        self._prepared = folder / "prepared"
        self._place = Folders(folder / "project", folder / "outside")
        self._missing = self._prepare([call for group in catalogue.values() for call in group])
        self._group = ""
        self._kernel: LiveKernel | None = None
        self._ending = ExitStack()

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def missing(self, call: Call) -> str:
        """What the kernel's Python lacks for a call; empty if nothing."""
        return self._missing[call.name]

    def row(self, group: str, call: Call) -> Row:
        """Make a call, and say how it was seen."""
        if self.missing(call):
            return Row(call, MISSING, remark=self.missing(call))
        live = self._live(group)
        folders = self._lay_out(call)
        live.request({**_SILENT, "code": f"__import__('os').chdir({str(folders.project)!r})"})
        before = folders.contents()
        count = len(live.entries)
        live.run(call.code.replace(OUTSIDE, str(folders.outside)), wait=False)
        live.until(lambda: _ended(live, count) or not live.manager.is_alive(), f"the end of {call.name}", SECONDS)
        if not _ended(live, count):
            self._end()
            return Row(call, DIED)
        live.settle()
        execution = live.execution()
        if execution.outcome != OK:
            return Row(call, RAISED, remark=live.text)
        return judge(call, execution, folders, before, folders.contents())

    def _prepare(self, calls: Sequence[Call]) -> dict[str, str]:
        """Have the inputs of all calls made by one process; what stands against each call, by its name."""
        jobs = self._prepared / "jobs.json"
        self._prepared.mkdir(parents=True)
        listed = []
        for number, call in enumerate(calls):
            beside = self._prepared / str(number) / "outside"
            beside.mkdir(parents=True)
            listed.append({
                "name": call.name, "folder": str(beside.parent / "project"), "needs": call.needs.split(),
                "code": call.preparing.replace(OUTSIDE, str(beside)),
            })  # fmt: skip
        jobs.write_text(json.dumps(listed), encoding="utf-8")
        subprocess.run([self._python, "-W", "ignore", io_prepare.__file__, str(jobs)], check=True)
        prepared = json.loads(jobs.read_text(encoding="utf-8"))
        self._made = {job["name"]: Path(job["folder"]).parent for job in prepared}
        return {job["name"]: job["missing"] for job in prepared}

    def _lay_out(self, call: Call) -> Folders:
        """Copy the inputs of a call to where it finds them."""
        made = self._made[call.name]
        folders = Folders(self._place.project / made.name, self._place.outside / made.name)
        shutil.copytree(made / "project", folders.project, symlinks=True)
        shutil.copytree(made / "outside", folders.outside, symlinks=True)
        return folders

    def _live(self, group: str) -> LiveKernel:
        if self._kernel is None or group != self._group:
            self._end()
            self._place.project.mkdir(exist_ok=True)
            self._place.outside.mkdir(exist_ok=True)
            self._kernel = self._ending.enter_context(kernel(self._place.project, self._python))
            self._group = group
        return self._kernel

    def _end(self) -> None:
        self._kernel = None
        self._ending.close()


def _ended(live: LiveKernel, count: int) -> bool:
    return any(entry["kind"] == "ended" for entry in live.entries[count:])
