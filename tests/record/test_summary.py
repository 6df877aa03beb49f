"""The record in words."""

from __future__ import annotations

from jupyter_prov.record.model import Execution, Session
from jupyter_prov.record.summary import sections


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
