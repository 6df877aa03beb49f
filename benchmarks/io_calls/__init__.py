"""The catalogue: calls by which notebooks read and write files, each by its real use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.io_calls.arrays import ARRAYS
from benchmarks.io_calls.arrow import ARROW
from benchmarks.io_calls.call import Call
from benchmarks.io_calls.media import MEDIA
from benchmarks.io_calls.processes import PROCESSES
from benchmarks.io_calls.standard import STANDARD
from benchmarks.io_calls.tables import TABLES

CATALOGUE: Mapping[str, Sequence[Call]] = {
    "standard": STANDARD,
    "tables": TABLES,
    "arrow": ARROW,
    "arrays": ARRAYS,
    "media": MEDIA,
    "processes": PROCESSES,
}
"""Groups of calls that can share a kernel."""

UNSEEN: Mapping[str, str] = {
    "read_parquet, to_parquet, same file": "native code has overwritten what it read before anybody is told",
    "subprocess.run, gzip": "the child has removed what it read before anybody is told",
}
"""Calls that are seen in part only, and why; their digest of the input is gone with its content."""

__all__ = ["CATALOGUE", "UNSEEN", "Call"]
