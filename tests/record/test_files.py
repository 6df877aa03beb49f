"""The record's file: its bytes, its validation, and replacing it at once or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_prov.record import record_file
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.model import SCHEMA, CellState, Execution, Record, Session, to_json

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()))
)
JSON = st.dictionaries(
    st.text(),
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10),
    max_size=5,
)
EMPTY = {"schema": SCHEMA, "notebook": "a.ipynb", "cells": [], "sessions": []}


def without_orjson(data: Any) -> str:
    known = sys.modules.get("orjson")
    sys.modules["orjson"] = None  # type: ignore[assignment]
    try:
        return record_file.dumps(data)
    finally:
        if known is None:
            del sys.modules["orjson"]
        else:
            sys.modules["orjson"] = known


def _joined_surrogates(value: Any) -> Any:
    """Two lone surrogates that stand together are read back as the one character that they mean."""
    return json.loads(json.dumps(value))


@given(JSON)
@example({"a": 1e16, "b": 1e-7, "c": 1.0, "d": -0.0, "e": 123456789012345678.0, "f": 5e-324})
@example({"a": [], "b": {}, "c": [[]], "d": [{}], "é": '\x7f\u2028\x00\x1f"\\/', "\U0001f600": "", "￿": 1})
@example({"lone": "\ud800", "big": 1 << 70})
def test_the_bytes_are_the_same_with_and_without_orjson(data: dict[str, Any]) -> None:
    text = record_file.dumps(data)
    assert text == without_orjson(data)
    text.encode()
    assert json.loads(text) == _joined_surrogates(data)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_json_has_no_word_for_is_null(number: float) -> None:
    assert (
        json.loads(record_file.dumps({"a": [number]})) == json.loads(without_orjson({"a": [number]})) == {"a": [None]}
    )


def test_keys_are_sorted_two_spaces_deep_with_one_newline_at_the_end() -> None:
    assert record_file.dumps({"b": [1], "a": "é"}) == '{\n  "a": "é",\n  "b": [\n    1\n  ]\n}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a jupyter-prov record"),
        ("{}", "not a jupyter-prov record"),
        ('{"schema": 1}', "not a jupyter-prov record"),
        (json.dumps({**EMPTY, "schema": "jupyter-prov/record/99"}), "update jupyter-prov"),
        (json.dumps({**EMPTY, "cells": {}}), "damaged .*cells must be array"),
        (json.dumps({**EMPTY, "cells": [{"id": "a", "session": 1, "execution": 1, "outputs": ["md5:1"]}]}), "outputs"),
        (json.dumps({**EMPTY, "sessions": [{"number": 0, "started": "", "executions": []}]}), "number"),
    ],
)
def test_what_is_no_record_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(UnreadableRecord, match=says):
        record_file.loads(text, "a.prov.json")


def test_unknown_keys_are_kept_at_every_level() -> None:
    execution = {"number": 1, "cell": "a", "count": 1, "source": "blake3:" + "0" * 64, "started": "", "seconds": 1.0,
                 "outcome": "ok", "evidence": {"new": {"k": 1}, "data": {"files": [], "k": 1}}, "k": 1}  # fmt: skip
    session = {"number": 1, "started": "", "python": {"k": 1}, "platform": {}, "environment": {}, "packages": {},
               "blind_spots": [], "executions": [execution], "k": 1}  # fmt: skip
    cell = {"id": "a", "session": 1, "execution": 1, "outputs": [], "k": 1}
    data = {"schema": SCHEMA, "notebook": "a.ipynb", "cells": [cell], "sessions": [session], "k": 1}
    assert to_json(record_file.loads(json.dumps(data), "a")) == data


def test_a_missing_record_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecord, match="There is no record"):
        record_file.read(tmp_path / "a.prov.json")


def test_a_record_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.prov.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableRecord, match="cannot be read"):
        record_file.read(tmp_path / "a.prov.json")


def test_a_written_record_is_read_back(tmp_path: Path) -> None:
    record_file.write(tmp_path / "a.prov.json", Record("a.ipynb", extra={"k": 1e-7}))
    assert record_file.read(tmp_path / "a.prov.json") == Record("a.ipynb", extra={"k": 1e-7})


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_replacing_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.prov.json"
    path.write_text("old")
    path.chmod(0o640)
    record_file.replace(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.prov.json"]


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_new_file_has_the_mode_that_the_user_wants(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        record_file.replace(tmp_path / "a", "new")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_text("old")
    (tmp_path / "a").symlink_to(tmp_path / "real" / "a")
    record_file.replace(tmp_path / "a", "new")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "new"


def test_a_name_as_long_as_names_may_be_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 244 + ".prov.json")
    record_file.replace(path, "new")
    assert path.read_text() == "new"


def test_a_reader_sees_the_old_or_the_new_text_whole(tmp_path: Path) -> None:
    path, texts = tmp_path / "a", {"a" * 100_000, "b" * 200_000}
    record_file.replace(path, min(texts))
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(30):
        for text in texts:
            record_file.replace(path, text)
    stop.set()
    reader.join()
    assert seen <= texts


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from jupyter_prov.record import record_file
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    record_file.replace(Path(sys.argv[1]), "n" * 100_000)
except OSError as error:
    print("refused:", type(error).__name__)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    found = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path / "a")], capture_output=True, text=True)
    assert found.stdout == "refused: OSError\n", found.stderr
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("notebook", "record"),
    [("a.ipynb", "a.prov.json"), ("d/a.b.ipynb", "d/a.b.prov.json"), ("a.txt", "a.txt.prov.json")],
)
def test_the_record_lies_beside_the_notebook(notebook: str, record: str) -> None:
    assert record_file.record_path(notebook) == record


def test_the_record_has_the_name_that_its_project_gives_records(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.jupyter-prov]\nrecord-name = "r-{stem}.x.prov.json"\n')
    (tmp_path / "sub").mkdir()
    record = tmp_path / "sub" / "r-a.x.prov.json"
    assert record_file.beside(tmp_path / "sub" / "a.ipynb") == record
    assert record_file.notebook_beside(record) == tmp_path / "sub" / "a.ipynb"
    assert record_file.notebook_beside(tmp_path / "a.prov.json") is None


@pytest.mark.parametrize("text", ['{"prefix": {}}', json.dumps({**EMPTY, "schema": "jupyter-prov/record/2"}), "{", ""])
def test_nothing_but_a_record_is_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.prov.json").write_text(text)
    with pytest.raises(UnreadableRecord):
        record_file.write(tmp_path / "a.prov.json", Record("a.ipynb"))
    assert (tmp_path / "a.prov.json").read_text() == text


def test_the_record_of_another_notebook_is_not_replaced(tmp_path: Path) -> None:
    for path in (tmp_path / "one.prov.json", tmp_path / "b.prov.json"):
        record_file.write(path, Record("a.ipynb"))
    with pytest.raises(UnreadableRecord, match=r"one.prov.json is the record of a.ipynb"):
        record_file.write(tmp_path / "one.prov.json", Record("b.ipynb"))
    record_file.write(tmp_path / "b.prov.json", Record("b.ipynb"))  # it was renamed with its notebook


def test_without_the_library_for_schemas_a_record_is_read_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastjsonschema", None)
    assert record_file.loads(json.dumps(EMPTY), "a") == Record("a.ipynb")
    for wrong in ({**EMPTY, "sessions": [3]}, {**EMPTY, "cells": [{"id": "a"}]}, {**EMPTY, "schema": "x"}):
        with pytest.raises(UnreadableRecord):
            record_file.loads(json.dumps(wrong), "a")


def test_several_files_are_replaced_together_or_not_at_all(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("old")
    with pytest.raises(OSError, match="No such file"):
        record_file.replace_all({tmp_path / "a": "new", tmp_path / "gone" / "b": "new"})
    assert (tmp_path / "a").read_text() == "old"
    record_file.replace_all({tmp_path / "a": "new", tmp_path / "b": "newer"})
    assert [(tmp_path / name).read_text() for name in "ab"] == ["new", "newer"]
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


KILLED = """
import os, signal, sys
from pathlib import Path
from jupyter_prov.record import atomic_write
atomic_write.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
atomic_write.replace(Path(sys.argv[1]), "{half")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_what_a_killed_process_left_is_removed_by_the_next_write_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], check=False)
    assert len(os.listdir(tmp_path)) == 1
    theirs = [".prov-notes", ".prov-0123456789abcdef", ".prov-12345678-99999999-0123456789abcdef"]
    for name in theirs:
        (tmp_path / name).touch()
    theirs.append(".prov-0000000000000001")  # of a person
    (tmp_path / theirs[-1]).write_text("mine")
    os.utime(tmp_path / theirs[-1], (0, 0))
    old = tmp_path / ".prov-fedcba9876543210"  # as 0.1 called them
    old.touch()
    os.utime(old, (0, 0))
    record_file.replace(tmp_path / "a", "new")
    assert sorted(os.listdir(tmp_path)) == sorted([*theirs, "a"])


def test_a_text_that_was_just_written_is_read_without_being_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record("just-written.ipynb", [CellState("a", 1, 1)], [Session(1, "t1")])
    text = record_file.text_of(record)
    with monkeypatch.context() as patched:
        patched.setattr(record_file, "validated", lambda *_: pytest.fail("it was parsed"))
        read = record_file.loads(text, "a")
        assert read == record
        read.cells[0].session, read.sessions[0].number = 9, 9
        read.sessions[0].executions.append(Execution(1, "a", 1, "", ""))
        assert record_file.loads(text, "a") == record
        for n in range(20):
            record_file.text_of(Record(f"{n}.ipynb"))
    assert record_file.loads(text, "a") == record
