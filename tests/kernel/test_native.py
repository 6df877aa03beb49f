"""Native watching where the system gives less: without fanotify, without anything, with too many events."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.factors.data import folder_marks, inotify
from jupyter_prov.factors.data.native_files import NativeFiles
from jupyter_prov.record import wire
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.watch.artifact_paths import Artifacts, named_folders
from jupyter_prov.watch.data_folders import store_of
from jupyter_prov.watch.guard import Guard
from tests.live import LiveKernel, kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="native watching is for Linux")
REFUSED = """
import os as _os
from jupyter_prov.factors.data import folder_marks as _marks
def _refused(self):
    raise PermissionError(1, "Operation not permitted")
for _name in {names!r}:
    setattr(_marks, _name, type(_name, (), {{"__init__": _refused}}))
_os.environ.pop("JUPYTER_PROV")
"""
NATIVE = "import ctypes; libc = ctypes.CDLL(None)\n"


def started(project: Path, python: str, *names: str) -> Any:
    """A kernel of which the system refuses these watchers."""
    live = kernel(project, python, {"JUPYTER_PROV": "0"}, shake=False)

    class Refusing:
        def __enter__(self) -> LiveKernel:
            found = live.__enter__()
            found.request({**wire.settle(), "code": REFUSED.format(names=names), "user_expressions": {}})
            assert found.handshake() == wire.RECORDING
            return found

        def __exit__(self, *raised: Any) -> None:
            live.__exit__(*raised)

    return Refusing()


@pytest.fixture
def data(project: Path) -> Path:
    (project / "sub").mkdir()
    (project / "sub" / "in.csv").write_text("x")
    return project


def seen(live: LiveKernel, code: str) -> set[tuple[str, str, str, str]]:
    files = live.noted(code, "data").get("files", ())
    return {(os.path.relpath(f["path"], live.folder), f["role"], f["via"], f["by"]) for f in files}


def test_inotify_stands_in_for_fanotify_and_does_not_know_who(data: Path, python: str) -> None:
    with started(data, python, "Fanotify") as live:
        assert seen(live, NATIVE + "libc.close(libc.open(b'sub/in.csv', 0))") == {
            ("sub/in.csv", "input", "inotify", "other")
        }
        assert seen(live, "!cp sub/in.csv out") == {
            ("sub/in.csv", "input", "inotify", "other"), ("out", "output", "inotify", "other"),
        }  # fmt: skip
        assert seen(live, "open('out').read()") == {("out", "input", "audit", "self")}
        assert seen(live, "open('out', 'w').write('y')") == {("out", "output", "audit", "self")}
        made = "import os; os.makedirs('new/er')\n" + NATIVE + "libc.close(libc.creat(b'new/er/out', 0o600))"
        assert seen(live, made) == {("new/er/out", "output", "inotify", "other")}
        session = live.record(data).sessions[0]
        assert session.watchers["fanotify"] == "Operation not permitted"
        assert session.watchers["inotify"] == session.watchers["audit"] == "active"


def test_where_both_are_refused_python_is_still_heard_and_the_record_says_so(data: Path, python: str) -> None:
    with started(data, python, "Fanotify", "Inotify") as live:
        assert seen(live, NATIVE + "libc.close(libc.open(b'sub/in.csv', 0))") == set()
        assert seen(live, "open('sub/in.csv').read()") == {("sub/in.csv", "input", "audit", "self")}
        session = live.record(data).sessions[0]
        assert session.watchers["fanotify"] == session.watchers["inotify"] == "Operation not permitted"
        assert session.watchers["audit"] == "active"
        assert "Accesses to files that go around Python were not seen in every folder." in session.blind_spots


def test_every_record_says_what_watched(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("1")
        watchers = live.record(project).sessions[0].watchers
    assert {watchers[name] for name in ("audit", "fanotify", "data", "random", "clock", "order")} == {"active"}


def test_more_events_than_the_system_keeps_are_a_blind_spot(data: Path, python: str) -> None:
    with kernel(data, python) as live:
        make = "import os\nfor n in range(40_000): os.mknod(f'sub/{n}')\n"
        live.run(
            "from jupyter_prov.factors.data import native_files, opens; native_files.REST = 60; opens._GATHERED = 10**9"
        )
        live.run(NATIVE + make)
        live.run(NATIVE + "for n in range(40_000): libc.close(libc.open(b'sub/%d' % n, 0))")
        assert [s for s in live.log().blind_spots if "were not seen" in s]


def test_thousands_of_native_reads_in_one_cell_are_all_seen(data: Path, python: str) -> None:
    with kernel(data, python) as live:
        for n in range(3000):
            (data / "sub" / str(n)).write_text("x")
        code = NATIVE + "for n in range(3000): libc.close(libc.open(b'sub/%d' % n, 0))"
        files = live.noted(code, "data")["files"]
        assert {os.path.basename(f["path"]) for f in files} == {str(n) for n in range(3000)}
        assert {f["digest"] for f in files} == {files[0]["digest"]}


def test_folders_that_move_are_followed(data: Path, python: str) -> None:
    with kernel(data, python) as live:
        read = NATIVE + "libc.close(libc.open(b'{}/in.csv', 0))"
        live.run("import os; os.rename('sub', 'moved')")
        assert seen(live, read.format("moved")) == {("moved/in.csv", "input", "fanotify", "self")}
        live.run("import shutil; shutil.rmtree('moved'); os.mkdir('moved'); open('moved/in.csv', 'w').close()")
        assert seen(live, read.format("moved")) == {("moved/in.csv", "input", "fanotify", "self")}
        (data / "of-others").mkdir()
        (data / "of-others" / "in.csv").write_text("x")
        assert seen(live, read.format("of-others")) == {("of-others/in.csv", "input", "fanotify", "self")}


def test_a_folder_is_entered_that_a_cell_changes_to(project: Path, tmp_path: Path, python: str) -> None:
    (tmp_path / "else" / "where").mkdir(parents=True)
    (tmp_path / "else" / "where" / "in.csv").write_text("x")
    with kernel(project, python) as live:
        live.run(f"folder = {str(tmp_path)!r} + '/el' + 'se'; import os; os.chdir(folder)")
        [file] = live.noted(NATIVE + "libc.close(libc.open(b'where/in.csv', 0))", "data")["files"]
        assert file["path"] == str(tmp_path / "else" / "where" / "in.csv")


LEFT = """
import os, threading, time
def left():
    links = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError:
            pass
    threads = [thread.name for thread in threading.enumerate()]
    return sum("fanotify" in link for link in links), threads.count("jupyter-prov files")
