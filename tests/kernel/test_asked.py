"""What cells ask of their environment: variables by name, what the process and the machine answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveKernel, kernel
from tests.record.making import valid

ENVIRON = {"RUN_MODE": "s3cr3t-mode", "API_KEY": "s3cr3t-key"}


@pytest.fixture(scope="module")
def live(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    folder = tmp_path_factory.mktemp("asked") / "project"
    folder.mkdir()
    with kernel(folder, python, ENVIRON) as started:
        started.run("import os, platform, socket, json, subprocess")
        yield started


def asked(live: LiveKernel, code: str) -> dict[str, Any]:
    return live.noted(code, "environment")


READS = [
    "os.environ['RUN_MODE']",
    "os.environ.get('RUN_MODE')",
    "os.environ.get('RUN_MODE', 'x')",
    "os.getenv('RUN_MODE')",
    "'RUN_MODE' in os.environ",
    "os.path.expandvars('$RUN_MODE')",
    "os.environ.setdefault('RUN_MODE', 'x')",
    "f\"{os.environ['RUN_MODE']}\"",
    "os.environb[b'RUN_MODE']",
    "%env RUN_MODE",
    "get = os.environ.get\n\nget('RUN_MODE')",
]


@pytest.mark.parametrize("code", READS)
def test_a_variable_that_a_cell_reads_is_noted_by_its_name(live: LiveKernel, code: str) -> None:
    line = 3 if "\n" in code else 1
    assert asked(live, code) == {"variables": ["RUN_MODE"], "lines": {"RUN_MODE": line}}


def test_a_variable_that_is_not_set_is_noted_too(live: LiveKernel) -> None:
    assert asked(live, "1\nos.environ.get('NOT_SET')") == {
        "variables": ["NOT_SET"], "unset": ["NOT_SET"], "lines": {"NOT_SET": 2}
    }  # fmt: skip
    execution = live.ran("os.environ['NOT_SET']")
    assert execution.error == "KeyError"
    assert execution.evidence["environment"]["unset"] == ["NOT_SET"]
    assert "jupyter_prov" not in live.text


BULK = [
    "dict(os.environ)",
    "{**os.environ}",
    "os.environ.copy()",
    "list(os.environ.items()), list(os.environ.values()), list(os.environ), len(os.environ)",
    "subprocess.run(['true'], env=os.environ | {'A': '1'})",
    "subprocess.run(['true'])",
    "json.dumps({'a': 1}); import tempfile; tempfile.gettempdir()",
]


@pytest.mark.parametrize("code", BULK)
def test_what_is_copied_as_a_whole_or_read_by_libraries_is_not_noted(live: LiveKernel, code: str) -> None:
    assert asked(live, code) == {}


def test_what_the_notebook_set_itself_is_no_fact_of_its_environment(live: LiveKernel) -> None:
    assert asked(live, "os.environ['MINE'] = '1'; os.environ['MINE']") == {}
    assert asked(live, "os.environ['MINE']") == {}


def test_a_module_of_the_project_that_reads_a_variable(live: LiveKernel) -> None:
    (live.folder / "settings.py").write_text("import os\nMODE = os.getenv('RUN_MODE')\n")
    live.run("import importlib; importlib.invalidate_caches()")
    assert asked(live, "\nimport settings") == {"variables": ["RUN_MODE"], "lines": {"RUN_MODE": 2}}


@pytest.mark.parametrize("call", ["os.getpid", "os.cpu_count", "platform.node", "socket.gethostname"])
def test_calls_that_process_and_machine_answer(live: LiveKernel, call: str) -> None:
    assert asked(live, f"x = 1\n{call}()") == {"calls": [{"call": call, "line": 2}]}


def test_the_environment_stays_what_it_is_for_who_uses_it(live: LiveKernel) -> None:
    live.run("import copy\nprint(type(os.environ) is os._Environ, type(os.environ).__name__,"
             " 'RUN_MODE' in {**os.environ}, isinstance(os.environ, dict),"
             " copy.copy(os.environ)['RUN_MODE'] == os.environ['RUN_MODE'])")  # fmt: skip
    assert live.text.strip() == "True _Environ True False True"


def test_no_value_is_told_and_the_record_is_valid(live: LiveKernel) -> None:
    live.run("import random\nfor name in ('RUN_MODE', 'API_KEY'): os.environ[name]; os.getenv(name)")
    record = valid(live.record(live.folder))
    told = json.dumps(live.entries)
    assert "API_KEY" in json.dumps(record.sessions[0].executions[-1].evidence)
    assert [value for value in ENVIRON.values() if value in told] == []


def test_unloading_puts_all_back(project: Path, python: str) -> None:
    with kernel(project, python, shake=False, environ={"JUPYTER_PROV": "0"}) as live:
        live.run("%unload_ext jupyter_prov")  # which an installed startup file may have called
        live.run("import os, socket, platform, getpass\n"
                 "from IPython.core.interactiveshell import InteractiveShell as S\n"
                 "del os.environ['JUPYTER_PROV']\n"
                 "def now(): return [os._Environ.__getitem__.__code__, os.getpid, os.cpu_count, socket.gethostname,"
                 " platform.node.__code__, getpass.getuser.__code__, S.safe_execfile_ipy.__code__,"
                 " S.find_user_code.__code__]\nfirst = now()")  # fmt: skip
        live.run("%load_ext jupyter_prov")
        live.run("print([a is b for a, b in zip(first, now())])")
        assert "True" not in live.text
        live.run("%unload_ext jupyter_prov")
        live.run("print([a is b for a, b in zip(first, now())])")
        assert "False" not in live.text


def test_what_becomes_known_later_reaches_every_recorder(project: Path, python: str) -> None:
    with kernel(project, python, environ={"TZ": "Europe/Berlin"}) as live:
        live.run("import numpy")
        facts = live.log().facts["environment"]
        assert facts["blas"] or facts["threads"]
        assert facts["time_zone"] == "Europe/Berlin"
        assert facts["cpu"]["count"] >= 1
        assert facts["memory"] > 1 << 20
        live.run("import sys; print('threadpoolctl' in sys.modules)")
        assert live.text.strip() == "False"
        live.entries.clear()
        live.handshake()
        again = live.log()
        assert again.facts["environment"] == facts
        assert again.watchers["environment"] == "active"
        valid(live.record(project))
