"""Work that a session has done where it is not seen: in child processes, and on other machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from jupyter_prov.watch.guard import Guard

_REMOTE = {
    "distributed": "dask.distributed",
    "ray": "ray",
    "pyspark": "pyspark",
    "ipyparallel": "ipyparallel",
    "mpi4py": "mpi4py",
    "paramiko": "paramiko",
    "fabric": "fabric",
}
_HERE = ("127.", "localhost", "[::1]", "0.0.0.0", "inproc", "local")


class Elsewhere:
    """Looks after each execution; what is not loaded costs nothing."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._made = _processes_made()
        self._loaded: set[str] = set()

    def look(self, new: Iterable[str]) -> None:
        """Note what the execution that has just ended did elsewhere; `new` are the modules that it imported."""
        for module in _REMOTE.keys() & set(new):
            self._loaded.add(module)
            self._guard.note(f"Work may be done on other machines by {_REMOTE[module]}, where it is not seen.")
        for module in self._loaded & _ADDRESSES.keys():
            address = self._guard.attempt(f"asking {module} where it works", _ADDRESSES[module], sys.modules[module])
            if address and not address.split("://")[-1].startswith(_HERE) and not address.startswith(_HERE):
                name = _REMOTE[module]
                self._guard.note(f"Work was done on {_host(address)} by {name}, which is not seen.")
        if (made := _processes_made()) != self._made:
            self._made = made
            self._guard.note("Child processes computed (multiprocessing): their randomness and clock were not seen.")


def _processes_made() -> str:
    """How many processes multiprocessing has made, and joblib and others through it, as text."""
    return repr(getattr(sys.modules.get("multiprocessing.process"), "_process_counter", count(1)))


def _host(address: str) -> str:
    """An address without scheme and credentials."""
    from jupyter_prov.record.masked_urls import mask_url

    return mask_url(address).split("://")[-1]


def _of_dask(distributed: Any) -> str:
    client = distributed.client._get_global_client()
    return str(client.scheduler.address) if client is not None and client.scheduler is not None else ""


def _of_spark(pyspark: Any) -> str:
    context = pyspark.SparkContext._active_spark_context
    return str(context.master) if context is not None else ""


def _of_ray(ray: Any) -> str:
    return str(ray.get_runtime_context().gcs_address) if ray.is_initialized() else ""


_ADDRESSES: dict[str, Callable[[Any], str]] = {"distributed": _of_dask, "pyspark": _of_spark, "ray": _of_ray}