"""


def test_unloading_lets_go_of_the_system(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run(LEFT + "print(left())")
        assert live.text == "(1, 1)\n"
        live.run("%unload_ext jupyter_prov")
        live.run("deadline = time.time() + 10\nwhile left() != (0, 0) and time.time() < deadline: time.sleep(0.02)")
        live.run("print(left())")
        assert live.text == "(0, 0)\n"


def test_a_tree_without_end_is_watched_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_prov.factors.data.native_files.MOST_BELOW", 10)
    for n in range(30):
        (tmp_path / str(n)).mkdir()
    guard = Guard()
    files = NativeFiles(guard, lambda _: False)
    files.add(str(tmp_path), deep=True)
    assert files.settle(10)
    files.close()
    assert [spot for spot in guard.blind_spots if "10 folders" in spot]


def test_a_folder_that_was_marked_beside_a_cell_is_not_marked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "jupyter_prov.factors.data.native_files.REMADE", 0
    )  # so that a new folder is left to the thread
    files = NativeFiles(Guard(), lambda _: False)
    files.add_project(str(tmp_path))
    files.prepare()
    files.begin()
    (tmp_path / "new").mkdir()
    files.take()
    assert files.settle(10)
    files.end()
    files.prepare()
    assert files.has(str(tmp_path / "new"))
    files.close()


def test_inotify_leaves_watches_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inotify, "MOST_WATCHES", 5)
    monkeypatch.setattr(folder_marks, "Fanotify", Refused)
    for n in range(9):
        (tmp_path / str(n)).mkdir()
    guard = Guard()
    files = NativeFiles(guard, lambda _: False)
    files.add(str(tmp_path), deep=True)
    assert files.settle(10)
    files.close()
    assert guard.blind_spots == ["No more folders can be watched by inotify on this machine."]


class Refused:
    def __init__(self) -> None:
        raise PermissionError(1, "Operation not permitted")


@given(st.text(max_size=60))
def test_any_text_names_folders_that_are_there(text: str) -> None:
    for folder in named_folders(text):
        assert os.path.isdir(folder)
        assert folder != "/"


@pytest.mark.parametrize(
    "text",
    [
        "open('{}/x.csv')",
        "p = '{}/x.csv'",
        "!cat {}/x.csv",
        "!cat <{}/x.csv",
        "%run {}/x.py",
        "cp a {}",
        "D='{}/*.csv'",
    ],
)
def test_folders_that_a_cell_names(tmp_path: Path, text: str) -> None:
    assert list(named_folders(text.format(tmp_path))) == [str(tmp_path)]


@given(st.lists(st.sampled_from(["a", "b.zarr", "year=2024", "c.parquet", "d"]), max_size=5))
def test_a_store_is_above_what_is_in_it(parts: list[str]) -> None:
    folder = os.path.join("/nowhere", *parts)
    found = store_of(folder)
    is_in_one = any(part.endswith((".zarr", ".parquet")) or "=" in part for part in parts)
    assert (found is not None) is is_in_one
    assert found is None or folder.startswith(found)


@given(
    st.lists(
        st.sampled_from(["x", "a.csv", ".hid", ".~x", "b.pyc", "c.prov.json", ".git", "__pycache__", "pyc", "d-wal"])
    )
)
def test_names_of_thousands_are_judged_as_each_alone(names: list[str]) -> None:
    artifacts = Artifacts(Place.of_folder("/nowhere"))
    paths = {f"/nowhere/{name}": name for name in names}
    assert artifacts.among("/nowhere", paths) == {path: name for path, name in paths.items() if artifacts.may_be(path)}


def test_caches_environments_and_our_own_files_are_no_artifacts(tmp_path: Path) -> None:
    artifacts = Artifacts(Place.of_folder(tmp_path))
    for name in ("x.csv", "a/b.parquet", "data/.hidden"):
        assert artifacts.contain(str(tmp_path / name)), name
    for name in ("x.prov.json", "__pycache__/x.pyc", ".git/config", ".~x.ipynb", "d.sqlite-journal", "node_modules/a"):
        assert not artifacts.contain(str(tmp_path / name)), name
    for path in (sys.executable, "/proc/self/maps", os.__file__):
        assert not artifacts.contain(path), path
