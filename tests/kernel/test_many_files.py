"""Cells that access thousands of files: what they do for us is counted, and what is recorded of them is true."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.factors.data.ledger import NEAR
from jupyter_prov.factors.data.opens import _by_folder
from jupyter_prov.record.file_digests import Digests, version_of
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.watch.late_files import Late
from tests.live import LiveKernel

COUNT = 3000
COUNTING = """
from jupyter_prov.factors.data import accesses, ledger
from jupyter_prov.watch import helper
def counting(module, name, counted=[]):
    original = getattr(module, name)
    def counts(*args): counted.append(name); return original(*args)
    setattr(module, name, counts); return counted
counted = counting(ledger, 'version_of'); counting(accesses, 'version_of'); counting(accesses, 'digest_in')
waited = counting(helper.Helper, 'settle', [])
"""
LOOP = "for n in range({count}):\n    with open(f'{folder}/{{n}}', '{mode}') as f: {work}"
WRITE, READ = "f.write(f'{n} WORD')", "f.read()"


def of(content: str) -> str:
    return "blake3:" + blake3(content.encode()).hexdigest()


def loop(folder: str, mode: str, work: str, count: int = COUNT) -> str:
    return LOOP.format(folder=folder, mode=mode, work=work, count=count)


def counted(live: LiveKernel, code: str) -> list[str]:
    """What a cell did for us on its own time."""
    live.run("counted.clear(); waited.clear()")
    live.run(code)
    live.run("print(*counted, *waited)")
    return live.text.split()


@pytest.fixture(scope="module")
def many(live: LiveKernel) -> LiveKernel:
    live.run("import os; os.makedirs('many/other'); open('many/other/x', 'w').close()")
    live.run(COUNTING)
    return live


def test_a_cell_looks_at_few_of_the_files_that_it_reads(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE))
    many.settle()
    assert len(counted(many, loop("many", "r", READ))) <= 2 * NEAR
    assert "settle" not in counted(many, loop("many", "r", READ))


def test_a_cell_looks_at_few_of_the_files_that_it_writes_and_waits_for_none(many: LiveKernel) -> None:
    for _ in range(2):  # the second time at once, while the digests of the first are made
        found = counted(many, loop("many", "w", WRITE))
        assert found.count("version_of") <= 6 * NEAR
        assert found.count("digest_in") <= NEAR
        assert "settle" not in found


def test_files_of_many_are_looked_at_when_there_is_time_or_somebody_asks(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE))
    many.settle()
    many.run("from jupyter_prov.watch import idle_time")
    many.run("idle_time.PAUSE = idle_time.LONGEST = idle_time.PATIENCE = 3600")
    try:
        before = len(many.entries)
        many.run(loop("many", "r", READ))
        many.run("import time; time.sleep(0.5)")
        assert all(entry["kind"] != "files" for entry in many.entries[before:])
        assert len(files_of(many, -2)) == COUNT  # which settles
    finally:
        many.run("idle_time.PAUSE, idle_time.PATIENCE, idle_time.LONGEST = 0.1, 10.0, 60.0")


def test_folders_of_the_project_are_not_marked_again(many: LiveKernel) -> None:
    many.run(
        "for n in range(200):\n    os.makedirs(f'marked/{n}')\n    with open(f'marked/{n}/in', 'w') as f: f.write('x')"
    )
    many.settle()
    many.run("from jupyter_prov.factors.data import fanotify; watch = fanotify.Fanotify.watch")
    many.run("marked = counting(fanotify.Fanotify, 'watch', [])")
    try:
        read = "for n in range(200):\n    with open(f'marked/{n}/in') as f: f.read()"
        many.run(read)
        many.run(f"marked.clear()\n{read}")
        many.run("print(len(marked))")
        assert int(many.text) <= 2  # those that the source names
        many.run("import shutil; shutil.rmtree('marked/7'); os.mkdir('marked/7'); open('marked/7/in', 'w').close()")
        many.run("libc = __import__('ctypes').CDLL(None); libc.close(libc.open(b'marked/7/in', 0))")
        assert set(files_of(many, -1)) == {("marked/7/in", "input")}
    finally:
        many.run("fanotify.Fanotify.watch = watch")


def test_what_a_cell_says_of_thousands_of_files_are_few_messages(many: LiveKernel) -> None:
    many.settle()
    before = len(many.entries)
    many.run(loop("many", "r", READ))
    many.settle()
    assert len(many.entries) - before < 2 + COUNT / 500


def files_of(live: LiveKernel, number: int) -> dict[tuple[str, str], dict[str, Any]]:
    files = live.execution(number).evidence.get("data", {}).get("files", ())
    return {(os.path.relpath(f["path"], live.folder), f["role"]): f for f in files}


def test_what_one_cell_wrote_and_the_next_read_at_once_is_known(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE.replace("WORD", "first")))
    many.run(loop("many", "r", READ))
    wrote, read = files_of(many, -2), files_of(many, -1)
    assert set(wrote) == {(f"many/{n}", "output") for n in range(COUNT)}
    assert set(read) == {(f"many/{n}", "input") for n in range(COUNT)}
    for n in range(COUNT):
        assert wrote[f"many/{n}", "output"].get("digest") == of(f"{n} first"), n
        assert read[f"many/{n}", "input"].get("digest") == of(f"{n} first"), n


def test_what_is_overwritten_at_once_is_known_or_not_and_never_wrong(many: LiveKernel) -> None:
    words = ("second", "third", "fourth")
    for word in words:
        many.run(loop("many", "w", WRITE.replace("WORD", word)))
    for number, word in zip((-3, -2, -1), words, strict=True):
        found = files_of(many, number)
        assert set(found) == {(f"many/{n}", "output") for n in range(COUNT)}
        wrong = [n for n in range(COUNT) if found[f"many/{n}", "output"].get("digest") not in (None, of(f"{n} {word}"))]
        assert wrong == []
    assert all("digest" in file for file in found.values())
    said = [spot for spot in many.log().blind_spots if "before they could be digested" in spot]
    unknown = [file for number in (-3, -2) for file in files_of(many, number).values() if "digest" not in file]
    assert bool(said) or not unknown


def test_what_is_appended_to_is_read_in_the_state_before(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE.replace("WORD", "old")))
    many.settle()
    many.run(loop("many", "a", "f.write(' new')"))
    found = files_of(many, -1)
    for n in range(COUNT):
        assert found[f"many/{n}", "input"].get("digest") == of(f"{n} old"), n
        assert found[f"many/{n}", "output"].get("digest") == of(f"{n} old new"), n


def test_files_that_a_cell_made_and_removed_again_are_none(many: LiveKernel) -> None:
    work = "f.write('x')\n    os.remove(f'many/t{n}')"
    many.run(LOOP.format(folder="many", mode="w", work=work, count=500).replace("many/{n}'", "many/t{n}'"))
    assert files_of(many, -1) == {}


def test_files_read_before_they_are_written_back_keep_the_digests_of_what_was_read(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE.replace("WORD", "old")))
    many.settle()
    body = "text = open(f'many/{n}').read()\n    with open(f'many/{n}', 'w') as f: f.write(text + '!')"
    many.run(f"for n in range({COUNT}):\n    {body}")
    found = files_of(many, -1)
    for n in range(COUNT):
        assert found[f"many/{n}", "input"].get("digest") == of(f"{n} old"), n
        assert found[f"many/{n}", "output"].get("digest") == of(f"{n} old!"), n


def test_a_file_read_by_one_name_and_overwritten_by_another_is_never_wrong(many: LiveKernel) -> None:
    many.run(loop("many", "w", WRITE.replace("WORD", "old")))
    many.settle()
    body = "open(f'many/{n}').read()\n    with open(f'./many/../many/{n}', 'w') as f: f.write('x')"
    many.run(f"for n in range(500):\n    {body}")
    found = files_of(many, -1)
    for n in range(500):
        assert found[f"many/{n}", "input"].get("digest") in (None, of(f"{n} old")), n
        assert found[f"many/{n}", "output"].get("digest") == of("x"), n


def test_files_written_by_one_name_and_read_by_another_are_no_inputs(many: LiveKernel) -> None:
    body = "with open(f'many/{n}', 'w') as f: f.write('y')\n    open(f'./many/../many/{n}').read()"
    many.run(f"for n in range(500):\n    {body}")
    assert set(files_of(many, -1)) == {(f"many/{n}", "output") for n in range(500)}


def test_files_of_many_say_whether_they_were_there_before(many: LiveKernel) -> None:
    many.run("import os; os.makedirs('both'); open('both/other', 'w').close()")
    many.run(loop("both", "w", WRITE, 300))
    many.run(loop("both", "w", WRITE, 600))
    found = files_of(many, -1)
    assert {n for n in range(600) if found[f"both/{n}", "output"].get("existed")} == set(range(300))


def test_files_that_could_not_be_opened_for_writing_are_no_outputs(many: LiveKernel) -> None:
    many.run("os.makedirs('shut'); " + "[open(f'shut/{n}', 'w').close() for n in range(300)]")
    many.settle()
    body = "try: open(f'shut/{n}' if n % 2 else f'shut/{n}/none', 'w').write('x')\n    except OSError: pass"
    many.run(f"for n in range(300):\n    {body}")
    assert {path for path, _ in files_of(many, -1)} == {f"shut/{n}" for n in range(1, 300, 2)}


def test_what_goes_around_python_is_seen_among_thousands_of_files(many: LiveKernel) -> None:
    many.run("import ctypes; libc = ctypes.CDLL(None); os.makedirs('around')")
    many.run("[open(f'around/{n}', 'w').close() for n in ('read', 'write', 'both')]")
    many.settle()
    many.run(
        "import subprocess\n"
        f"for n in range({COUNT}):\n"
        "    with open(f'around/{n}', 'w') as f: f.write('x')\n"
        "    if n == 1000: libc.close(libc.open(b'around/read', 0))\n"
        "    if n == 2000: d = libc.open(b'around/write', 1); libc.write(d, b'native', 6); libc.close(d)\n"
        "subprocess.run(['cp', 'around/7', 'around/child'])"
    )
    found = files_of(many, -1)
    assert found["around/read", "input"]["via"] == "fanotify"
    assert found["around/write", "output"]["digest"] == of("native")
    assert found["around/child", "output"]["by"] == "child"
    assert sum(role == "output" for _, role in found) == COUNT + 2


def test_names_are_those_of_the_working_folder_at_the_time(many: LiveKernel) -> None:
    many.run("os.makedirs('one'); os.makedirs('two')")
    body = "with open(f'{n}', 'w') as f: f.write(str(n))"
    many.run(f"for top in ('one', '../two'):\n  os.chdir(top)\n  for n in range(300):\n    {body}\nos.chdir('..')")
    found = files_of(many, -1)
    assert {path for path, _ in found} in ({f"{top}/{n}" for top in ("one", "two") for n in range(300)}, {"one", "two"})


def test_many_folders_are_followed_beside_the_cells(many: LiveKernel) -> None:
    make = "for n in range(400):\n    os.makedirs(f'wide/{n}', exist_ok=True)\n"
    many.run(make + "    with open(f'wide/{n}/in', 'w') as f: f.write(str(n))")
    many.run("for n in range(400):\n    with open(f'wide/{n}/in') as f: f.read()")
    wrote, read = files_of(many, -2), files_of(many, -1)
    for n in range(400):
        assert wrote[f"wide/{n}/in", "output"].get("digest") == of(str(n))
        assert read[f"wide/{n}/in", "input"].get("digest") == of(str(n))


def look(rows: dict[str, Any], ended: int) -> dict[str, dict[str, Any]]:
    """What the helper says of files that it looks at now."""
    late = Late(Digests(), lambda *_: None)
    assert list(late.take(rows)) == []
    entries = list(late.take({"number": 1, "begun": 0, "ended": ended}))
    return {file["path"]: file for entry in entries for file in entry["files"]}


PARTS = st.lists(st.sampled_from(["a", "b", "..", ".", "", ".c"]), max_size=3).map("/".join)
FILE = st.tuples(PARTS, st.sampled_from(["a", "b", ".c"])).map(lambda parts: "/".join(parts).lstrip("/"))


@given(st.lists(FILE, max_size=6))
def test_many_names_lead_where_each_leads(names: list[str]) -> None:
    found = _by_folder(names)
    assert {path for paths in found.values() for path in paths} == {os.path.abspath(name) for name in names}
    for folder, paths in found.items():
        for path, name in paths.items():
            assert (os.path.abspath(name), path.rpartition("/")[0]) == (path, folder)


def test_a_file_that_changed_after_its_cell_had_ended_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("new")
    now = time.time_ns()
    for rows in (
        {"reads": [str(tmp_path), "audit", "self", ["x"]]},
        {"writes": [[str(path), None, "a", "self", True, None]]},
    ):
        [early] = look(rows, path.stat().st_ctime_ns).values()
        assert "digest" not in early
        assert early["changed_while_running"] is True
        [known] = look(rows, now + 10**9).values()
        assert known["digest"] == of("new")


def test_a_version_that_is_gone_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    version = version_of(str(path))
    path.write_text("other")
    [found] = look({"writes": [[str(path), None, "audit", "self", True, version]]}, time.time_ns()).values()
    assert "digest" not in found


def test_a_digest_that_the_kernel_made_counts_whenever_it_comes() -> None:
    entries = [
        {"kind": "started", "number": 1, "cell": "a", "text": "", "started": "2026"},
        {"kind": "ended", "number": 1, "seconds": 0, "outcome": "ok", "evidence": {"data": {"files": [
            {"path": "/x", "role": "input", "via": "audit", "by": "self", "version": "v"}]}}},
    ]  # fmt: skip
    lost = {"kind": "digests", "files": [["/x", "v", None, None, True, None, False]]}
    made = {"kind": "digests", "files": [["/x", "v", "blake3:1", 5, False, None, False]]}
    for order in ((lost, made), (made, lost)):
        log = SessionLog("test")
        for entry in (*entries, *order):
            log.apply({**entry})
        [file] = log.executions[0].evidence["data"].pop("files")
        assert (file["digest"], file["size"]) == ("blake3:1", 5)
        assert "changed_while_running" not in file
        entries[1]["evidence"] = {"data": {"files": [
            {"path": "/x", "role": "input", "via": "audit", "by": "self", "version": "v"}]}}  # fmt: skip
