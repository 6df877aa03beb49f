"""Loading and unloading the kernel part, the handshake, and what is sent when."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_prov.kernel.send import BUFFER, Sender
from jupyter_prov.record import wire
from jupyter_prov.record.sessionlog import SessionLog
from tests.live import LiveKernel, kernel
from tests.record.making import is_pending

ATTRIBUTES = """
import asyncio, builtins, datetime, importlib, io, logging, os, pathlib, posixpath, random, shutil, signal, socket
import sqlite3, subprocess, sys, tempfile, threading, time, timeit, types, urllib.request, uuid, warnings
import numpy.random as nr, numpy.random.bit_generator as bg
def patched():
    modules = (asyncio, builtins, datetime, importlib, io, logging, os, pathlib, random, shutil, socket, sqlite3,
               subprocess, tempfile, threading, time, timeit, urllib.request, uuid, warnings, nr, bg)
    owners = {m.__name__: vars(m) for m in modules} | {"os.path": vars(os.path)}
    owners |= {f"{name}.{k}": vars(v) for name, found in list(owners.items()) for k, v in found.items()
               if isinstance(v, type) and v.__module__.partition(".")[0] == name.partition(".")[0]}
    shell = get_ipython()
    hooks = ("excepthook", "displayhook", "breakpointhook", "unraisablehook", "stdout", "stderr", "stdin")
    owners["sys"] = {name: getattr(sys, name) for name in hooks}
    owners["tracing"] = {"trace": sys.gettrace(), "profile": sys.getprofile()}
    owners["signal"] = {str(n): signal.getsignal(n) for n in signal.valid_signals()}
    owners["sys.meta_path"] = dict(zip(map(str, map(id, sys.meta_path)), sys.meta_path))
    owners["sys.path_hooks"] = dict(zip(map(str, map(id, sys.path_hooks)), sys.path_hooks))
    owners["loader"] = {"exec_module": vars(nr.__spec__.loader).get("exec_module")}
    owners["events"] = {f"{event} {f!r}": getattr(f, "__func__", f)
                        for event, found in shell.events.callbacks.items() for f in found}
    owners["magics"] = {kind: frozenset(found) for kind, found in shell.magics_manager.magics.items()}
    owners["shell"] = {k: v for k, v in vars(shell).items() if isinstance(v, (types.FunctionType, types.MethodType))
                       or k == "showtraceback"} | {
                           "showtraceback": getattr(shell.showtraceback, "__func__", shell.showtraceback)}
    owners["input"] = {"cleanup": tuple(shell.input_transformers_cleanup), "ast": tuple(shell.ast_transformers)}
    return {f"{o}.{k}": v.__code__ if isinstance(v, types.FunctionType) else v
            for o, owner in owners.items() for k, v in owner.items() if k not in ("__warningregistry__",)}
def same(one, other):
    kinds = (tuple, frozenset, types.MethodType)
    return one is other or (type(one) in kinds and type(other) is type(one) and one == other)
def others(one, two):
    return sorted(k for k in one.keys() | two.keys() if not same(one.get(k), two.get(k)))
