"""Threads, tasks and processes that cells start work as they do without us, and nothing of ours stays behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jupyter_prov.record import wire
from tests.live import LiveKernel, kernel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes of POSIX")

WORKS = {
    "threads": """
import threading
found = []
def work(n):
    open(f'thread-{n}', 'w').write(str(n)); found.append(random.random() + time.time())
threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
[t.start() for t in threads]; [t.join() for t in threads]
assert len(found) == 20
""",
    "a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    assert sum(pool.map(lambda n: len(open(__import__('os').__file__).read()) > 0, range(200))) == 200
""",
    "asyncio": """
import asyncio
async def work(n):
    await asyncio.sleep(0.001); return n + random.random() * 0
assert sum(await asyncio.gather(*(work(n) for n in range(10)))) == 45
async with asyncio.timeout(5) if hasattr(asyncio, 'timeout') else asyncio.Lock(): pass
""",
    "a fork that ends at once": """
pid = os.fork()
if pid == 0:
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
""",
    "a fork that works": """
pid = os.fork()
if pid == 0:
    try:
        random.seed(1); random.random(); time.time(); time.perf_counter(); open('forked', 'w').write('x')
        import wave, uuid; uuid.uuid4()
        os._exit(0)
    finally:
        os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert open('forked').read() == 'x'
""",
    "multiprocessing, forked": """
import multiprocessing
def work(n):
    random.seed(n); time.time(); open(f'forked-{n}', 'w').write('x'); return n * n
with multiprocessing.get_context('fork').Pool(2) as pool:
    assert pool.map(work, range(8)) == [n * n for n in range(8)]
""",
    "multiprocessing, spawned": """
import multiprocessing, sys
source = 'import random, time\\ndef work(n):\\n    random.seed(n); time.time(); return n * n\\n'
open('spawned_work.py', 'w').write(source)
sys.path.insert(0, os.getcwd())
from spawned_work import work
with multiprocessing.get_context('spawn').Pool(1) as pool:
    assert pool.map(work, range(4)) == [0, 1, 4, 9]
    assert pool.apply(time.perf_counter) > 0 and pool.apply(random.seed, (1,)) is None
multiprocessing.resource_tracker._resource_tracker._stop()  # Python's own child, which would stay for later snippets
""",
    "a pool of processes": """
from concurrent.futures import ProcessPoolExecutor
import math, multiprocessing
with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool:
    assert list(pool.map(math.sqrt, [4, 9])) == [2, 3]
""",
    "subprocess": """
import subprocess, sys
assert subprocess.run(['cat'], input=b'x', capture_output=True).stdout == b'x'
assert subprocess.check_output([sys.executable, '-c', 'print(1)'], close_fds=False) == b'1\\n'
""",
    "a loop that waits for all children": """
pid = os.fork()
if pid == 0: os._exit(0)
ended = []
while True:
    try: ended.append(os.wait()[0])
    except ChildProcessError: break
assert ended == [pid]
""",
    "children, however they are asked for": """
import multiprocessing, psutil, signal
assert psutil.Process().children(recursive=True) == [] == multiprocessing.active_children()
for options in (0, os.WNOHANG):
    try: os.waitpid(-1, options)
    except ChildProcessError: continue
    raise AssertionError('a child')
assert not any(open(f'/proc/self/task/{task}/children').read() for task in os.listdir('/proc/self/task'))
""",
    "all below the limit of recursion that works without us": """
import sys
def deep(n, work): return work() if n <= 0 else deep(n - 1, work)
def fits(n, work):
    try: deep(n, work)
    except RecursionError: return False
    return True
def works():
    os.listdir('.'), os.close(os.open('deep', os.O_CREAT | os.O_RDWR)), os.replace('deep', 'deeper')
    os.remove('deeper')
most = next(n for n in range(sys.getrecursionlimit(), 0, -1) if fits(n, lambda: None))
failed = [left for left in range(4, 60) if not fits(most - left, works)]
assert failed == [], failed
""",
    "namespaces of a class of one's own": """
class Namespace(dict):
    def get(self, *_): raise LookupError('get')
    def __eq__(self, other): raise LookupError('eq')
    __hash__ = None
work = "import os, time, random\\nos.environ.get('HOME'), time.time(), random.seed(1), os.getpid(), open('made', 'w')"
namespace = Namespace(); exec(work, namespace)
namespace = Namespace(); exec(work, namespace, Namespace())
class Mapping:
    def __init__(self): self.kept = {}
    def __getitem__(self, name): return self.kept[name]
    def __setitem__(self, name, value): self.kept[name] = value
    def get(self, *_): raise LookupError('get')
exec(work, {}, Mapping())
""",
    "objects that count how they are asked": """
import io
asked = []
class Meta(type):
    def __eq__(self, other): asked.append('eq'); return self is other
    def __hash__(self): asked.append('hash'); return 1
class Path(metaclass=Meta):
    def __fspath__(self): asked.append('path'); return 'asked'
    __class__ = property(lambda self: asked.append('class') or str)
    def __getattr__(self, name): asked.append(name); raise AttributeError(name)
    def __repr__(self): asked.append('repr'); return ''
    def __eq__(self, other): asked.append('eq'); return True
    def __hash__(self): asked.append('hash'); return 1
path = Path()
os.close(os.open(path, os.O_CREAT | os.O_RDWR)); os.listdir('.'); os.replace(path, 'moved'); os.rename('moved', path)
os.chdir('.'); os.remove(path)
assert asked == ['path'] * 4, asked
class Text(str):
    def __eq__(self, other): raise LookupError('eq')
    def __hash__(self): raise LookupError('hash')
    def endswith(self, *_): raise LookupError('endswith')
    def startswith(self, *_): raise LookupError('startswith')
io.open(Text('text'), 'w').close(); io.open(Text('text')).close(); os.listdir(Text('.')); os.remove(Text('text'))
""",
    "the shell": "out = !echo hello\nassert out == ['hello'], out",
    "os.system and popen": "assert os.system('true') == 0 and os.popen('echo x').read() == 'x\\n'",
    "signals": """
import signal
got = []
signal.signal(signal.SIGALRM, lambda *_: got.append(random.random()))
signal.setitimer(signal.ITIMER_REAL, 0.01)
while not got: time.perf_counter()
""",
    "a time limit set by a signal": """
import signal, datetime, logging, uuid
class Late(Exception): pass
def late(*_): raise Late
signal.signal(signal.SIGALRM, late)
for n in range(60):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0002 + 0.0001 * n)
        while True:
            time.perf_counter(), datetime.datetime.now(), time.ctime(), random.seed(1), uuid.uuid4(), random.Random(3)
    except Late:
        continue
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
assert n == 59
""",
    "an interrupt amid reads of the clock": """
import signal
signal.signal(signal.SIGALRM, signal.default_int_handler)
for n in range(60):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0002 + 0.0001 * n)
        while True: time.perf_counter(), time.time(), time.ctime(), random.seed(1)
    except KeyboardInterrupt:
        continue
assert n == 59
""",
    "a loop in a thread": """
import asyncio, threading
got = []
async def work():
    await asyncio.sleep(0.01); got.append(time.time()); return await asyncio.wait_for(asyncio.sleep(0, 7), 5)
thread = threading.Thread(target=lambda: got.append(asyncio.run(work()))); thread.start(); thread.join()
assert got[1] == 7
""",
    "a task that outlives its cell": """
import asyncio
async def work():
    for _ in range(20):
        await asyncio.sleep(0.001); time.time(), time.perf_counter(), random.random(), open('task', 'w').close()
    return 'done'
task = asyncio.ensure_future(work())
await asyncio.sleep(0.003)
""",
    "the task of the cell before": "assert await task == 'done'",
    "a generator that is kept": """
def ticks():
    with open('ticks', 'w') as file:
        while True: file.write('x'); yield time.perf_counter(), time.time(), random.random()
kept = ticks(); first = next(kept)
""",
    "the generator of the cell before": """
second = next(kept); assert second[0] > first[0] and second[1] >= first[1]
kept.close(); assert open('ticks').read() == 'xx'
""",
    "a tracer": """
import sys, datetime
seen = []
def tracer(frame, event, argument):
    if frame.f_code is traced.__code__: seen.append((event, frame.f_lineno - traced.__code__.co_firstlineno))
    return tracer
def traced():
    a = time.time()
    return a, time.perf_counter(), datetime.datetime.now(), random.seed(1)
sys.settrace(tracer)
try: traced()
finally: sys.settrace(None)
assert seen == [('call', 0), ('line', 1), ('line', 2), ('return', 2)], seen
""",
    "a profiler": """
import cProfile
profile = cProfile.Profile(); profile.runcall(lambda: [time.time() + time.perf_counter() for _ in range(9)])
""",
    "recursion with clocks": """
def deep(n=0):
    time.time(), time.perf_counter(), time.ctime(); return deep(n + 1)
try: deep()
except RecursionError: pass
assert time.time() > 1e9 and time.perf_counter() > 0
""",
    "shutil and pathlib": """
import shutil, pathlib
'.st_mtime'
pathlib.Path('one').write_text('x'); os.utime('one', (5, 5)); shutil.copy2('one', 'two'); os.symlink('one', 'link')
assert pathlib.Path('two').stat().st_mtime == 5.0 == os.stat('two').st_mtime and os.stat in os.supports_dir_fd
shutil.copystat('link', 'two', follow_symlinks=False); shutil.copytree('.', '../copied'); shutil.rmtree('../copied')
assert pathlib.Path('one').samefile('one') and not pathlib.Path('one').samefile('two')
os.remove('link')
""",
    "a finalizer that opens files": """
import gc, weakref
class Opens:
    def __del__(self): open('finalized', 'a').write('x')
for _ in range(50):
    a = Opens(); a.self = a; del a
    open('other', 'w').write('x'); random.seed(1)
gc.collect()
""",
    "recursion to the limit": """
def deep(n=0):
    random.seed(n); return deep(n + 1)
try: deep()
except RecursionError: pass
""",
    "changes of the working folder and of sys.modules": """
import sys
os.makedirs('gone', exist_ok=True); os.chdir('gone'); os.rmdir('../gone')
try: open('x')
except OSError: pass
os.chdir('..')
sys.modules['nothing'] = None; sys.modules['odd'] = 5
del sys.modules['nothing'], sys.modules['odd']
""",
    "a class that pretends": """
class Path:
    def __fspath__(self): raise ValueError('mine')
for call in (open, os.stat, os.remove):
    try: call(Path())
    except ValueError as error: assert str(error) == 'mine'
import sqlite3
try: sqlite3.connect(Path())
except Exception as error: assert 'mine' in str(error)
""",
}


