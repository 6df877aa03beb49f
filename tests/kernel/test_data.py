"""Data: the files that cells read and write, by their content."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from jupyter_prov.record.file_digests import Digests
from jupyter_prov.record.model import Execution
from tests.live import LiveKernel, kernel


def accesses(live: LiveKernel, execution: Execution) -> dict[str, str]:
    """The roles of the files noted, by their path relative to the project."""
    found: dict[str, str] = {}
    for file in execution.evidence.get("data", {}).get("files", ()):
        path = os.path.relpath(file["path"], live.folder)
        found[path] = f"{found[path]} {file['role']}" if path in found else file["role"]
    return found


def digests(live: LiveKernel, execution: Execution) -> dict[tuple[str, str], str]:
    return {
        (os.path.relpath(f["path"], live.folder), f["role"]): f["digest"]
        for f in execution.evidence.get("data", {}).get("files", ())
    }


def ran(live: LiveKernel, code: str) -> Execution:
    execution = live.ran(code)
    assert execution.outcome == "ok", live.text
    return execution


def of(content: str | bytes) -> str:
    return "blake3:" + blake3(content.encode() if isinstance(content, str) else content).hexdigest()


def put(live: LiveKernel, name: str, content: str = "a,b\n1,2\n") -> Path:
    path = live.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


READS = {
    "open": "open('in.csv').read()",
    "bytes": "open(b'in.csv').read()",
    "pathlib": "import pathlib; pathlib.Path('in.csv').read_text()",
    "absolute": "import os; open(os.path.abspath('in.csv')).read()",
    "csv": "import csv; list(csv.reader(open('in.csv')))",
    "pandas": "import pandas as pd; pd.read_csv('in.csv')",
    "numpy": "import numpy as np; np.loadtxt('in.csv', delimiter=',', skiprows=1)",
    "os": "import os; os.read(os.open('in.csv', os.O_RDONLY), 9)",
    "io": "import io; io.FileIO('in.csv').read()",
    "mmap": "import mmap; f = open('in.csv'); mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)",
    "shutil": "import shutil, io; shutil.copyfileobj(open('in.csv'), io.StringIO())",
    "thread": "import threading; t = threading.Thread(target=lambda: open('in.csv').read()); t.start(); t.join()",
    "pool": "from concurrent.futures import ThreadPoolExecutor as P; list(P(2).map(open, ['in.csv'] * 4))",
    "async": "import asyncio; await asyncio.to_thread(lambda: open('in.csv').read())",
    "in a function": "def load():\n    return open('in.csv').read()\nload()",
    "fileinput": "import fileinput; list(fileinput.input('in.csv'))",
}


@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_a_read_is_noted_with_digest_and_size(live: LiveKernel, code: str) -> None:
    put(live, "in.csv")
    execution = ran(live, code)
    assert accesses(live, execution) == {"in.csv": "input"}
    [file] = execution.evidence["data"]["files"]
    assert (file["digest"], file["size"], file["via"]) == (of("a,b\n1,2\n"), 8, "audit")


WRITES = {
    "open": "open('out', 'w').write('x')",
    "pathlib": "import pathlib; pathlib.Path('out').write_text('x')",
    "csv": "import csv; csv.writer(open('out', 'w', newline='')).writerow([1])",
    "pandas": "import pandas as pd; pd.DataFrame({'a': [1]}).to_csv('out')",
    "numpy": "import numpy as np; np.save(open('out', 'wb'), np.ones(3))",
    "gzip": "import gzip; gzip.open('out', 'w').write(b'x')",
    "os.replace": "import os; open('part', 'w').write('x'); os.replace('part', 'out')",
    "os.rename": "import os; open('part', 'w').write('x'); os.rename('part', 'out')",
    "shutil.move": "import shutil; open('part', 'w').write('x'); shutil.move('part', 'out')",
    "exclusive": "open('out', 'x').write('x')",
    "tempfile, then rename": "import os, tempfile; d, p = tempfile.mkstemp(dir='.'); os.write(d, b'x'); os.close(d)\n"
    "os.replace(p, 'out')",
    "pickle": "import pickle; pickle.dump(1, open('out', 'wb'))",
    "json": "import json; json.dump({}, open('out', 'w'))",
    "zipfile": "import zipfile\nwith zipfile.ZipFile('out', 'w') as z: z.writestr('a', 'b')",
    "%%writefile": "%%writefile out\nx",
}


@pytest.mark.parametrize("code", WRITES.values(), ids=WRITES)
def test_a_write_is_noted_with_the_digest_of_what_was_left(live: LiveKernel, code: str) -> None:
    (live.folder / "out").unlink(missing_ok=True)
    execution = ran(live, f"{code}\nimport gc; gc.collect();" if not code.startswith("%%") else code)
    assert accesses(live, execution) == {"out": "output"}
    assert digests(live, execution) == {("out", "output"): of((live.folder / "out").read_bytes())}


def test_sqlite(live: LiveKernel) -> None:
    made = ran(live, "import sqlite3; db = sqlite3.connect('d.sqlite'); db.execute('create table t (a)'); db.commit()")
    assert accesses(live, made) == {"d.sqlite": "output"}
    later = ran(live, "db.execute('insert into t values (1)'); db.commit()")
    assert accesses(live, later) == {"d.sqlite": "output"}
    assert digests(live, later) != digests(live, made)
    assert accesses(live, ran(live, "db.execute('select * from t').fetchall(); db.close()")) == {}
    read = ran(live, "list(sqlite3.connect('d.sqlite').execute('select * from t'))")
    assert accesses(live, read) == {"d.sqlite": "input"}
    assert list(digests(live, read).values()) == list(digests(live, later).values())
    assert accesses(live, ran(live, "sqlite3.connect(':memory:').execute('create table t (a)')")) == {}
    uri = ran(live, "list(sqlite3.connect('file:d.sqlite?mode=ro', uri=True).execute('select * from t'))")
    assert accesses(live, uri) == {"d.sqlite": "input"}


def test_what_is_written_and_read_again_in_one_cell_is_no_input(live: LiveKernel) -> None:
    assert accesses(live, ran(live, "open('own', 'w').write('x'); open('own').read()")) == {"own": "output"}


def test_what_an_earlier_cell_wrote_is_an_input_of_the_later(live: LiveKernel) -> None:
    wrote = ran(live, "open('between', 'w').write('x')")
    read = ran(live, "open('between').read()")
    assert digests(live, wrote)[("between", "output")] == digests(live, read)[("between", "input")] == of("x")


@pytest.mark.parametrize(
    "overwrite",
    [
        "open('in.txt', 'w').write('new')",
        "import os; open('part', 'w').write('new'); os.replace('part', 'in.txt')",
        "import shutil; open('part', 'w').write('new'); shutil.copyfile('part', 'in.txt'); os.remove('part')",
        "import os; os.remove('in.txt'); open('in.txt', 'w').write('new')",
    ],
)
@pytest.mark.parametrize("cells", [1, 2])
def test_an_input_that_is_overwritten_keeps_its_old_digest(live: LiveKernel, overwrite: str, cells: int) -> None:
    old = "old" * 3_000_000
    put(live, "in.txt", old)
    live.run("import os")
    read = "text = open('in.txt').read()"
    if cells == 1:
        execution = ran(live, f"{read}\n{overwrite}")
        assert digests(live, execution) == {("in.txt", "input"): of(old), ("in.txt", "output"): of("new")}
    else:
        live.run(read)
        live.run(overwrite)
        live.settle()
        first, second = live.execution(-2), live.execution(-1)
        assert digests(live, first) == {("in.txt", "input"): of(old)}
        assert digests(live, second) == {("in.txt", "output"): of("new")}


def test_an_output_overwritten_by_the_next_cell_keeps_its_digest(live: LiveKernel) -> None:
    for n in range(3):
        live.run(f"open('again', 'w').write('{n}' * 9_000_000)")
    live.settle()
    assert [digests(live, live.execution(n - 3)) for n in range(3)] == [
        {("again", "output"): of(str(n) * 9_000_000)} for n in range(3)
    ]


def test_equal_sizes_written_at_once_are_told_apart(live: LiveKernel) -> None:
    for n in range(10, 30):
        live.run(f"open('quick', 'w').write('{n}')")
    live.settle()
    found = [digests(live, live.execution(n - 20)).get(("quick", "output")) for n in range(20)]
    assert found == [of(str(n)) for n in range(10, 30)]


def test_what_is_appended_to_is_read_and_written(live: LiveKernel) -> None:
    put(live, "log", "old")
    found = digests(live, ran(live, "open('log', 'a').write('new')"))
    assert found == {("log", "input"): of("old"), ("log", "output"): of("oldnew")}
    assert accesses(live, ran(live, "open('fresh', 'a').write('new')")) == {"fresh": "output"}


def test_a_file_opened_for_writing_and_left_alone_is_no_output(live: LiveKernel) -> None:
    put(live, "kept", "x")
    assert accesses(live, ran(live, "open('kept', 'r+').read()")) == {"kept": "input"}
    assert accesses(live, ran(live, "try: open('nowhere/x', 'w')\nexcept OSError: pass")) == {}


def test_a_handle_that_stays_open_writes_for_the_cell_that_uses_it(live: LiveKernel) -> None:
    live.run("handle = open('slow', 'w')")
    assert digests(live, ran(live, "handle.write('x'); handle.flush()")) == {("slow", "output"): of("x")}
    assert accesses(live, ran(live, "1 + 1")) == {}
    assert digests(live, ran(live, "handle.write('y'); handle.close()")) == {("slow", "output"): of("xy")}


def test_what_others_write_between_cells_is_nobodys_output(live: LiveKernel) -> None:
    live.run("open('shared', 'w').write('x')")
    live.settle()
    put(live, "shared", "from elsewhere")
    assert accesses(live, ran(live, "1 + 1")) == {}
    assert digests(live, ran(live, "open('shared').read()")) == {("shared", "input"): of("from elsewhere")}


def test_relative_paths_are_those_of_the_folder_at_that_moment(live: LiveKernel) -> None:
    put(live, "sub/in.txt", "deep")
    put(live, "in.txt", "flat")
    found = digests(live, ran(live, "import os; os.chdir('sub'); open('in.txt').read(); os.chdir('..')"))
    assert found == {(os.path.join("sub", "in.txt"), "input"): of("deep")}


@pytest.mark.parametrize(
    "code",
    [
        "import tempfile; tempfile.TemporaryFile().write(b'x')",
        "import tempfile; f = tempfile.NamedTemporaryFile('w+', delete=False); f.write('x'); f.close()\n"
        "open(f.name).read()",
        "import tempfile, os; d = tempfile.mkdtemp(); os.mkdir(d + '/e'); open(d + '/e/x', 'w').write('x')\n"
        "open(d + '/e/x').read()",
        "import os; open(os.__file__).read()",
        "import numpy, os; open(os.path.join(os.path.dirname(numpy.__file__), 'version.py')).read()",
        "open('/proc/self/status').read(); open('/dev/null', 'w').write('x')",
        "import os; os.listdir('.'); os.stat('.'); os.path.exists('in.csv')",
        "open('missing.txt') if False else None",
        "import inspect, json; inspect.getsource(json)",
        "import pathlib; pathlib.Path('.').exists()",
    ],
)
def test_temporary_and_installed_files_and_system_files_are_no_artifacts(live: LiveKernel, code: str) -> None:
    assert accesses(live, ran(live, code)) == {}


def test_a_missing_file_is_noted_nowhere(live: LiveKernel) -> None:
    execution = live.ran("open('missing.csv')")
    assert (execution.error, accesses(live, execution)) == ("FileNotFoundError", {})


def test_files_outside_the_project_are_artifacts_too(live: LiveKernel) -> None:
    outside = live.folder.parent / "elsewhere.txt"
    outside.write_text("x")
    assert accesses(live, ran(live, f"open({str(outside)!r}).read()")) == {os.path.join("..", "elsewhere.txt"): "input"}


NAMES = ["späce and ünicode.txt", "new\nline.txt", "~root", "quote'\".txt", "semi;colon&.txt", "-dash", "\udcff.bin"]


@pytest.mark.skipif(os.name == "nt", reason="names of POSIX")
@pytest.mark.parametrize("name", NAMES)
def test_files_of_any_name(live: LiveKernel, name: str) -> None:
    path = os.path.join(str(live.folder), name)
    with open(os.fsencode(path), "w") as file:
        file.write("x")
    code = f"import os; print(open(os.fsencode({name!r})).read())"
    execution = ran(live, code)
    assert list(digests(live, execution).values()) == [of("x")]
    record = live.record(live.folder)
    [noted] = record.sessions[0].executions[-1].evidence["data"]["files"]
    if "\udcff" not in name:
        assert str(record and noted["path"]) in (name, f"./{name}")


def test_a_large_file_and_an_empty_one(live: LiveKernel) -> None:
    content = os.urandom(5_000_001)
    (live.folder / "large").write_bytes(content)
    put(live, "empty", "")
    found: dict[Any, str] = digests(live, ran(live, "open('large', 'rb').read(1); open('empty').read()"))
    assert found == {("large", "input"): of(content), ("empty", "input"): of("")}


MANY = "import os; os.makedirs('many', exist_ok=True)\nfor n in range(2000): open(f'many/{n}', 'w').write(str(n))"


def test_a_folder_of_which_all_files_are_accessed_is_one_thing(live: LiveKernel) -> None:
    made = ran(live, MANY)
    read = ran(live, "for n in range(2000): open(f'many/{n}').read()")
    whole = Digests().of(str(live.folder / "many"))
    assert whole is not None
    for execution, role in ((made, "output"), (read, "input")):
        [file] = execution.evidence["data"]["files"]
        assert (file["path"], file["role"]) == (str(live.folder / "many"), role)
        assert (file["digest"], file["size"], file["files"]) == (whole.digest, whole.size, 2000)
    assert live.log().blind_spots == []


@pytest.mark.parametrize("left", ["many/1500", "many/more/x"])
def test_thousands_of_files_of_a_folder_that_holds_others(live: LiveKernel, left: str) -> None:
    ran(live, MANY)
    put(live, "many/more/x")
    code = f"for n in range(2000):\n    if f'many/{{n}}' != {left!r}: open(f'many/{{n}}').read()"
    found = digests(live, ran(live, code))
    expected = [n for n in range(2000) if f"many/{n}" != left]
    assert found == {(os.path.join("many", str(n)), "input"): of(str(n)) for n in expected}
    ran(live, "import shutil; shutil.rmtree('many')")


def test_a_folder_read_in_full_of_which_a_file_is_then_overwritten_keeps_the_old_digest(live: LiveKernel) -> None:
    ran(live, MANY)
    execution = ran(live, "for n in range(2000): open(f'many/{n}').read()\nopen('many/7', 'w').write('new')")
    found = digests(live, execution)
    assert found["many/7", "input"] == of("7")
    assert found["many/7", "output"] == of("new")
    assert len(found) == 2001


STORES = {
    "by its ending": "points.zarr/0",
    "by its marks": "points/zarr.json",
    "partitioned": "table/year=2024/a.csv",
    "deep": "array.n5/s0/1/2/3",
}


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_a_store_is_one_thing(live: LiveKernel, name: str) -> None:
    top = live.folder / name.split("/")[0]
    shutil.rmtree(top, ignore_errors=True)
    code = f"import os; os.makedirs(os.path.dirname({name!r})); open({name!r}, 'w').write('x')"
    for execution, role in ((ran(live, code), "output"), (ran(live, f"open({name!r}).read()"), "input")):
        [file] = execution.evidence["data"]["files"]
        assert (file["path"], file["role"], file["files"]) == (str(top), role, 1)
    before = digests(live, ran(live, f"open({name!r}).read()"))
    (live.folder / name).write_text("y")
    assert digests(live, ran(live, f"open({name!r}).read()")) != before


NATIVE = "import ctypes; libc = ctypes.CDLL(None)\n"
"""The C library's own calls, which Python's audit hook does not see."""


def test_what_native_code_reads_is_noted(live: LiveKernel) -> None:
    put(live, "deep/er/in.csv")
    [file] = ran(live, NATIVE + "libc.close(libc.open(b'deep/er/in.csv', 0))").evidence["data"]["files"]
    assert (file["path"], file["role"]) == (str(live.folder / "deep/er/in.csv"), "input")
    assert (file["via"], file["by"], file["digest"]) == ("fanotify", "self", of("a,b\n1,2\n"))


def test_what_native_code_writes_is_noted(live: LiveKernel) -> None:
    write = NATIVE + "f = libc.creat(b'{0}', 0o600); libc.write(f, b'xyz', 3); libc.close(f)"
    for again in range(2):
        [file] = ran(live, write.format("native.out")).evidence["data"]["files"]
        assert (file["role"], file["via"], file["by"]) == ("output", "fanotify", "self"), again
        assert file["digest"] == of("xyz")
    execution = ran(live, "import os; os.makedirs('new/er')\n" + write.format("new/er/out"))
    assert accesses(live, execution) == {"new/er/out": "output"}
    assert accesses(live, ran(live, NATIVE + "libc.rename(b'native.out', b'renamed')")) == {"renamed": "output"}


def test_what_native_code_overwrites_after_it_was_read(live: LiveKernel) -> None:
    put(live, "in.csv", "old")
    execution = ran(live, NATIVE + "libc.close(libc.open(b'in.csv', 0))\nopen('in.csv', 'w').write('new')")
    assert digests(live, execution) == {("in.csv", "input"): of("old"), ("in.csv", "output"): of("new")}


def test_a_native_write_in_place_after_a_cell_that_read(live: LiveKernel) -> None:
    put(live, "store.h5", "old")
    ran(live, "open('store.h5').read()")
    execution = ran(live, NATIVE + "f = libc.open(b'store.h5', 2); libc.write(f, b'new', 3); libc.close(f)")
    assert digests(live, execution) == {("store.h5", "input"): of("old"), ("store.h5", "output"): of("new")}


def test_a_native_reader_outside_the_project_of_a_folder_that_the_cell_names(live: LiveKernel, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("in.csv", "sub/in.csv"):
        (tmp_path / name).write_text("x")
    code = f"DATA = {str(tmp_path)!r}\n" + NATIVE
    ran(live, code)
    for name in ("in.csv", "sub/in.csv"):
        [file] = ran(live, f"libc.close(libc.open(f'{{DATA}}/{name}'.encode(), 0))").evidence["data"]["files"]
        assert (file["path"], file["via"]) == (str(tmp_path / name), "fanotify")


CHILDREN = {
    "!": "!cat in.csv > out",
    "assigned": "lines = !cat in.csv | tee out",
    "%%bash": "%%bash\ncat in.csv > out",
    "subprocess": "import subprocess; subprocess.run('cat in.csv > out', shell=True)",
    "os.system": "import os; os.system('cat in.csv > out')",
    "fork": "import os, shutil\nif not os.fork():\n    shutil.copyfile('in.csv', 'out'); os._exit(0)\n_ = os.wait()",
    "Python": 'import sys\n!{sys.executable} -c \'import shutil; shutil.copyfile("in.csv", "out")\'',
}


@pytest.mark.parametrize("code", CHILDREN.values(), ids=CHILDREN)
def test_files_of_child_processes_are_called_theirs(live: LiveKernel, code: str) -> None:
    put(live, "in.csv")
    (live.folder / "out").unlink(missing_ok=True)
    execution = ran(live, code)
    assert accesses(live, execution) == {"in.csv": "input", "out": "output"}
    for file in execution.evidence["data"]["files"]:
        assert (file["via"], file["by"], file["digest"]) == ("fanotify", "child", of("a,b\n1,2\n"))


def test_a_script_that_a_child_runs_is_code(live: LiveKernel) -> None:
    put(live, "script.py", "print(open('in.csv').read())")
    put(live, "in.csv")
    execution = ran(live, "import sys\n!{sys.executable} script.py")
    assert accesses(live, execution) == {"in.csv": "input", "script.py": "code"}


def test_what_others_do_while_a_cell_runs_is_nobodys(live: LiveKernel) -> None:
    put(live, "in.csv")
    live.run("import time; open('go', 'w').close()\nwhile open('go').read() != 'on': time.sleep(0.01)", wait=False)
    live.until(lambda: (live.folder / "go").exists(), "the cell runs")
    (live.folder / "in.csv").read_text()
    put(live, "of-others.csv")
    (live.folder / "go").write_text("on")
    live.settle()
    execution = live.execution()
    assert set(accesses(live, execution)) == {"go"}


def test_the_notebook_that_is_saved_while_a_child_runs_is_no_output(project: Path, python: str) -> None:
    notebook = project / "analysis.ipynb"
    notebook.write_text("{}")
    with kernel(project, python, {"JPY_SESSION_NAME": str(notebook)}) as live:
        live.run("!touch begun; while [ ! -e go ]; do sleep 0.01; done; cat begun > out", wait=False)
        live.until(lambda: (project / "begun").exists(), "the child runs")
        notebook.write_text("{ }")
        (project / "go").touch()
        live.settle()
        files = live.execution().evidence["data"]["files"]
        assert {os.path.basename(file["path"]) for file in files if file["by"] == "child"} >= {"out", "begun"}
        assert str(notebook) not in {file["path"] for file in files}


def test_the_settings_that_the_server_reads_while_a_child_runs_are_no_input(project: Path, python: str) -> None:
    settings = project / "pyproject.toml"
    settings.write_text("[project]\n")
    with kernel(project, python) as live:
        live.run("!touch begun; while [ ! -e go ]; do sleep 0.01; done; cat begun > out", wait=False)
        live.until(lambda: (project / "begun").exists(), "the child runs")
        assert settings.read_text()
        (project / "go").touch()
        live.settle()
        files = live.execution().evidence["data"]["files"]
        assert {os.path.basename(file["path"]) for file in files} == {"begun", "go", "out"}


def test_the_helpers_own_reading_is_never_taken_for_a_childs(live: LiveKernel) -> None:
    for n in range(30):
        put(live, f"some/{n}", str(n))
    execution = ran(live, "for n in range(30): open(f'some/{n}').read()\n!cat some/0 > out")
    files = execution.evidence["data"]["files"]
    assert {file["by"] for file in files if file["role"] == "input"} == {"self"}
    assert len(files) == 31
    shutil.rmtree(live.folder / "some")


def test_files_read_through_links_have_the_name_that_was_used(live: LiveKernel, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x")
    (live.folder / "linked").symlink_to(tmp_path)
    (live.folder / "one.csv").symlink_to(tmp_path / "in.csv")
    assert accesses(live, ran(live, f"x = {str(tmp_path)!r}; open('linked/in.csv').read()")) == {
        "linked/in.csv": "input"
    }
    assert accesses(live, ran(live, "open('one.csv').read()")) == {"one.csv": "input"}
    (live.folder / "linked").unlink()


def test_a_file_that_changes_natively_after_a_cell_has_read_it_is_marked(live: LiveKernel) -> None:
    put(live, "in.csv", "one")
    execution = ran(live, NATIVE + "open('in.csv').read()\nlibc.truncate(b'in.csv', 1)")
    files = {file["role"]: file for file in execution.evidence["data"]["files"]}
    assert files["input"]["changed_while_running"] is True
    assert files["output"]["digest"] == of("o")


def test_folders_that_others_make_in_a_shared_folder_are_nobodys(live: LiveKernel, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    live.run(f"open({str(shared / 'mine')!r}, 'w').close()")
    live.run("!touch begun2; while [ ! -e go2 ]; do sleep 0.01; done; cat begun2 > out2", wait=False)
    live.until(lambda: (live.folder / "begun2").exists(), "the child runs")
    (shared / "theirs" / "secret").mkdir(parents=True)
    (shared / "theirs" / "secret" / "private.txt").write_text("x")
    (live.folder / "go2").touch()
    live.settle()
    files = live.execution().evidence["data"]["files"]
    assert [file["path"] for file in files if "theirs" in file["path"]] == []
    assert "out2" in {os.path.basename(file["path"]) for file in files}
