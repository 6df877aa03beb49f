"""What numerical libraries say of how they compute: BLAS, threads, and torch's flags. Nothing is imported for it."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.import_hook import names_of

_BRINGING = ("numpy", "scipy.linalg", "sklearn", "torch", "numexpr", "numba", "tensorflow", "mkl")
"""Modules that bring thread pools with them."""


class Libraries:
    """Looks again only when one more of these libraries was imported, and at torch's flags after each execution."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._modules = 0
        self._seen: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """What is known now that may not have been known before."""
        found: dict[str, Any] = {}
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            seen = tuple(name for name in _BRINGING if name in sys.modules)
            if seen != self._seen:
                self._seen = seen
                found |= self._guard.attempt("asking for the thread pools", _pools) or {}
        if "torch" in self._seen and "backends" in names_of(torch := sys.modules["torch"]):
            found["torch"] = self._guard.attempt("asking torch for its flags", _torch, torch) or {}
        return found


def _pools() -> dict[str, Any]:
    """The BLAS in use and the threads of each pool."""
    found: dict[str, Any] = {}
    if asking := _threadpoolctl():
        pools = [pool for pool in asking.threadpool_info() if pool.get("user_api")]
        blas = [_named(pool) for pool in pools if pool["user_api"] == "blas"]
        found = {"blas": sorted(set(blas)), "threads": {_short(pool): pool["num_threads"] for pool in pools}}
    elif config := names_of(names_of(sys.modules.get("numpy")).get("__config__")).get("CONFIG"):
        blas = config.get("Build Dependencies", {}).get("blas", {})
        found = {"blas": [" ".join(str(blas[key]) for key in ("name", "version") if blas.get(key))]}
    return {key: value for key, value in found.items() if value}


def _named(pool: dict[str, Any]) -> str:
    return " ".join(str(pool[key]) for key in ("internal_api", "version", "architecture") if pool.get(key))


def _short(pool: dict[str, Any]) -> str:
    return str(pool.get("internal_api") or pool["user_api"])


def _threadpoolctl() -> ModuleType | None:
    """threadpoolctl, if it is installed; one that the notebook has not imported does not stay among its modules."""
    if found := sys.modules.get("threadpoolctl"):
        return found
    spec = PathFinder.find_spec("threadpoolctl")
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules["threadpoolctl"] = module  # where its dataclasses look for it
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules.pop("threadpoolctl", None)
    return module


def _torch(torch: Any) -> dict[str, Any]:
    """The flags that decide whether torch computes the same twice, and the GPUs if CUDA is already in use."""
    backends = torch.backends
    found = {
        "deterministic_algorithms": bool(torch.are_deterministic_algorithms_enabled()),
        "cudnn_deterministic": bool(backends.cudnn.deterministic),
        "cudnn_benchmark": bool(backends.cudnn.benchmark),
        "cudnn_allow_tf32": bool(backends.cudnn.allow_tf32),
        "float32_matmul_precision": str(torch.get_float32_matmul_precision()),
        "threads": int(torch.get_num_threads()),
    }
    if torch.version.cuda:
        found["cuda"] = str(torch.version.cuda)
        if torch.cuda.is_initialized():  # and not before: it would spoil the fork of a later cell
            found["devices"] = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
            found["cudnn"] = str(backends.cudnn.version())
    return found
