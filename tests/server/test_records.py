"""Which files beside notebooks are written, moved and removed: through real contents managers, with no kernel."""

from __future__ import annotations

import copy
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from memory import MemoryContents
from tornado.web import HTTPError

from jupyter_prov.record import record_file
from jupyter_prov.server.notebook_events import Contents
from jupyter_prov.server.record_writer import Records
from tests.record.making import code, left_behind, log_of, notebook_of, printed, ran

W3C = '{"prefix": {"ex": "http://example.org/"}, "entity": {"ex:e1": {}}}\n'
NEWER = '{"schema": "jupyter-prov/record/2", "notebook": "a.ipynb"}\n'
DAMAGED = '{"schema": "jupyter-prov/record/1", "notebook": 3}\n'
FOREIGN = {"w3c": W3C, "newer": NEWER, "damaged": DAMAGED, "torn": W3C[:20], "empty": ""}
NOTEBOOK = notebook_of(code("a", 1, printed("1")))
SESSION = log_of(ran(1))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def contents(root: Path) -> Any:
    return AsyncLargeFileManager(root_dir=str(root), delete_to_trash=False)


def records_of(contents: Any, data: Path) -> Records:
    return Records(cast("Contents", SimpleNamespace(current=contents)), logging.getLogger(__name__), data)


@pytest.fixture
def records(contents: Any, tmp_path: Path) -> Records:
    return records_of(contents, tmp_path / "data")


def notebook(root: Path, name: str = "a.ipynb") -> None:
    (root / name).parent.mkdir(exist_ok=True, parents=True)
    (root / name).write_text(nbformat.writes(nbformat.from_dict(NOTEBOOK)))


async def save(records: Records, path: str = "a.ipynb") -> bool:
    return await records.write(path, NOTEBOOK, [SESSION])


async def rename(records: Records, root: Path, old: str, new: str) -> None:
    (root / old).rename(root / new)
    await records.move(old, new)


async def delete(records: Records, root: Path, path: str) -> None:
    (root / path).unlink()
    await records.remove(path)


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
async def test_what_is_not_a_record_of_ours_stays_whatever_happens(records: Records, root: Path, text: str) -> None:
    for name in ("a", "b"):
        notebook(root, f"{name}.ipynb")
    (root / "a.prov.json").write_text(text)
    assert not await save(records)
    assert records.obstacles["a.ipynb"].startswith("No record of a.ipynb is written: a.prov.json ")
    assert "record-name" in records.obstacles["a.ipynb"]
    await records.copy("a.ipynb", "c.ipynb")
    await rename(records, root, "a.ipynb", "d.ipynb")
    assert await save(records, "b.ipynb")
    await rename(records, root, "b.ipynb", "a.ipynb")  # to a name that is taken
    assert (root / "b.prov.json").exists()
    await delete(records, root, "a.ipynb")
    assert (root / "a.prov.json").read_text() == text
    assert sorted(os.listdir(root)) == ["a.prov.json", "b.prov.json", "d.ipynb"]


