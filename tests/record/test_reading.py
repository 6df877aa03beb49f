"""Only regular files are read, up to a size, and only JSON that others can work with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record import entries, record_file, safe_reading, schema_check
from jupyter_prov.record.errors import UnreadableRecord
from jupyter_prov.record.file_digests import Digests, can_be
from jupyter_prov.record.safe_reading import Unreadable

TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/proc/kmsg", "a file of the kernel"),
        ("/dev/zero", "a device"),
        ("/dev/tty", "a device"),
        ("/", "a folder"),
        ("pipe", "a pipe"),
        ("loop", "symbolic"),
    ],
)
def test_what_is_no_regular_file_is_said(tmp_path: Path, target: str, said: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").symlink_to("file" if target == "loop" else target)
    if target == "/proc/kmsg" and not os.path.exists(target):
        pytest.skip("this system has no such file")
    with pytest.raises(Unreadable, match=said):
        safe_reading.text_of(tmp_path / "file", 10)


def test_an_empty_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert safe_reading.text_of(tmp_path / "file", 10) == ""


def test_no_more_is_read_than_the_largest_size(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a" * 10)
    assert safe_reading.text_of(tmp_path / "file", 10) == "a" * 10
    with pytest.raises(Unreadable, match="larger than"):
        safe_reading.text_of(tmp_path / "file", 9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 101 + "]" * 101, "too deeply"),
        ("[" * 10**6, "too deeply"),
        (f"[{10**308}]", "too large"),
        ("9" * 5_000, "not valid JSON"),
        (f'{{"a": [-{10**400}]}}', "too large"),
        ("{", "not valid JSON"),
    ],
)
def test_json_that_others_cannot_work_with_is_said(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        safe_reading.json_of(text, "it")


@given(TREE)
def test_other_json_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    assert json.dumps(safe_reading.json_of(text, "it")) == text


def test_depth_is_counted_through_lists_and_objects() -> None:
    text = '[{"a":' * 50 + "1" + "}]" * 50
    assert safe_reading.json_of(text, "it")
    with pytest.raises(Unreadable):
        safe_reading.json_of(f"[{text}]", "it")


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "a\0b", "/proc/kmsg"])
def test_an_input_without_an_end_has_no_digest(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert Digests(most=1000).of(os.path.join(tmp_path, name)) is None


def test_what_an_input_can_be_is_known_without_reading(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("12")
    assert can_be(str(tmp_path / "a"), 2, None)
    assert not can_be(str(tmp_path / "a"), 3, None)
    assert can_be(str(tmp_path), 2, 1)
    assert not can_be(str(tmp_path), 2, 2)
    assert not can_be("/", 2, 1)
    assert not can_be("/dev/zero", 0, None)


RECORD: dict[str, Any] = {"schema": "jupyter-prov/record/1", "notebook": "a.ipynb", "cells": [], "sessions": []}
EXECUTION = {
    "number": 1,
    "cell": "c",
    "count": 1,
    "source": "blake3:" + "0" * 64,
    "started": "",
    "seconds": 0.1,
    "outcome": "ok",
    "evidence": {},
}
FILE = {"path": "a", "role": "output"}
NO_SIZE = {"path": "a", "role": "input", "digest": "blake3:" + "0" * 64}
FAULTS: list[dict[str, Any]] = [
    {"notebook": 5},
    {"cells": {}},
    {"cells": [{"id": "a"}]},
    {"sources": {"a": 1}},
    {"sessions": [{"number": 0}]},
    *(
        {"sessions": [{"number": 1, "started": "", "executions": [{**EXECUTION, **change}]}]}
        for change in (
            {"number": True},
            {"number": 1.5},
            {"outcome": "x"},
            {"seconds": -1},
            {"source": "blake3:0"},
            {"error": None},
            {"evidence": {"other": {"files": 5}}},
            {"evidence": {"data": {"files": [NO_SIZE]}}},
            {"evidence": {"data": {"files": [{**FILE, "existed": 5}]}}},
            {"evidence": {"data": {"files": [{**FILE, "existed": False}]}}},
            {"evidence": {"order": {"more": []}}},
            {"evidence": {"random": {"blocks": {"a": "%"}}}},
        )
    ),
    *(
        {"sessions": [{"number": 1, "started": "", "executions": [], "packages": {"distributions": distributions}}]}
        for distributions in (
            {"a b": {"version": "1"}},
            {"a" * 201: {"version": "1"}},
            {"a": {"version": "1" * 201}},
            {"a": {"version": "1\n"}},
            {"a\n": {"version": "1"}},
            {"a": {"version": "1\n--extra-index-url http://x"}},
        )
    ),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_record_is_refused_with_and_without_the_library(fault: dict[str, Any]) -> None:
    assert schema_check.fault({**RECORD, **fault}, record_file.record_schema())
    with pytest.raises(UnreadableRecord, match="damaged"):
        record_file.validated({**RECORD, **fault}, "a.prov.json")


def test_a_whole_record_is_taken_with_and_without_the_library() -> None:
    whole = {**RECORD, "sessions": [{"number": 1.0, "started": "", "executions": [EXECUTION], "more": 5}]}
    assert schema_check.fault(whole, record_file.record_schema()) == ""
    assert record_file.validated(whole, "a.prov.json") == whole


def test_every_keyword_of_the_schema_is_known_where_the_library_is_missing() -> None:
    known = set("type required properties additionalProperties items $ref pattern enum const minimum anyOf".split())
    known |= set("dependencies maxLength propertyNames minItems".split())
    known |= {"$schema", "title", "description", "definitions"}

    def keywords(schema: Any) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        found = set(schema)
        for key in ("properties", "definitions"):
            for inner in schema.get(key, {}).values():
                found |= keywords(inner)
        items = schema.get("items")
        for one in items if isinstance(items, list) else [items]:
            found |= keywords(one)
        for key in ("additionalProperties", "propertyNames"):
            found |= keywords(schema.get(key))
        for inner in schema.get("anyOf", ()):
            found |= keywords(inner)
        return found

    assert keywords(record_file.record_schema()) <= known
    assert keywords({"definitions": entries._definitions()}) <= known
