"""What loops of calls cost that are watched, beside the same loops in a kernel that does not record."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.clock import compared
from benchmarks.kernels import kernel
from benchmarks.measure import Result

_SET_UP = """
import datetime, os, platform, random, secrets, socket, ssl, tempfile, threading, time, uuid
import numpy as np
from os import getpid, urandom
from random import seed
from uuid import uuid4
open("new", "w").close()
try:
    import torch
except ImportError:
    torch = None
"""
LOOPS = {
    "np.random.seed(i)": 20_000,
    "os.getpid()": 200_000,
    "getpid()": 200_000,
    "os.urandom(8)": 50_000,
    "urandom(8)": 50_000,
    "os.environ['PATH']": 50_000,
    "os.environ.get('PATH')": 50_000,
    "os.getenv('NOT_SET')": 50_000,
    "secrets.token_hex()": 50_000,
    "secrets.randbelow(9)": 50_000,
    "random.seed(i)": 10_000,
    "seed(i)": 10_000,
    "random.seed()": 1_000,
    "uuid.uuid4()": 20_000,
    "uuid4()": 20_000,
    "random.random()": 300_000,
    "np.random.rand()": 100_000,
    "np.random.default_rng()": 3_000,
    "np.random.default_rng(i)": 3_000,
    "np.random.RandomState(i)": 3_000,
    "np.random.get_state()": 1_000,
    "random.getstate()": 5_000,
    "random.Random()": 3_000,
    "random.Random(i)": 10_000,
    "random.seed(i); random.random()": 10_000,
    "np.random.seed(i); np.random.rand()": 20_000,
    "time.time()": 300_000,
    "time.perf_counter()": 300_000,
    "datetime.datetime.now()": 300_000,
    "open('new').close()": 5_000,
    "os.stat('new').st_mtime": 30_000,
    "os.path.getmtime('new')": 30_000,
    "platform.node()": 50_000,
    "socket.gethostname()": 100_000,
    "tempfile.mktemp()": 5_000,
    "threading.Thread(target=int).start()": 2_000,
}
_TORCH = {"torch.manual_seed(i)": 3_000, "torch.rand(1)": 20_000}


def calls() -> Iterator[Result]:
    """Loops of one call each, the names in part imported in an earlier cell."""
    with kernel(record=True) as ours, kernel(record=False) as plain:
        ours.handshake()
        for kit in (ours, plain):
            kit.run(_SET_UP)
        loops = LOOPS | (_TORCH if plain.evaluate("torch is not None") == "True" else {})
        for call, times in loops.items():
            source = f"for i in range({times}): {call}"
            yield compared(f"{times:,} × {call}", source, ours, plain, runs=5, promise=3.0)
