"""The clock in the kernel: its reads are noted while a cell runs, and in a re-run played back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from jupyter_prov.factors.clock.calendar import Calendar
from jupyter_prov.factors.clock.clock_reads import Readings
from jupyter_prov.factors.clock.counters import asks_for_file_times, hook_clocks, hook_stat
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import ClockEvidence, ClockRead
from jupyter_prov.watch.call_names import names_in
from jupyter_prov.watch.hooks import Patches

_UNSEEN = re.compile(r"""([\w.]*\bdatetime64)\s*\(\s*(?:'|")(now|today)(?:'|")[^()]*\)""")


class ClockWatcher(Watcher):
    """Notes which clock was read where, and its value; in a re-run, gives the recorded values."""

    kind = "clock"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._readings = Readings(watch.guard, watch.frames, self._leave)
        self._calendar = Calendar(self._readings.of_calendar)
        self._since = time.time_ns()
        self._patches, self._stat = Patches(watch.guard), Patches(watch.guard)
        hook_clocks(self._patches, self._readings, self._calendar.real, self._since)
        self._patches.rest()

    def unload(self) -> None:
        self._leave()
        self._calendar.close()
        self._stat.restore()
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._readings.begin(cell.played.get(self.kind) or {})
        self._unseen = list(_unseen(cell.text))
        if not self._calendar.enter(cell.text):
            self._watch.guard.note("The clock was replaced by time-machine in the notebook: its reads were not seen.")
        if self._calendar.is_partial:
            self._watch.guard.note("A class of dates has a `fromtimestamp` of its own: calls of `now` were not seen.")
        self._patches.begin()
        if asks_for_file_times(cell.text):
            self._watch_stat()

    def after(self, cell: Cell) -> ClockEvidence | None:
        self._leave()
        reads = [*self._readings.reads, *self._unseen]
        if not reads and not self._readings.more:
            return None
        noted: ClockEvidence = {"reads": reads, "count": len(reads)}
        if self._readings.more:
            noted["more"] = True
        return noted

    def _leave(self) -> None:
        """Give every clock back."""
        self._patches.rest()
        self._stat.rest()
        self._calendar.leave()

    def _watch_stat(self) -> None:
        if not self._stat:
            hook_stat(self._stat, self._readings, self._since)
        self._stat.begin()


def _unseen(text: str) -> Iterator[ClockRead]:
    """Reads that can only be seen as they are written."""
    if "datetime64" in text:
        for number, line in enumerate(text.splitlines(), 1):
            for found in _UNSEEN.finditer(line.partition("#")[0]):
                [name] = names_in(f"{found[1]}()")
                yield {"call": f"{name}('{found[2]}')", "line": number}