async def test_an_obstacle_is_gone_once_the_record_can_be_written(
    records: Records, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notebook(root)
    (root / "a.prov.json").write_text(W3C)
    await save(records)
    await save(records)
    assert len(caplog.records) == 1
    assert not await records.exists("a.ipynb")
    (root / "a.prov.json").unlink()
    assert await save(records)
    assert records.obstacles == {}
    assert await records.exists("a.ipynb")


async def test_a_project_names_its_records(records: Records, root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "{stem}.repro.prov.json"\n')
    for name in ("a.ipynb", "sub/w3c.ipynb"):
        notebook(root, name)
    (root / "sub" / "w3c.prov.json").write_text(W3C)
    assert await save(records)
    assert await save(records, "sub/w3c.ipynb")
    await rename(records, root, "sub/w3c.ipynb", "sub/b.ipynb")
    await records.copy("sub/b.ipynb", "sub/c.ipynb")
    assert sorted(os.listdir(root / "sub")) == ["b.ipynb", "b.repro.prov.json", "c.repro.prov.json", "w3c.prov.json"]
    assert record_file.read(record_file.beside(root / "sub" / "c.ipynb")).notebook == "c.ipynb"
    await delete(records, root, "a.ipynb")
    assert not (root / "a.repro.prov.json").exists()


async def test_settings_that_are_wrong_are_an_obstacle(records: Records, root: Path) -> None:
    notebook(root)
    (root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "{stem}.json"\n')
    assert not await save(records)
    assert "record-name in [tool.jupyter-prov] is '{stem}.json'" in records.obstacles["a.ipynb"]
    assert not await records.exists("a.ipynb")
    (root / "pyproject.toml").write_text("[tool.jupyter-prov]\nrtol = 7\n")  # of which the name knows nothing
    assert await save(records)


async def test_one_name_for_all_keeps_the_record_of_the_first(records: Records, root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "one.prov.json"\n')
    for name in ("a.ipynb", "b.ipynb"):
        notebook(root, name)
    assert await save(records)
    assert not await save(records, "b.ipynb")
    assert "one.prov.json is the record of a.ipynb" in records.obstacles["b.ipynb"]
    await delete(records, root, "b.ipynb")
    await rename(records, root, "a.ipynb", "c.ipynb")
    assert record_file.read(root / "one.prov.json").notebook == "c.ipynb"


@pytest.mark.parametrize("other", ["n", "one", "o", "prov", "json", "one.prov"])
async def test_a_name_for_all_that_holds_that_of_a_notebook_is_not_its_own(
    records: Records, root: Path, other: str
) -> None:
    (root / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "one.prov.json"\n')
    for name in ("a.ipynb", f"{other}.ipynb"):
        notebook(root, name)
    assert await save(records)
    assert not await save(records, f"{other}.ipynb")
    await rename(records, root, f"{other}.ipynb", "x.ipynb")
    await delete(records, root, "x.ipynb")
    assert record_file.read(root / "one.prov.json").notebook == "a.ipynb"


@pytest.mark.parametrize("links", [("a",), ("c", "a"), ("../root/a",), ("kept",), ("c", "kept")])
async def test_a_rename_to_a_name_that_is_a_link_to_the_record_keeps_it(
    records: Records, root: Path, links: tuple[str, ...]
) -> None:
    notebook(root)
    await save(records)
    if links[-1] == "kept":
        (root / "a.prov.json").rename(root / "kept.prov.json")
        (root / "a.prov.json").symlink_to("kept.prov.json")
    for name, target in zip(("b", *links), links, strict=False):
        (root / f"{name}.prov.json").symlink_to(f"{target}.prov.json")
    await rename(records, root, "a.ipynb", "b.ipynb")
    assert record_file.read(root / "b.prov.json").notebook == "b.ipynb"
    await delete(records, root, "b.ipynb")
    assert not (root / "b.prov.json").is_symlink()


FULL = """
import asyncio, resource, sys
from pathlib import Path
sys.path += [sys.argv[1], str(Path(sys.argv[1], "tests", "server"))]
from test_records import *
root, tmp = Path(sys.argv[2]), Path(sys.argv[3])
records = records_of(AsyncLargeFileManager(root_dir=str(root), delete_to_trash=False), tmp)
async def main():
    notebook(root)
    await save(records)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    await rename(records, root, "a.ipynb", "b.ipynb")
    print(records.obstacles["b.ipynb"])
asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_rename_on_a_full_disk_leaves_the_old_record(root: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", FULL, str(Path(__file__).parents[2]), str(root), str(tmp_path / "data")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("No record of b.ipynb is written: b.prov.json cannot be saved ("), done.stderr
    assert record_file.read(root / "a.prov.json").notebook == "a.ipynb"
    assert sorted(os.listdir(root)) == ["a.prov.json", "b.ipynb"]


@pytest.mark.parametrize("keep", [0, 1, 300, 700])
@pytest.mark.parametrize("filled", [b"", b"\0" * 5000])
async def test_a_record_whose_writing_was_cut_off_is_set_aside_and_made_again(
    records: Records, root: Path, keep: int, filled: bytes
) -> None:
    notebook(root)
    await save(records)
    whole = (root / "a.prov.json").read_bytes()
    (root / "a.prov.json").write_bytes(torn := whole[:keep] + filled)
    assert await save(records)
    assert (root / "a.prov.json").read_bytes() == whole
    assert (root / "a.prov.json.broken").read_bytes() == torn
    assert "a.prov.json.broken" in records.remarks["a.ipynb"]
    (root / "a.prov.json").write_bytes(torn)
    await save(records)
    assert (root / "a.prov.json.broken-2").read_bytes() == torn


async def test_a_broken_file_that_we_did_not_write_stays(records: Records, root: Path, tmp_path: Path) -> None:
    notebook(root)
    await save(records)
    whole = (root / "a.prov.json").read_text()
    for theirs in (W3C[:30], "<<<<<<< HEAD\n" + whole, whole[:60] + "~" + whole[60:-200]):
        (root / "a.prov.json").write_text(theirs)
        assert not await save(records)
        assert (root / "a.prov.json").read_text() == theirs
    (root / "a.prov.json").write_text(whole[:700])
    elsewhere = records_of(records._contents, tmp_path / "another machine")
    assert not await save(elsewhere)
    assert sorted(os.listdir(root)) == ["a.ipynb", "a.prov.json"]


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
async def test_a_link_to_the_record_of_another_notebook_is_not_written_through(records: Records, root: Path) -> None:
    notebook(root)
    notebook(root, "b.ipynb")
    await save(records, "b.ipynb")
    theirs = (root / "b.prov.json").read_bytes()
    (root / "a.prov.json").symlink_to("b.prov.json")
    assert not await save(records)
    assert (root / "b.prov.json").read_bytes() == theirs
    assert "b.ipynb" in records.obstacles["a.ipynb"]


async def test_a_folder_named_like_a_notebook_takes_no_record_along(records: Records, root: Path) -> None:
    notebook(root)
    await save(records)
    (root / "a.ipynb").unlink()
    (root / "b.ipynb").mkdir()
    await records.move("a.ipynb", "b.ipynb")
    assert (root / "a.prov.json").exists()


async def test_nothing_is_written_for_a_notebook_that_has_gone(records: Records, root: Path) -> None:
    assert not await save(records, "gone.ipynb")
    assert os.listdir(root) == []


@pytest.mark.skipif(os.name == "nt", reason="processes of POSIX")
async def test_a_save_that_says_nothing_new_removes_what_a_killed_server_left(records: Records, root: Path) -> None:
    notebook(root)
    assert await save(records)
    left = left_behind(root)
    assert not await save(records)
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
async def test_mode_and_link_of_a_record_stay(records: Records, root: Path, tmp_path: Path) -> None:
    notebook(root)
    await save(records)
    real = tmp_path / "elsewhere.json"
    (root / "a.prov.json").rename(real)
    real.chmod(0o640)
    (root / "a.prov.json").symlink_to(real)
    assert await records.write("a.ipynb", NOTEBOOK, [log_of(ran(1), ran(2))])
    assert (root / "a.prov.json").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    await delete(records, root, "a.ipynb")
    assert not os.path.lexists(root / "a.prov.json")
    assert real.exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling", "device"])
async def test_what_is_not_a_file_stays_and_is_not_waited_for(records: Records, root: Path, kind: str) -> None:
    notebook(root)
    beside = root / "a.prov.json"
    make: dict[str, Callable[[], None]] = {
        "pipe": lambda: os.mkfifo(beside),
        "folder": beside.mkdir,
        "dangling": lambda: beside.symlink_to("nowhere"),
        "device": lambda: beside.symlink_to("/dev/null"),
    }
    make[kind]()
    before = os.lstat(beside)
    assert not await save(records)
    await delete(records, root, "a.ipynb")
    assert os.path.samestat(before, os.lstat(beside))
    assert os.listdir(root) == ["a.prov.json"]


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="this system has no such file")
async def test_a_notebook_that_is_a_file_of_the_kernel_is_not_waited_for(records: Records, root: Path) -> None:
    (root / "a.ipynb").symlink_to("/proc/kmsg")
    assert await records.notebook_of("a.ipynb") is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="who is root may write everywhere")
async def test_a_folder_that_is_read_only_is_an_obstacle(records: Records, root: Path) -> None:
    notebook(root)
    root.chmod(0o555)
    try:
        assert not await save(records)
    finally:
        root.chmod(0o755)
    assert "Permission denied" in records.obstacles["a.ipynb"]


async def test_a_name_that_is_too_long_is_an_obstacle(records: Records, root: Path) -> None:
    name = "n" * 249 + ".ipynb"
    notebook(root, name)
    assert not await save(records, name)
    assert "cannot be saved (File name too long)" in records.obstacles[name]


async def test_hooks_and_events_of_the_contents_manager_see_the_record(records: Records, root: Path) -> None:
    seen: list[Any] = []
    contents = records._contents
    contents.register_pre_save_hook(lambda model, path, **_: seen.append((path, model["type"])))
    contents.register_post_save_hook(lambda model, os_path, **_: seen.append((model["path"], os_path)))
    notebook(root)
    await save(records)
    assert seen == [("a.prov.json", "file"), ("a.prov.json", str(root / "a.prov.json"))]

    def refuse(**_: Any) -> None:
        raise HTTPError(403, "not here")

    contents.register_pre_save_hook(refuse)
    assert not await records.write("a.ipynb", NOTEBOOK, [log_of(ran(1), ran(2))])
    assert "not here" in records.obstacles["a.ipynb"]


async def test_readers_never_meet_half_a_record(records: Records, root: Path) -> None:
    notebook(root)
    await save(records)
    stop, broken = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            try:
                record_file.read(root / "a.prov.json")
            except record_file.UnreadableRecord as error:
                broken.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(2, 30):
        await records.write("a.ipynb", NOTEBOOK, [log_of(*(ran(n) for n in range(1, number)))])
    stop.set()
    reader.join()
    assert broken == []


class Careless(MemoryContents):
    """Loses the second half of what is saved, so many times."""

    losing = 0

    def save(self, model: dict[str, Any], path: str = "") -> Any:
        saved = super().save(model, path)
        if path.endswith(record_file.SUFFIX) and self.losing:
            self.losing -= 1
            text = self.kept[path]["content"]
            self.kept[path]["content"] = text[: len(text) // 2]
        return saved


@pytest.fixture
def memory() -> Careless:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = Careless()
    made.kept["a.ipynb"] = made._model("a.ipynb", "notebook", NOTEBOOK, "json")
    return made


async def test_what_a_manager_without_files_has_saved_is_read_back(memory: Careless, tmp_path: Path) -> None:
    records = records_of(memory, tmp_path)
    memory.losing = 1
    assert await save(records)
    record_file.loads(memory.kept["a.prov.json"]["content"], "a.prov.json")
    memory.losing = 2
    more = [log_of(ran(1), ran(2))]
    assert not await records.write("a.ipynb", NOTEBOOK, more)
    assert "reads back as something else" in records.obstacles["a.ipynb"]
    assert await records.write("a.ipynb", NOTEBOOK, more)
    assert set(memory.kept) == {"a.ipynb", "a.prov.json", "a.prov.json.broken"}


async def test_a_manager_without_files_names_records_as_its_project_does(memory: Careless, tmp_path: Path) -> None:
    records = records_of(memory, tmp_path)
    memory.kept["a.prov.json"] = memory._model("a.prov.json", "file", W3C, "text")
    assert not await save(records)
    text = '[tool.jupyter-prov]\nrecord-name = ".repro.prov.json"\n'
    memory.kept["pyproject.toml"] = memory._model("pyproject.toml", "file", text, "text")
    assert await save(records_of(memory, tmp_path))
    assert memory.kept["a.prov.json"]["content"] == W3C
    assert json.loads(memory.kept["a.repro.prov.json"]["content"])["notebook"] == "a.ipynb"


class IgnoresCase(MemoryContents):
    """As buckets and shares that know one file by all its spellings."""

    def file_exists(self, path: str = "") -> bool:
        return super().file_exists(path.lower())

    def get(self, path: str, **how: Any) -> Any:
        if not path.strip("/"):
            return self._model("", "directory", [copy.deepcopy(one) for one in self.kept.values()], "json")
        return super().get(path.lower(), **how)

    def save(self, model: dict[str, Any], path: str = "") -> Any:
        said = super().save(model, path.lower())
        self.kept[path.lower()]["name"] = path.rpartition("/")[2]
        return said

    def delete_file(self, path: str) -> None:
        super().delete_file(path.lower())


@pytest.mark.parametrize("manager", [IgnoresCase, MemoryContents])
async def test_a_rename_that_changes_only_case_keeps_the_record(tmp_path: Path, manager: Any) -> None:
    kept = manager()
    kept.save({"type": "notebook", "format": "json", "content": NOTEBOOK}, "A.ipynb")
    records = records_of(kept, tmp_path)
    assert await save(records, "A.ipynb")
    kept.kept["a.ipynb"] = kept.kept.pop(next(one for one in kept.kept if one.endswith(".ipynb")))
    await records.move("A.ipynb", "a.ipynb")
    assert json.loads(kept.kept["a.prov.json"]["content"])["notebook"] == "a.ipynb"