@pytest.mark.parametrize("code", WORKS.values(), ids=WORKS)
def test_it_works_as_without_us(live: LiveKernel, code: str) -> None:
    live.run("import os, random, time")
    execution = live.ran(code.strip("\n"))
    assert execution.outcome == "ok", live.text
    assert live.ran("1 + 1").outcome == "ok"
    assert "jupyter" not in live.text


def test_all_this_left_no_blind_spot(live: LiveKernel) -> None:
    expected = ("mine", "limit of recursion", "An exception sent to a cell", "Child processes")
    assert [s for s in live.log().blind_spots if not any(told in s for told in expected)] == []


def test_files_of_all_threads_are_noted(live: LiveKernel) -> None:
    code = "from concurrent.futures import ThreadPoolExecutor as P\nimport os\nos.makedirs('t', exist_ok=True)\n" \
           "with P(8) as p: list(p.map(lambda n: open(f't/{n}', 'w').write(str(n)), range(90)))"  # fmt: skip
    files = live.ran(code).evidence["data"]["files"]
    assert len(files) == 90
    assert all(file["digest"] for file in files)


def test_what_a_child_draws_is_not_put_down_to_the_cell_and_its_files_are_called_the_childs(live: LiveKernel) -> None:
    live.run("import os, random, time; random.seed()")
    work = "random.random(); time.time(); open('of-child', 'w').close(); os._exit(0)"
    code = f"pid = os.fork()\nif pid == 0:\n    {work}\n_ = os.waitpid(pid, 0)"
    evidence = live.ran(code).evidence
    assert set(evidence) == {"order", "data"}
    [file] = evidence["data"]["files"]
    assert (file["role"], file["by"], file["via"]) == ("output", "child", "fanotify")


