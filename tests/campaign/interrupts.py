"""Exceptions that are sent to a cell while our code runs on its time: each has to reach the cell.

A loop makes calls that are watched until its time limit ends it. Were the exception lost, the loop would never end; the
kernel is then ended from outside.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.figure import Figure, command
from tests.live import LiveKernel, kernel

_LIMITS = {
    "a partial function": "def late(why, *_): raise {kind}\nhandler = functools.partial(late, 'why')",
    "a handler that resets itself": (
        "def handler(*_):\n    signal.signal(signal.SIGALRM, signal.SIG_DFL)\n    raise {kind}"
    ),
    "a method": "class Limit:\n    def late(self, *_): raise {kind}\nhandler = Limit().late",
    "an object": "class Limit:\n    def __call__(self, *_): raise {kind}\nhandler = Limit()",
    "a handler that calls another": "def late(): raise {kind}\ndef handler(*_): late()",
    "a handler that replaces itself": (
        "def other(*_): pass\ndef handler(*_):\n    signal.signal(signal.SIGALRM, other)\n    raise {kind}"
    ),
    "a wrapped handler": (
        "def wrap(f):\n    @functools.wraps(f)\n    def inner(*a): return f(*a)\n    return inner\n"
        "@wrap\ndef handler(*_): raise {kind}"
    ),
    "a generator": (
        "def limits():\n    yield\n    raise {kind}\nrest = limits(); next(rest)\ndef handler(*_): next(rest)"
    ),
}
_BY_SIGNAL = """
import functools, signal, os, time, random, uuid
class Late(Exception): pass
class Told(Exception):
    def __init__(self): super().__init__('told')
{limit}
signal.signal(signal.SIGALRM, handler)
try:
    signal.setitimer(signal.ITIMER_REAL, {seconds})
    while True:
        {work}
except {caught}:
    print('reached')
finally:
    signal.setitimer(signal.ITIMER_REAL, 0)
"""
_BY_THREAD = """
import ctypes, threading, os, time, random, uuid
class Late(Exception): pass
class Told(Exception):
    def __init__(self): super().__init__('told')
def send(to):
    time.sleep({seconds})
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(to), ctypes.py_object({caught}))
def loop():
    try:
        threading.Thread(target=send, args=(threading.get_ident(),)).start()
        while True:
            {work}
    except {caught}:
        print('reached')
{run}
"""
_RUNS = {
    "the main thread": "loop()",
    "a thread": "thread = threading.Thread(target=loop); thread.start(); thread.join()",
}
_KINDS = {
    "Late": "Late('late')",
    "Told": "Told()",
    "TimeoutError": "TimeoutError('late')",
    "ValueError": "ValueError('late')",
    "RuntimeError": "RuntimeError",
    "KeyboardInterrupt": "KeyboardInterrupt",
    "SystemExit": "SystemExit(3)",
    "MemoryError": "MemoryError",
    "OSError": "OSError(5, 'late')",
}
_WORK = (
    "open('made', 'w').close()",
    "with open('read') as read: read.read()",
    "with open('made', 'a') as made: made.write('x')",
    "os.listdir('.'), open('part', 'w').close(), os.replace('part', 'made')",
    "time.perf_counter(), time.time(), time.ctime()",
    "random.seed(1), random.Random(3), uuid.uuid4()",
)


def snippets(chosen: random.Random) -> Iterator[tuple[str, str]]:
    """Endlessly, what is sent by whom, and a cell that prints `reached` once it has come."""
    while True:
        kind = chosen.choice(list(_KINDS))
        work = chosen.choice(_WORK)
        how = {"caught": kind, "work": work, "seconds": round(chosen.uniform(0.002, 0.06), 5)}
        if chosen.random() < 0.6:
            name = chosen.choice(list(_LIMITS))
            yield (
                f"{kind} by {name}, amid {work}",
                _BY_SIGNAL.format(limit=_LIMITS[name].format(kind=_KINDS[kind]), **how),
            )
        else:
            name = chosen.choice(list(_RUNS))
            yield f"{kind} sent to {name}, amid {work}", _BY_THREAD.format(run=_RUNS[name], **how)


def _reaches(live: LiveKernel, code: str) -> bool:
    """Whether the cell comes to its end by itself."""
    sent = live.client.execute(code)
    live.outputs = []
    live.drain(sent, 20)
    return live.text.count("reached") == 1


def campaign(tries: int, seed: int) -> list[Figure]:
    """Send exceptions to cells whose calls are watched."""
    figure = Figure("an exception that is sent to a cell reaches it")
    chosen = snippets(random.Random(seed))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "project")
        folder.mkdir()
        (folder / "read").write_text("x")
        while figure.tries < tries:
            with kernel(folder) as live:
                while figure.tries < tries:
                    what, code = next(chosen)
                    if not _reaches(live, code):
                        figure.count(what)
                        break  # the loop goes on, and the kernel with it
                    figure.count()
    return [figure]


def main(argv: list[str] | None = None) -> int:
    return command(campaign, 300, argv)


if __name__ == "__main__":
    sys.exit(main())