"""


REPLACED = (
    "random.Random.seed time.perf_counter time.ctime timeit.default_timer os.path.getmtime "
    "pathlib.Path.stat logging.Formatter.format uuid.uuid4 numpy.random.seed numpy.random.bit_generator.randbits "
    "magics.line shell.showtraceback"
).split()


def test_unloading_puts_every_replaced_thing_back(project: Path, python: str) -> None:
    with kernel(project, python, environ={"JUPYTER_PROV": "0"}, shake=False) as live:
        live.run("%unload_ext jupyter_prov")  # which an installed startup file may have called
        live.run("import os; del os.environ['JUPYTER_PROV']")
        live.run(ATTRIBUTES + "before = patched()")
        live.run("import threading; threads = set(threading.enumerate())")
        for _ in range(2):
            live.run("%load_ext jupyter_prov")
            live.run("during = patched(); print(others(before, during))")
            for name in REPLACED:
                assert f"'{name}'" in live.text
            live.run(
                "open('x', 'w').write('x'); random.seed(1); time.time(); os.stat('x').st_mtime; logging.warning(1)"
            )
            live.run("for _ in range(2000): time.time(), time.perf_counter()")
            live.run("%unload_ext jupyter_prov")
            live.run("after = patched(); print(others(before, after))")
            assert live.text.strip() == "[]"
        live.run("while set(threading.enumerate()) - threads: pass\nprint('ended')")
        assert live.text.strip() == "ended"


def test_a_library_imported_while_we_watch_is_as_it_was_after_unloading(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("import numpy as np\nprint(type(np.random.seed).__base__.__module__)")
        assert "jupyter_prov" in live.text
        live.run("print('exec_module' in vars(np.random.__spec__.loader))")
        assert live.text.strip() == "False"
        live.run("%unload_ext jupyter_prov")
        live.run("print(np.random.seed, np.random.default_rng, np.random.bit_generator.randbits)")
        assert live.text.count("jupyter") == 0
        live.run("import random; print(type(np.random.seed).__base__.__module__)")
        assert "jupyter" not in live.text


def test_after_unloading_nothing_is_recorded(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("1", "recorded")
        live.run("%unload_ext jupyter_prov")
        live.run("open('x', 'w').write('x'); import random; random.seed(1)", "unseen")
        cells = {e.get("cell") for e in live.entries}
    assert "recorded" in cells
    assert "unseen" not in cells


def test_loading_twice_is_harmless(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("%load_ext jupyter_prov")
        live.run("import jupyter_prov; jupyter_prov.load_ipython_extension(get_ipython())")
        assert live.handshake() == wire.RECORDING
        live.run("import random; random.random()", "once")
        log = live.log()
    assert [e.cell for e in log.executions].count("once") == 1
    assert len({e["session"] for e in live.entries}) == 1
    assert len(log.executions[-1].evidence["random"]["draws"]) == 1


def test_reloading_begins_a_session_of_its_own(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("%unload_ext jupyter_prov")
        live.run("%load_ext jupyter_prov")
        live.handshake()
        live.run("1", "after")
        assert len({e["session"] for e in live.entries}) == 2


def test_switched_off_by_a_variable(project: Path, python: str) -> None:
    with kernel(project, python, environ={"JUPYTER_PROV": "0"}, shake=False) as live:
        live.run("%load_ext jupyter_prov")
        assert live.handshake() == wire.OFF
        live.run("import sys, random; print(sorted(m for m in sys.modules if m.startswith('jupyter_prov')))")
        assert "recording" not in live.text
        assert live.entries == []


def test_a_kernel_without_the_kernel_part_is_said_to_lack_it(project: Path, python: str) -> None:
    with kernel(project, python, environ={"PYTHONPATH": ""}, shake=False) as live:
        ours = "[n for n in sys.modules if n.startswith('jupyter_prov')]"
        live.run(f"import sys\nfor name in ['jupyter_prov', *{ours}]: sys.modules[name] = None")
        assert live.handshake() == wire.MISSING


def test_nothing_is_sent_before_the_handshake_and_everything_after_it(project: Path, python: str) -> None:
    with kernel(project, python, shake=False) as live:
        live.run("%load_ext jupyter_prov")
        live.run("open('x', 'w').write('x')", "first")
        live.run("1 / 0", "second")
        live.settle()
        assert live.entries == []
        assert live.handshake() == wire.RECORDING
        live.run("3", "third")
        log = live.log()
    assert [e.cell for e in log.executions][-3:] == ["first", "second", "third"]
    assert log.executions[-3].evidence["data"]["files"][0]["digest"].startswith("blake3:")
    assert log.packages["distributions"]
    assert log.started
    assert not is_pending(log)


def test_a_second_recorder_learns_what_the_session_is(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("1", "before")
        live.settle()
        live.entries.clear()
        assert live.handshake() == wire.RECORDING
        live.run("2", "after")
        log = live.log()
    assert log.started
    assert log.facts["python"]
    assert log.packages
    assert [e.cell for e in log.executions] == ["after"]


def test_of_too_many_entries_before_the_handshake_the_newest_are_kept_and_that_is_said() -> None:
    sent: list[dict[str, object]] = []
    session = SimpleNamespace(send=lambda socket, kind, content, parent: sent.append(content))
    sender = Sender(SimpleNamespace(kernel=SimpleNamespace(session=session, iopub_socket=None), get_parent=dict))
    sender.send({"kind": "session", "blind_spots": ["known"]})
    for number in range(BUFFER + 5):
        sender.send({"kind": "started", "number": number})
    assert sent == []
    sender.handshake()
    assert [e.get("number") for e in sent] == [None, *range(5, BUFFER + 5)]
    assert sent[0]["blind_spots"] == ["known", "5 entries were lost before a recorder listened."]


def test_nothing_is_left_in_the_namespace_of_the_notebook(project: Path, python: str) -> None:
    with kernel(project, python, shake=False) as live:
        live.run("before = set(globals()) | {'before', 'after', '_i', '_ii', '_iii', '_', '__', '___', '_oh', '_dh'}")
        live.run("%load_ext jupyter_prov")
        live.handshake()
        live.run("import random; random.seed(1)")
        live.settle()
        live.run("after = {n for n in globals() if not n.startswith('_i')} - before - {'random'}; print(after)")
        assert live.text.strip() == "set()"
        live.run("%who_ls")
        assert live.text == "['after', 'before', 'random']"


def test_modules_that_we_need_are_not_put_down_to_the_notebook(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        foreign = ["pytest", "hypothesis", "jsonschema", "fastjsonschema", "nbformat", "jupyter_server"]
        live.run(f"import sys; print([m for m in {foreign} if m in sys.modules])")
        assert live.text.strip() == "[]"


@pytest.mark.parametrize("name", ["", "notebook.ipynb", "/nowhere/at/all/notebook.ipynb", "\x01/x"])
def test_the_folder_is_the_kernels_where_the_notebook_is_not_known(project: Path, python: str, name: str) -> None:
    with kernel(project, python, environ={"JPY_SESSION_NAME": name}) as live:
        live.run("1")
        assert live.log().cwd == str(project.resolve())


def test_the_log_of_the_kernel_and_that_of_the_recorder_say_the_same(live: LiveKernel) -> None:
    live.run("open('both', 'w').write('x'); import random; random.random()", "both")
    theirs = live.log()
    live.run("from jupyter_prov.kernel.shell import recording_of; import json, dataclasses\n"
             "with recording_of(get_ipython()).still() as log: told = log.executions[:-1]\n"
             "print(json.dumps([dataclasses.asdict(e) for e in told]))")  # fmt: skip
    assert json.loads(live.text) == [dataclasses.asdict(e) for e in theirs.executions]
    assert isinstance(theirs, SessionLog)


def test_after_a_reload_the_recorder_hears_again_and_the_gap_is_said(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("a = 1")
        live.run("%unload_ext jupyter_prov")
        live.run("b = 2")
        live.run("%load_ext jupyter_prov")
        live.run("c = 3")
        live.settle()
        sessions = {entry["session"] for entry in live.entries}
        assert len(sessions) == 2
        told = [entry for entry in live.entries if entry["kind"] == "started"]
        assert [entry["text"] for entry in told if entry["text"] in ("a = 1", "b = 2", "c = 3")] == ["a = 1", "c = 3"]
        spots = [spot for entry in live.entries for spot in entry.get("blind_spots", ())]
        assert [spot for spot in spots if spot.startswith("The recording was ended")]
