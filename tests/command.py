"""The command line as a person or a CI job calls it: a process of its own, in a folder, with 80 columns."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

MARK = "JUPYTER_PROV_TEST"
REPORT_KEYS = set("notebook verdict environment inputs outputs counts blind_spots runs seconds cells".split())
CELL_KEYS = set("index id verdict outputs causes".split())
OUTPUT_KEYS = set("index mime verdict noise summary".split())
CAUSE_KEYS = set("kind cell line confidence explanation advice".split())


@dataclass
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def complaints(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


@dataclass
class Command:
    """`jupyter prov` with the same environment each time; notebooks lie in its folder."""

    folder: Path
    cache: Path
    variables: dict[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    """Called in the child before it executes."""

    @property
    def environ(self) -> dict[str, str]:
        dropped = ("JUPYTER_PROV", "JPY_SESSION_NAME", "FORCE_COLOR", "COLUMNS")
        environ = {name: value for name, value in os.environ.items() if name not in dropped}
        own = {"XDG_CACHE_HOME": str(self.cache), "IPYTHONDIR": str(self.cache / "ipython"), "COLUMNS": "80"}
        return environ | own | {MARK: str(self.folder)} | self.variables

    def __call__(self, *arguments: str, code: int | None = 0, **variables: str) -> Done:
        """Run a command to its end; whatever it is, nobody ever sees a traceback of ours."""
        command = [sys.executable, "-m", "jupyter_prov", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ | variables,
            capture_output=True,
            encoding="utf-8",
            timeout=200,
            check=False,
            preexec_fn=self.before,
        )
        assert code in (None, done.returncode), done.stdout + done.stderr
        for said in (done.stdout, done.stderr):
            assert "Traceback (most recent call last)" not in said
            assert "never retrieved" not in said
            assert "error of jupyter-prov itself" not in said
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a shell does."""
        return subprocess.Popen(
            [sys.executable, "-m", "jupyter_prov", *arguments],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=_listening,
        )

    def report(self, *arguments: str, code: int | None = 0) -> dict[str, Any]:
        """The report of a check of a single notebook, whose keys are those of the contract."""
        self("check", "--json", "report.json", *arguments, code=code)
        (report,) = self.reports()
        return report

    def reports(self) -> list[dict[str, Any]]:
        told = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        assert told.keys() == {"schema", "notebooks"}
        assert told["schema"] == "jupyter-prov/check/1"
        for report in told["notebooks"]:
            _must_keep_the_contract(report)
        return list(told["notebooks"])

    def write(self, name: str, *cells: str | Mapping[str, Any], kernel: str = "python3") -> Path:
        """Write a notebook of code cells `c0`, `c1` …; a cell may be given whole."""
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": kernel}})
        for number, cell in enumerate(cells):
            made = (
                nbformat.v4.new_code_cell(cell, id=f"c{number}") if isinstance(cell, str) else nbformat.from_dict(cell)
            )
            notebook.cells.append(made)
        path = self.folder / name
        nbformat.write(notebook, path)
        return path

    def source(self, name: str, cell: str, source: str) -> None:
        """Edit a cell of a notebook without running it."""
        notebook = nbformat.read(self.folder / name, 4)
        next(one for one in notebook.cells if one.id == cell)["source"] = source
        nbformat.write(notebook, self.folder / name)

    def left(self) -> list[str]:
        """The command lines of processes that are still there of all that were started in this environment."""
        return sorted(line for _, line in _marked(f"{MARK}={self.folder}".encode()))

    def end_left(self) -> None:
        """End what a test that failed left running."""
        for process, _ in _marked(f"{MARK}={self.folder}".encode()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file in the folder with the time of its last change and its content."""
        return {
            str(path.relative_to(self.folder)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in self.folder.rglob("*")
            if path.is_file()
        }


def _must_keep_the_contract(report: Mapping[str, Any]) -> None:
    assert report.keys() - {"order"} == REPORT_KEYS
    assert report["environment"].keys() == set("source python packages missing changed".split())
    assert list(report["counts"]) == sorted("identical equivalent differs failed unrecorded skipped".split())
    assert sum(report["counts"].values()) == len(report["cells"])
    for cell in report["cells"]:
        assert cell.keys() - {"failure", "volatile"} == CELL_KEYS
        assert all(output.keys() - {"hidden"} == OUTPUT_KEYS for output in cell["outputs"])
        assert all(cause.keys() == CAUSE_KEYS for cause in cell["causes"])
        assert not cell["causes"] or cell["verdict"] in ("differs", "failed")
    bad = any(cell["verdict"] in ("differs", "failed") and not cell.get("volatile") for cell in report["cells"])
    assert report["verdict"] == ("not-reproduced" if bad else "reproduced")


def _marked(entry: bytes) -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if entry in (process / "environ").read_bytes().split(b"\0"):
                yield int(process.name), (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


def interrupted(process: subprocess.Popen[str], number: signal.Signals, ready: Path, seconds: float = 300) -> Done:
    """What a command says that gets a signal, with its whole group, as soon as a file is there."""
    import time

    deadline = time.monotonic() + seconds
    while not ready.exists():
        assert time.monotonic() < deadline, "the cell did not start"
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=seconds)
    return Done(process.returncode, out, err)


def verdicts(report: Mapping[str, Any]) -> list[str]:
    return [cell["verdict"] for cell in report["cells"]]


def kinds(cell: Mapping[str, Any]) -> list[str]:
    return sorted({cause["kind"] for cause in cell["causes"]})


def _listening() -> None:
    """Let the child hear SIGINT, even where these tests run in the background of a shell, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
