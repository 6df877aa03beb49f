"""Concurrency: threads and processes that an execution starts; which of them comes first is chance.

Evidence: {"started": [{call, line}]}: calls of the notebook's or its project's own code by which they were started.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from types import FrameType, FunctionType, ModuleType
from typing import Any, cast

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Cell, Factor, Plan, Watch, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch.hooks import Note, Patches
from jupyter_prov.watch.import_hook import Imported

_LIMIT = 100
_TURN = 1.0
"""Seconds that a thread has for itself where they take turns; one that waits for another goes on with it then."""
_THREADS = (
    "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMEXPR_NUM_THREADS NUMBA_NUM_THREADS VECLIB_MAXIMUM_THREADS"
).split()
_DETERMINISTIC = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "TF_DETERMINISTIC_OPS": "1"}
_EXPLANATION = "threads or processes were started here: which of them comes first is chance"


class Concurrency(Factor):
    """Notes who starts threads and processes; pinned, they take turns, and libraries compute in one thread."""

    kind = "concurrency"
    pins = True

    def load(self, watch: Watch) -> None:
        self._frames = watch.frames
        self._active = self._pinned = False
        self._started: dict[tuple[str, int | None], None] = {}
        self._patches = Patches(watch.guard)
        self._patches.wrap(threading.Thread, "start", self._started_thread, self._noting("threading.Thread.start"))
        callbacks: dict[str, Callable[[ModuleType], None]] = {
            "concurrent.futures.thread": self._executors,
            "concurrent.futures.process": self._executors,
            "multiprocessing.pool": self._pools,
            "multiprocessing.process": self._processes,
            "torch": self._torch,
        }
        self._imported = Imported(watch.guard, callbacks)

    def unload(self) -> None:
        self._active = False
        self._imported.stop()
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._started = {}
        self._pinned = bool(cell.played.get(self.kind))
        self._active = True

    def after(self, cell: Cell) -> Evidence | None:
        self._active = False
        found = [{"call": call, "line": line} for call, line in self._started]
        return {"started": found} if found else None

    def _note(self, call: str, frame: FrameType) -> None:
        if self._active and len(self._started) < _LIMIT and (own := self._frames.nearest_own(frame)):
            self._started[call, self._frames.cell_line(own)] = None

    def _noting(self, call: str) -> Note:
        return lambda frame, *_: self._note(call, frame)

    def _started_thread(self, frame: FrameType, args: tuple[Any, ...], *_: Any) -> None:
        if self._pinned and self._active and self._frames.is_own(frame):
            args[0].join(_TURN)

    def _processes(self, module: ModuleType) -> None:
        self._patches.wrap(module.BaseProcess, "start", before=self._noting("multiprocessing.Process.start"))

    def _executors(self, module: ModuleType) -> None:
        for name in ("ThreadPoolExecutor", "ProcessPoolExecutor"):
            if name in vars(module):
                self._patches.around(vars(module)[name], "__init__", self._around_executor)

    def _around_executor(self, original: Callable[..., Any]) -> FunctionType:
        def init(executor: Any, max_workers: int | None = None, *args: Any, **more: Any) -> None:
            original(executor, 1 if self._pinned and self._active else max_workers, *args, **more)

        return cast(FunctionType, init)

    def _pools(self, module: ModuleType) -> None:
        self._patches.around(module.Pool, "__init__", self._around_pool)

    def _around_pool(self, original: Callable[..., Any]) -> FunctionType:
        def init(pool: Any, processes: int | None = None, *args: Any, **more: Any) -> None:
            original(pool, 1 if self._pinned and self._active else processes, *args, **more)

        return cast(FunctionType, init)

    def _torch(self, module: ModuleType) -> None:
        """Where threads are held fast, have PyTorch compute the same thing in the same way each time."""
        if self._pinned:
            module.use_deterministic_algorithms(True, warn_only=True)
            module.backends.cudnn.benchmark = False

    def pin(self, plan: Plan) -> None:
        plan.variables.update({**dict.fromkeys(_THREADS, "1"), **_DETERMINISTIC})
        for planned in plan.planned:
            planned.played[self.kind] = {"turns": True}

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        noted = evidence_of(recorded, self.kind) or evidence_of(rerun, self.kind)
        names = _reached(recorded or rerun)
        for line in dict.fromkeys(one.get("line") for one in noted.get("started", ())):
            yield Suspicion(self.kind, _EXPLANATION, line, changed=False, names=names, playable=False)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice("Take results in the order of their tasks (executor.map gives them so), or sort them.")


def _reached(step: Step | None) -> frozenset[str]:
    """What threads of this step may have changed: whatever it knows."""
    return frozenset((step.defines - step.imports) | step.changes | step.uses) if step else frozenset()