def test_a_child_that_overwrites_what_the_cell_just_read_waits_for_nothing(live: LiveKernel) -> None:
    live.run("import os; from jupyter_prov.watch.helper import Helper; open('read', 'wb').write(bytes(50_000_000))")
    live.run("import warnings; warnings.filterwarnings('ignore', '.*fork', DeprecationWarning)")  # of ipykernel
    work = "Helper.wait_for = lambda *_: os._exit(3); open('read', 'w').write('x'); os._exit(0)"
    code = f"open('read', 'rb').read(1); pid = os.fork()\nif pid == 0:\n    {work}"
    live.run(f"{code}\nprint(os.waitpid(pid, 0)[1])")
    assert live.text == "0\n"


def test_the_first_cell_finds_no_child(project: Path, python: str) -> None:
    with kernel(project, python, shake=False) as live:
        code = "import os\ntry: print(os.waitpid(-1, os.WNOHANG))\nexcept ChildProcessError: print('no child')"
        live.run(code)
        assert live.text == "no child\n"
        assert live.handshake() == wire.RECORDING
        live.run("%unload_ext jupyter_prov")
        live.run("%load_ext jupyter_prov")
        live.run(code)
        assert live.text == "no child\n"
        assert live.execution().outcome == "ok"


def test_the_kernel_is_interrupted_and_its_helper_is_not(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        assert os.getsid(helper.pid) != os.getsid(live.manager.provisioner.pid)


def _helper_of(live: LiveKernel) -> psutil.Process:
    live.settle()
    return live.helper()


def _is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _until(met: Callable[[], bool], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_a_shutdown_is_not_held_up_and_leaves_no_process(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        live.run("open('big', 'wb').write(bytes(300_000_000)); 1", wait=True)
        process = live.manager.provisioner.process
        live.client.shutdown()
        live.manager.finish_shutdown(waittime=120)
        assert process.returncode == 0  # else it was killed, as it did not end
        _until(lambda: _is_gone(helper))


def test_a_killed_kernel_leaves_no_process(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        live.manager.signal_kernel(signal.SIGKILL)
        _until(lambda: _is_gone(helper))


def test_a_kernel_that_is_killed_while_answers_come_leaves_no_process(project: Path, python: str) -> None:
    for _ in range(3):
        with kernel(project, python) as live:
            helper = _helper_of(live)
            live.run("import os\nfor n in range(2000): os.close(os.open(f'f{n}', os.O_CREAT | os.O_WRONLY))")
            live.run("import signal; signal.raise_signal(signal.SIGSTOP)", wait=False)
            _until(lambda: psutil.Process(live.manager.provisioner.pid).status() == psutil.STATUS_STOPPED)
            live.manager.signal_kernel(signal.SIGKILL)
            _until(lambda: _is_gone(helper))  # noqa: B023


def test_a_child_that_outlives_the_killed_kernel_does_not_keep_the_helper(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        work = "os.setsid(); time.sleep(600); os._exit(0)"
        live.run(f"import os, time\npid = os.fork()\nif pid == 0:\n    {work}\nprint(pid)")
        child = psutil.Process(int(live.text.split()[0]))
        try:
            os.kill(live.manager.provisioner.pid, signal.SIGKILL)
            _until(lambda: _is_gone(helper))
            assert child.is_running()
        finally:
            child.kill()


def test_an_interrupt_does_not_reach_the_helper(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        live.run("import time; print('begun', flush=True); time.sleep(600)", wait=False)
        live.until(lambda: "begun" in live.text, "the cell's first line")
        live.manager.interrupt_kernel()
        live.until(lambda: any(e["kind"] == "ended" for e in live.entries[-3:]), "the end of the cell")
        live.run("open('after', 'w').write('x')")
        assert live.execution().evidence["data"]["files"][0]["digest"]
        assert helper.is_running()


def test_unloading_ends_the_helper(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        helper = _helper_of(live)
        live.run("%unload_ext jupyter_prov")
        _until(lambda: _is_gone(helper))


def _ended(process: psutil.Process) -> bool:
    """Whether a process is no more, or waits only to be asked how it ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # between the two questions
        return True
