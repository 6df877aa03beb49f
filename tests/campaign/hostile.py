"""Hostile records, notebooks and settings: each gets an exit code and one sentence, in time, and nothing is run."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import io
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import nbformat

from jupyter_prov import cli
from jupyter_prov.record import record_file, schema_check
from jupyter_prov.record.errors import EnvironmentFailed, UnreadableRecord
from tests.campaign.figure import Figure, command
from tests.campaign.hostile_inputs import files as broken_files
from tests.campaign.hostile_inputs import variants

TRIES = 3_200
SECONDS = 30
"""After which a try hangs."""
PROCESSES = 40
"""One in so many tries runs as a process of its own, so that its time and memory are known."""
PROMISE = "Hostile files get an exit code and one sentence"
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_CELLS = (
    "import datetime, os, random, sys, threading, time, uuid\nimport helper\nimport jupyter_prov as prov",
    "prov.param(lr=0.1)\nprint(random.random(), uuid.uuid4())\nprov.metric(loss=random.random())",
    "print(time.time(), datetime.datetime.now())",
    "text = open('data.csv').read()\nopen('out.txt', 'w').write(text)\nhelper.f(text)",
    "random.seed(3)\nprint(os.environ.get('LANG'), os.urandom(4).hex())\n"
    "t = threading.Thread(target=print)\nt.start()\nt.join()",
    "from IPython.display import display\n"
    "display({'text/html': '<b>1</b>', 'text/plain': '1', 'application/json': {'a': [1]}}, raw=True)",
    "sys.stderr.write('x\\r\\x1b[31my')\n{'a': 1.5}",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/a?b=c')",
)


_LISTED = " is installed from "
"""In the lines that list what a check is about to install; they are no complaint."""


class Hangs(BaseException):
    """A try does not end; nothing catches it."""


def campaign(tries: int, seed: int) -> list[Figure]:
    """Try hostile variants of a real notebook and its record on every command that reads them."""
    figure, costs = Figure(PROMISE), Costs()
    with tempfile.TemporaryDirectory(prefix="hostile-") as home, _at_home(Path(home)):
        notebook, record = _real(Path(home))
        rng = random.Random(seed)
        for number, (name, lay) in enumerate(_tries(notebook, record, rng, tries)):
            run = rng.choice(COMMANDS)
            folder = Path(home, f"try{number}")
            _project(folder, notebook, record)
            lay(folder)
            said = _process(run, folder, costs) if number % PROCESSES == 0 else _in_process(run, folder)
            figure.count(*(f"{run} {name} (try {number}): {sentence}" for sentence in said))
            shutil.rmtree(folder, ignore_errors=True)
        print(costs)
    return [figure]


# -- what is tried


def _tries(notebook: Any, record: Any, rng: random.Random, tries: int) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """A name and what lays the hostile file into a project, first those that are no notebook or record at all."""
    count = 0
    for file, valid in (("a.prov.json", record), ("a.ipynb", notebook), ("pyproject.toml", None)):
        for name, make in broken_files(json.dumps(valid) if valid else "[tool.jupyter-prov]\nrtol = 'x'").items():
            for _ in range(2 if valid else 1):
                if count < tries / 3:
                    count += 1
                    yield f"{file}: {name}", _replacing(file, make)
    records, notebooks = variants(record, rng), variants(notebook, rng)
    for _ in range(tries - count):
        file, (name, text) = ("a.prov.json", next(records)) if rng.random() < 0.65 else ("a.ipynb", next(notebooks))
        yield f"{file}: {name}", _replacing(file, lambda path, text=text: path.write_text(text, encoding="utf-8"))


def _replacing(file: str, make: Callable[[Path], Any]) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        make(folder / file)

    return lay


def _project(folder: Path, notebook: Any, record: Any) -> None:
    folder.mkdir()
    (folder / "a.ipynb").write_text(json.dumps(notebook))
    (folder / "a.prov.json").write_text(json.dumps(record))
    (folder / "b.ipynb").write_text(json.dumps(notebook))
    (folder / "data.csv").write_text("1\n")
    (folder / "helper.py").write_text("def f(x):\n    return len(x)\n")
    os.mkfifo(folder / "fifo")
    for trap in ("platform", "rich", "nbformat", "ipykernel_launcher", "pypdfium2"):  # what we would import
        (folder / f"{trap}.py").write_text("open('RAN', 'w')")


def _real(home: Path) -> tuple[Any, Any]:
    """A notebook that was run, and its record, with something for every part of the schema."""
    folder = home / "real"
    _project(folder, {}, {})
    for trap in ("platform", "rich", "nbformat", "ipykernel_launcher", "pypdfium2"):
        (folder / f"{trap}.py").unlink()
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in _CELLS]), folder / "a.ipynb"
    )
    (folder / "a.prov.json").unlink()
    subprocess.run([sys.executable, "-m", "jupyter_prov", "run", "a.ipynb", "--allow-errors"], cwd=folder, check=False)
    notebook, record = (json.loads((folder / name).read_text()) for name in ("a.ipynb", "a.prov.json"))
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {}}}}}
    _complete(record)
    return notebook, record


def _complete(record: Any) -> None:
    """Add what the schema knows and this session had not."""
    packages, session = record["sessions"][0]["packages"], record["sessions"][0]
    name = next(iter(packages["imports"].values()))[0] if packages["imports"] else "ipykernel"
    packages["distributions"] = {
        key: packages["distributions"][key] for key in ({name, "ipykernel"} & packages["distributions"].keys())
    }
    for one in packages["distributions"].values():
        one["direct_url"] = {"url": "https://example.org/a.zip", "archive_info": {"hash": "sha256=" + "0" * 64}}
        one["working_copy"] = {"vcs": "git", "commit_id": "0" * 40, "dirty": True}
    packages["conda"] = {"numpy": {"version": "1", "build": "0", "channel": "main"}}
    packages["installed"] = [{"execution": 1, "name": "six", "before": None, "after": "1"}]
    session["environment"]["gpu"] = {"models": ["a"], "driver": "1"}
    session["blind_spots"] = ["A blind spot."]
    record["sources"] = {session["executions"][0]["source"]: "x"}
    record["cells"][0]["accepted"] = "2026-01-01T00:00:00Z"
    record["sessions"].append({**copy.deepcopy(session), "number": 2, "started": "2026-01-02T00:00:00.000000Z"})


# -- how it is tried

COMMANDS = ("show", "diff", "check", "check recorded", "fix", "server", "kernel")
_ARGUMENTS = {
    "show": ("show", "a.ipynb"),
    "diff": ("diff", "a.ipynb", "b.ipynb"),
    "check": ("check", "a.ipynb", "--env", "current", "--json", "-"),
    "check recorded": ("check", "a.ipynb", "--explain", "full"),
    "fix": ("fix", "a.ipynb", "--env", "current", "--json", "-"),
}


def _in_process(run: str, folder: Path) -> list[str]:
    """What is wrong with how a command ends in this process, in which a re-run is no more than a pretence."""
    out, err = io.StringIO(), io.StringIO()
    before = _state(folder)
    with _limited(), _cheap(), contextlib.chdir(folder) if sys.version_info >= (3, 11) else _inside(folder):
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = _READERS[run](folder) if run in _READERS else cli.main(_ARGUMENTS[run])
        except Hangs:
            return ["it hangs"]
        except SystemExit as error:
            return [f"it exits with {error.code}"]
        except Exception as error:
            return [_described(error)]
    after = _state(folder)
    if run == "server" and before != after:  # which goes on writing a record that is whole, and that then is whole
        record_file.read(folder / "a.prov.json")
        before.pop("a.prov.json"), after.pop("a.prov.json")
    return [*_judged(run, code, out.getvalue(), err.getvalue()), *_touched(before, after)]


def _process(run: str, folder: Path, costs: Costs) -> list[str]:
    """What is wrong with how a command ends as a process of its own; a check really runs there."""
    arguments = _ARGUMENTS.get(run, ("show", "a.ipynb"))
    before = _state(folder)
    done, seconds, memory = costs.measured(arguments, folder)
    if arguments[0] in ("show", "diff"):
        costs.add(seconds, memory)
    ran = ["a file of the working folder was imported"] if (folder / "RAN").exists() else []
    ran = ran if arguments[0] in ("show", "diff") else []
    return [*ran, *_judged(arguments[0], done.returncode, done.stdout, done.stderr), *_touched(before, _state(folder))]


def _judged(run: str, code: int, out: str, err: str) -> Iterator[str]:
    if code not in (0, 1, 2, 3) or (code == 3 and not run.startswith(("check", "fix"))):
        yield f"it ends with {code}"
    if "error of jupyter-prov itself" in err or "Traceback" in err:
        yield err.strip()[-500:]
    lines = [line for line in err.splitlines() if line.startswith("jupyter prov: ") and _LISTED not in line]
    if code in (2, 3) and len(lines) != 1:
        yield f"it says {len(lines)} sentences: {err[:300]!r}"
    if code in (2, 3) and any(len(line) > 2_000 for line in lines):
        yield f"its sentence has {max(map(len, lines)):,} characters"
    if found := _STEERING.search(err + (out if not out.startswith("{") else "")):
        yield f"it prints {found[0]!r}"
    if out.startswith("{\n") and code in (0, 1):
        try:
            json.loads(out, parse_constant=_refuse)
        except ValueError as error:
            yield f"its JSON is not JSON: {error}"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _described(error: Exception) -> str:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        if "jupyter_prov" in trace.tb_frame.f_code.co_filename:
            frames.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__}: {str(error)[:150]!r} in {' '.join(frames[-5:])}"


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and path.name != "RAN"
    }


def _touched(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    before, after = ({k: v for k, v in one.items() if v and (k != "." and "/" not in k)} for one in (before, after))
    if before != after:
        yield f"it changed {sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))}"


def _server(folder: Path) -> int:
    """What a server does with a notebook and a record that lie there: read, write anew, copy, look at cells."""
    from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

    from jupyter_prov.server.job import _cells
    from jupyter_prov.server.record_writer import Records

    async def work() -> None:
        contents: Any = SimpleNamespace(current=AsyncLargeFileManager(root_dir=str(folder)))
        records = Records(contents, logging.getLogger("hostile"), folder.parent / "data")
        await records.exists("a.ipynb")
        await records.can_be_saved("a.ipynb")
        with contextlib.suppress(UnreadableRecord):
            if (record := await records.read("a.ipynb")) is not None:
                record_file.dumps(record_file.to_json(record))
        await records.look("a.ipynb")
        if (notebook := await records.notebook_of("a.ipynb")) is not None:
            Records.wants_no_record(notebook)
            await records.write("a.ipynb", notebook, [])
        _cells(folder / "a.ipynb")

    asyncio.run(work())
    return 0


def _kernel(folder: Path) -> int:
    """What a kernel does with them that has no library to validate records: the notebook, and the record of before."""
    from jupyter_prov.kernel import save_record
    from jupyter_prov.record.assemble import assemble

    notebook = save_record.read(str(folder / "a.ipynb"))
    save_record.outline(str(folder / "a.ipynb"))
    with contextlib.suppress(UnreadableRecord):
        record = record_file.read(folder / "a.prov.json")
        schema = record_file.record_schema()
        if fault := schema_check.fault(json.loads((folder / "a.prov.json").read_text()), schema):
            raise AssertionError(f"conformance and fastjsonschema disagree: {fault}")
        if notebook is not None:
            record_file.dumps(record_file.to_json(assemble("a.ipynb", notebook, [], record)))
    return 0


_READERS: dict[str, Callable[[Path], int]] = {"server": _server, "kernel": _kernel}


# -- instead of a re-run


def _pretended(plan: Any, progress: Any = None) -> Any:
    """The plan's notebook with other outputs, as a re-run gives it, after all that leads to a kernel's start."""
    from jupyter_prov.check import rerun
    from jupyter_prov.check.rerun_plan import Rerun, runs
    from jupyter_prov.record.sessionlog import SessionLog

    with tempfile.TemporaryDirectory(prefix="hostile-kernel-") as home:
        environ = {**rerun._environ(plan, home), **rerun._played(plan, home)}
        subprocess.run(["true"], env=environ, cwd=plan.folder, check=True)  # refuses what no process can be given
    result = Rerun(copy.deepcopy(plan.notebook), SessionLog("re-run"), recorded=True)
    log = result.log
    log.apply(
        {"kind": "session", "session": "re-run", "started": "2026-02-02T00:00:00.000000Z", "cwd": str(plan.folder)}
    )
    log.apply({"kind": "packages", "number": 0, "distributions": {}, "provides": {}})
    for number, cell in enumerate((cell for cell in result.notebook.cells if runs(cell)), 1):
        log.apply({"kind": "started", "number": number, "cell": cell.id, "text": cell.source, "started": log.started})
        log.apply({"kind": "ended", "number": number, "count": number, "seconds": 0.1, "outcome": "ok", "evidence": {}})
        cell.execution_count = number
        cell.outputs = [*cell.outputs[1:], nbformat.v4.new_output("stream", text=f"{random.random()}\n")]
    log.close()
    return result


def _no_uv(*arguments: str, **options: Any) -> str:
    raise EnvironmentFailed("The recorded packages could not be fetched: the network cannot be reached.")


@contextlib.contextmanager
def _cheap() -> Iterator[None]:
    """Nothing is run and nothing installed in this block."""
    from jupyter_prov.check import attempt, uv

    with contextlib.ExitStack() as patched:
        patched.enter_context(mock.patch.object(attempt, "rerun", _pretended))
        patched.enter_context(mock.patch.object(attempt, "overlay_for", return_value=None))
        patched.enter_context(mock.patch.object(uv, "run", _no_uv))
        patched.enter_context(mock.patch.dict(os.environ, {cli.TRACEBACK_VARIABLE: "1"}))
        yield


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def hangs(number: int, frame: Any) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _at_home(home: Path) -> Iterator[None]:
    own = {"XDG_CACHE_HOME": str(home / "cache"), "IPYTHONDIR": str(home / "ipython"), "COLUMNS": "80"}
    with mock.patch.dict(os.environ, own), mock.patch.object(sys, "path", [*sys.path]):
        yield


class Costs:
    """Time and memory of commands that read hostile files, beyond those of `--help`."""

    def __init__(self) -> None:
        self._base: tuple[float, float] | None = None
        self._more: list[tuple[float, float]] = []

    def measured(self, arguments: tuple[str, ...], folder: Path) -> tuple[Any, float, float]:
        """A command that has ended, its seconds and its MiB; one that hangs is killed."""
        if self._base is None:
            self._base = (0.0, 0.0)
            _, *base = self.measured(("--help",), folder)
            self._base = (base[0], base[1])
        begun = time.monotonic()
        with (folder.parent / "out").open("w+b") as out, (folder.parent / "err").open("w+b") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_prov", *arguments],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip
            watchdog = threading.Timer(4 * SECONDS, process.kill)
            watchdog.start()
            _, status, used = os.wait4(process.pid, 0)
            watchdog.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            said = [(stream.seek(0), stream.read().decode("utf-8", "surrogateescape"))[1] for stream in (out, err)]
        done = subprocess.CompletedProcess(arguments, process.returncode, *said)
        return done, time.monotonic() - begun, used.ru_maxrss / 1024

    def add(self, seconds: float, memory: float) -> None:
        """Count one command."""
        assert self._base is not None
        self._more.append((seconds - self._base[0], memory - self._base[1]))

    def __str__(self) -> str:
        if not self._more:
            return "Time and memory beyond those of --help: not measured"
        seconds, memory = (max(one[index] for one in self._more) for index in (0, 1))
        return f"Beyond --help, at most {seconds:.1f} s and {memory:.0f} MiB in {len(self._more)} processes"


def main(argv: list[str] | None = None) -> int:
    """Run the campaign as a command."""
    return command(campaign, TRIES, argv)


if __name__ == "__main__":
    raise SystemExit(main())
