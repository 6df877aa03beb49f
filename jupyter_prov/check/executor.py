"""nbconvert's ExecutePreprocessor, with cell ids, a timeout per cell, and the kernel part's entries."""

from __future__ import annotations

import logging
import math
import queue
import time
from typing import Any, cast

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import ValidationError

from jupyter_prov.check.kernel_client import EntryClient, drop_tasks
from jupyter_prov.check.magics_stripped import without_our_magics
from jupyter_prov.check.rerun_plan import Progress, Rerun, RerunPlan, runs
from jupyter_prov.record import entries, wire
from jupyter_prov.record.digests import as_bundle
from jupyter_prov.record.errors import EnvironmentFailed

_BUNDLES = ("display_data", "execute_result", "update_display_data")
"""Messages whose data is a MIME bundle; a comm's is its own."""
SETTLE_SECONDS = 60.0
_INTERRUPT_SECONDS = 5.0
_OUTPUT_SECONDS = 60
"""How long the outputs of a cell may take to arrive after it has ended; nbclient would lose them after 4 s."""


class Executor(ExecutePreprocessor):
    """Executes every cell it is given, whatever happens to the ones before."""

    def __init__(self, plan: RerunPlan, result: Rerun, progress: Progress) -> None:
        super().__init__(
            allow_errors=not plan.stop_on_error,
            shutdown_kernel="immediate",
            startup_timeout=120,
            iopub_timeout=_OUTPUT_SECONDS,
            record_timing=False,  # times in the notebook would make every run of it look changed
            skip_cells_with_tag="",  # a person who ran the cell ran it in spite of nbclient's tag
        )
        self._plan, self._result, self._progress = plan, result, progress
        self._total = sum(runs(cell) for cell in result.notebook.cells)
        self._done = 0
        self._gone = ""
        self.log = logging.getLogger("jupyter_prov.check")

    @property
    def _client(self) -> EntryClient:
        return cast(EntryClient, self.kc)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Execute the notebook in the kernel of `km`."""
        result: tuple[Any, Any] = super().preprocess(nb, resources, km)
        return result

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Execute one cell; one that hangs or loses its kernel is a failure, not an exception."""
        if not self._result.recorded and not self._done:
            self._shake()
        if not runs(cell):
            return cell, resources
        self._progress(self._done, self._total)
        self._done += 1
        if self._gone:
            self._result.failures[index] = self._gone
            return cell, resources
        source = cell.source
        try:
            if not self._result.recorded and self._plan.environment.is_python:
                cell.source = without_our_magics(source)
            self._client.cell_id = cell.get("id")
            self.timeout = math.ceil(self._plan.timeout) if self._plan.timeout else None
            cell, resources = super().preprocess_cell(cell, resources, index)
        except CellTimeoutError:
            self._timed_out(index)
        except DeadKernelError:
            self._result.failures[index] = "the kernel died"
            self._gone = f"not run: the kernel died in cell {index + 1}"
        except CellExecutionError:
            self._gone = f"not run: cell {index + 1} failed"
            self._settle()
        finally:
            cell.source = source
        if self._done == self._total and not self._gone:
            self._settle()
        return cell, resources

    def start_new_kernel_client(self, **options: Any) -> Any:
        """Connect to the kernel; raises EnvironmentFailed where it does not answer."""
        try:
            return super().start_new_kernel_client(**options)
        except RuntimeError as error:
            where = f"in the environment '{self._plan.environment.source}'"
            raise EnvironmentFailed(f"The kernel does not start {where} ({error}).") from None

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take in a message; one that is no proper output is a failure of its cell."""
        if msg["msg_type"] in _BUNDLES and isinstance(msg["content"].get("data"), dict):
            msg["content"]["data"] = as_bundle(msg["content"]["data"])
        try:
            return super().process_message(msg, cell, cell_index)
        except (ValidationError, RecursionError, AttributeError, LookupError, TypeError, ValueError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else _first_line(error)
            self._result.failures.setdefault(cell_index, f"one of its outputs cannot be read ({reason[:200]})")
            return None

    def stop(self) -> None:
        """Let go of the client's channels, however the execution ended."""
        if self.kc is not None:
            self.kc.stop_channels()

    def _shake(self) -> None:
        """Ask the kernel part for its entries, and have them put into the result as they come."""
        self._client.iopub_channel.take = self._take
        if self._plan.environment.is_python:
            reply = self._request(wire.handshake(), 120.0)
            self._result.recorded = reply is not None and wire.answer(reply) == wire.RECORDING

    def _take(self, entry: dict[str, Any]) -> None:
        """Take in an entry of the kernel part, unless a cell has made it up."""
        if fault := entries.fault(entry):
            self._result.log.apply(
                {"kind": "", "blind_spots": [f"An entry of the kernel is passed over: {fault[:200]}."]}
            )
        else:
            self._result.log.apply(entry)

    def _settle(self) -> None:
        """Wait for digests and packages."""
        if self._result.recorded:
            self._request(wire.settle(), SETTLE_SECONDS)

    def _timed_out(self, index: int) -> None:
        self._result.failures[index] = f"it ran for more than {self._plan.timeout:g} s"
        drop_tasks()  # nbclient still waits for the cell's outputs, and would take those of other requests
        run_sync(cast(AsyncKernelManager, self.km).interrupt_kernel)()
        if self._request(wire.settle(), _INTERRUPT_SECONDS) is None:
            self._gone = f"not run: cell {index + 1} could not be interrupted"
        elif self._plan.stop_on_error:
            self._gone = f"not run: cell {index + 1} failed"
            self._settle()

    def _request(self, content: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Have the kernel evaluate a request of ours, and read IOPub until it is done; None if it is not."""
        request = self._client.request(content)
        deadline = time.monotonic() + seconds
        reply: dict[str, Any] | None = None
        idle = False
        while not (idle and reply is not None):
            channel = self._client.iopub_channel if not idle else self._client.shell_channel
            try:
                message = run_sync(channel.get_msg)(timeout=max(0.0, min(1.0, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline or not run_sync(self._client.is_alive)():
                    return None
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "execute_reply":
                reply = message["content"]
            elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                idle = True
        return reply


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]
