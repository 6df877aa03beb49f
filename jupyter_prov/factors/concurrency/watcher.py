"""Concurrency in the kernel: which threads and processes an execution starts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import FrameType, FunctionType, ModuleType
from typing import Any, cast

from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import CallEvidence, ConcurrencyEvidence
from jupyter_prov.watch.hooks import Note, Patches
from jupyter_prov.watch.import_hook import Imported

_LIMIT = 100
_TURN = 1.0
"""Seconds that a thread has for itself where they take turns; one that waits for another goes on with it then."""


class ConcurrencyWatcher(Watcher):
    """Notes threads, processes and pools that an execution starts."""

    kind = "concurrency"

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

    def after(self, cell: Cell) -> ConcurrencyEvidence | None:
        self._active = False
        found: list[CallEvidence] = [{"call": call, "line": line} for call, line in self._started]
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
