"""The record in words."""

from __future__ import annotations

from jupyter_prov.diagnosis.summary import runs, sections
from jupyter_prov.record.model import Execution, Session


def test_remote_data_is_told_in_a_line_each() -> None:
    requests = [
        {"url": "https://a.org/x.csv", "via": "http.client", "digest": "blake3:" + "ab" * 32, "size": 1500},
        {"url": "https://a.org/y", "via": "aiohttp", "error": "TimeoutError"},
        {"url": "s3://b/z.parquet", "via": "source", "line": 2},
        {"url": "db.org:5432", "via": "socket"},
    ]
    session = Session(1, "", executions=[Execution(1, "c", 1, "", "", evidence={"network": {"requests": requests}})])
    found = next(section for section in sections(session) if section.name == "network")
    assert [(row.text, row.detail) for row in found.rows] == [
        ("fetched https://a.org/x.csv", "abababababab, 1.5 kB"),
        ("fetched https://a.org/y", "TimeoutError"),
        ("names s3://b/z.parquet", "content not known"),
        ("connected to db.org:5432", "content not known"),
    ]


def test_what_an_older_record_holds_of_urls_is_masked_and_said() -> None:
    requests = [{"url": "https://ada:hunter2@a.org/x?q=hunter2", "via": "http.client"}]
    packages = {
        "distributions": {"x": {"version": "1", "direct_url": {"url": "https://hunter2@g.org/x.git"}}},
        "imports": {"x": ["x"]},
    }
    execution = Execution(1, "c", 1, "s", "", evidence={"network": {"requests": requests}})
    session = Session(1, "", packages=packages, executions=[execution])
    shown = [row for section in sections(session) for row in section.rows]
    assert "hunter2" not in str(shown)
    assert [row.text for row in shown if "stands for parts of URLs" in row.text]
    [run] = runs(session, texts={"s": "\nclient(password='hunter2')"})
    assert run.source == "client(password='…')"


def test_a_note_that_was_masked_is_not_recorded_in_full() -> None:
    evidence = {"declared": {"params": {"key": "…", "lr": 0.1}, "notes": ["see https://a.org?x=…"]}}
    session = Session(1, "", executions=[Execution(1, "c", 1, "", "", evidence=evidence)])
    found = next(section for section in sections(session) if section.name == "declared")
    assert [row.detail for row in found.rows] == [
        "param, not recorded in full",
        "param",
        "note, not recorded in full",
    ]
