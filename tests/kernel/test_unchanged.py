"""What cells show is what they show without us: their values, their warnings, their tracebacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.live import LiveKernel, kernel

SHOWN = """
random.seed([])
numpy.random.seed('x')
numpy.random.default_rng('x')
random.setstate(3)
time.perf_counter(1)
time.ctime('x')
uuid.uuid1(node='x')
random.Random([1])
random.Random(a=3).random(), random.Random(3).getrandbits(9)
numpy.random.RandomState('x')
numpy.random.RandomState(3).rand(), numpy.random.RandomState(seed=3).rand()
numpy.random.set_state(3)
uuid.uuid4(1)
import os; os.urandom('x')
import os; os.urandom(-1)
import secrets; secrets.token_hex('x')
import secrets; len(secrets.token_bytes(9)), secrets.choice([3]), secrets.randbelow(1)
import ssl; ssl.RAND_bytes(-1)
import os, ssl; repr(os.urandom), os.urandom.__name__, ssl.RAND_bytes.__module__, len(os.urandom(size=3))
import os, pickle; pickle.loads(pickle.dumps(os.urandom)) is os.urandom
random.SystemRandom().seed(3), random.SystemRandom().getstate()
import tempfile; len(tempfile.mktemp()), len(next(tempfile._get_candidate_names()))
open('missing')
open(3.5)
datetime.datetime.now('x')
time.time(1)
try: random.seed([])⏎except TypeError as e: raise ValueError('other') from e
try: random.seed([])⏎except TypeError: 1 / 0
def f(): random.seed([])⏎⏎f()
%%time⏎random.seed([])
%time random.seed([])
datetime.datetime.utcnow() and None
random.seed((1, 2)); random.random()
random.seed(1.5); random.random(), random.gauss(0, 1), random.sample(range(9), 3)
random.seed(a=3, version=1); random.random()
numpy.random.seed(3); numpy.random.rand(2), numpy.random.default_rng(3).random()
numpy.random.seed(seed=3); numpy.random.get_state()[1][:3]
random.getstate()[0], type(random.getstate()[1])
type(time.time()), type(time.perf_counter()), type(time.monotonic_ns()), type(datetime.datetime.now())
class D(datetime.datetime): pass⏎type(D.now()).__name__, type(D.today()).__name__
time.gmtime(0), time.strftime('%Y', time.gmtime(0)), time.ctime(0)
time.localtime().tm_zone == time.tzname[time.localtime().tm_isdst]
import warnings; warnings.warn('mine', DeprecationWarning)
import warnings⏎def old(): warnings.warn('old', DeprecationWarning, stacklevel=2)⏎old()
numpy.array([1]) / 0
len(str(uuid.uuid4())), uuid.uuid5(uuid.NAMESPACE_DNS, 'x')
import _thread, sys; bad, kept, sys.unraisablehook = [], sys.unraisablehook, lambda failed: bad.append(failed.exc_type)
for f in (time.time, uuid.uuid4, time.ctime): _thread.start_new_thread(f, ())
import threading; [_thread.start_new_thread(time.perf_counter, ()), threading.Event().wait(0.5)][1]
sys.unraisablehook = kept; bad
import copyreg, pickle, types; copyreg.pickle(types.BuiltinFunctionType, lambda f: (str, (f.__name__,)))
pickle.loads(pickle.dumps(time.perf_counter)), copyreg.dispatch_table.pop(types.BuiltinFunctionType) and None
import os, sys, types; type(os.getpid) == types.BuiltinFunctionType, isinstance(len, type(os.getpid))
{types.BuiltinFunctionType: 1}[type(time.perf_counter)], sys.getsizeof(os.getpid)
class X(type(time.perf_counter)): pass
type(time.perf_counter)()
class I(int):⏎    __int__ = __repr__ = lambda _: print('asked') or 3⏎numpy.random.seed(I(3)); random.random() and None
class C:⏎    __class__ = property(lambda _: print('asked'))⏎random.seed(C())
class L(list):⏎    __repr__ = lambda _: print('asked') or ''⏎numpy.random.seed(L([3])); random.random() and None
import logging as g; F = type('F', (g.Formatter,), {'formatMessage': lambda *_: [3]}); F().format(g.makeLogRecord({}))
import os⏎class K(str):⏎    def __len__(self): print('asked'); return 1⏎os.environ.get(K('HOME')) and None
class T:⏎    __index__, __eq__ = lambda _: 1, lambda *_: print('asked')⏎time.ctime(T()) and time.clock_gettime(T()) > 0
class A:⏎    t = time.perf_counter⏎    s = random.seed⏎A().t() > 0, A().s(1)
import inspect; inspect.signature(random.seed), inspect.isfunction(uuid.uuid4)
random.seed.__name__, time.perf_counter.__doc__[:30], time.perf_counter.__module__, repr(time.perf_counter)
import pickle; pickle.loads(pickle.dumps(time.perf_counter)) is time.perf_counter
open('a', 'w').write('x'), open('a').read(), open('a').name, open('a', 'rb').mode
import traceback⏎try: open('missing')⏎except OSError: traceback.print_exc(limit=1)
import sys; sorted(n for n in globals() if n.startswith(('jupyter', '_jupyter')))
import os; os.listdir('.'), os.getcwd()[-7:]
import logging; logging.warning('x')
get_ipython().run_cell('1 / 0').success
get_ipython().run_cell('').success
%who_ls
_, __
display(1); print(2); 3
x = [i for i in range(3)]; x
raise SystemExit
raise KeyboardInterrupt
def g(: pass
    1
import os, inspect; os.path.getmtime('missing')
import pathlib; pathlib.Path('missing').stat()
time.clock_gettime('x')
time.asctime(None)
import logging; logging.Formatter('%(asctime)s').format(3)
import inspect; inspect.isbuiltin(time.perf_counter), inspect.isroutine(time.ctime), callable(time.ctime)
import types; isinstance(time.monotonic, types.BuiltinFunctionType), time.monotonic.__self__, time.ctime.__qualname__
import inspect; inspect.signature(time.perf_counter)
import inspect, os; inspect.signature(os.path.getmtime), inspect.getsource(os.path.getmtime)
import functools; functools.partial(time.perf_counter)() > 0, functools.partial(time.ctime, 0)()
from time import perf_counter as kept, ctime⏎kept == time.perf_counter, kept is time.perf_counter, ctime(0)
kept == time.perf_counter, repr(kept), kept.__name__, kept() > 0, hash(kept) == hash(time.perf_counter)
import timeit; timeit.default_timer == time.perf_counter, timeit.timeit('pass', number=2) > 0
class B:⏎    c = time.ctime⏎B().c(0), B.c(0)
g = (time.time() for _ in range(2)); next(g) > 0
next(g) > 0, list(g)
import sys⏎def deep(): time.time(); time.perf_counter(); deep()⏎try: deep()⏎except RecursionError as e: type(e)
import logging⏎logging.Formatter('%(levelname)s %(msg)s').format(logging.makeLogRecord({'msg': 'x'}))
import logging⏎logging.Formatter('%(asctime)s').format(logging.makeLogRecord({'created': 0, 'msecs': 5}))
%prun -q pass
%%prun -q⏎x = time.time()
import sys; sys.gettrace(), sys.getprofile()
import os; os.stat in os.supports_dir_fd, os.stat in os.supports_follow_symlinks, '.st_mtime'
import os; os.stat('missing').st_mtime
import os; type(os.stat('.')), os.stat('.').st_mtime == os.stat('.').st_mtime
?random.seed
await asyncio.sleep(0, 'slept')
import asyncio; await asyncio.sleep(0, 'slept')
%timeit -n1 -r1 -o -q pass
import threading; threading.active_count() > 0
""".strip().split("\n")


def _shell(python: str, folder: pytest.TempPathFactory, name: str, prov: str) -> Iterator[LiveKernel]:
    project = folder.mktemp(name) / "project"
    project.mkdir()
    with kernel(project, python, environ={"JUPYTER_PROV": prov}, shake=prov == "1") as started:
        started.run("import random, time, uuid, numpy, numpy.random, datetime")
        yield started


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    yield from _shell(python, tmp_path_factory, "recorded", "1")


@pytest.fixture(scope="module")
def without_us(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    yield from _shell(python, tmp_path_factory, "plain", "0")


def _shown(live: LiveKernel, code: str) -> str:
    live.run(code, "cell")
    text = "".join(f"{o['output_type']} {o.get('name', '')} {o.get('ename', '')}\n" for o in live.outputs) + live.text
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"ipykernel_\d+/\d+\.py|0x[0-9a-f]+|(?m:^(CPU times|Wall time).*$)", "", text)
    return re.sub(r"[\d.]+ [nµμm]?s\b", "some time", text)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code[:40])
def test_a_cell_shows_what_it_shows_without_us(live: LiveKernel, without_us: LiveKernel, code: str) -> None:
    source = code.replace("⏎", "\n")
    shown = _shown(live, source)
    assert shown == _shown(without_us, source)
    assert "jupyter_prov" not in shown
