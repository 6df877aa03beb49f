"""What a check would install, listed before; and that nothing unpinned is installed unless the person says so."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.check.index import Index, nothing_set, served, wheel
from tests.command import Command

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def index(tmp_path: Path, prov: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    nothing_set(monkeypatch, tmp_path)
    with served(tmp_path / "index") as index:
        index.add("thing", "1.0")
        prov.variables |= {"UV_DEFAULT_INDEX": index.url}
        yield index


def write(prov: Command, **noted: Any) -> None:
    """A notebook with a record that names these distributions."""
    prov.write("a.ipynb", "1")
    packages = {"distributions": noted, "imports": {name: [name] for name in noted}}
    session = {"number": 1, "started": "", "python": {"version": platform.python_version()}, "executions": []}
    record = {"schema": "jupyter-prov/record/1", "notebook": "a.ipynb", "cells": []}
    text = json.dumps({**record, "sessions": [{**session, "packages": packages}]})
    (prov.folder / "a.prov.json").write_text(text, encoding="utf-8")


def archive(url: str) -> dict[str, Any]:
    return {"version": "1.0", "direct_url": {"url": url, "archive_info": {}}}


def test_a_dry_run_lists_all_packages_and_their_sources_and_asks_nobody(prov: Command, index: Index) -> None:
    (prov.folder / "lib").mkdir()
    write(
        prov,
        thing={"version": "1.0"},
        mine={"version": "0.1", "direct_url": {"url": (prov.folder / "lib").as_uri(), "dir_info": {"editable": True}}},
        repo={
            "version": "2.0",
            "direct_url": {"url": "https://host/a/repo", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        },
        loose=archive("https://me:secret@host/loose.whl?token=secret"),
    )
    before = prov.files()
    said = prov("check", "--dry-run", "a.ipynb")
    assert said.out.splitlines() == [
        f"a.ipynb: Python {platform.python_version()}",
        "  ipykernel (any version): from the index",
        "  loose 1.0: not installed: it came from https://host/loose.whl, whose content the record does not pin; "
        "--allow-direct-url installs it",
        f"  mine 0.1: from the project's folder {prov.folder}/lib",
        "  repo 2.0: from https://host/a/repo at commit 0123456789ab",
        "  thing 1.0: from the index",
        "  and what these require, from the index in the recorded versions",
    ]
    assert said.err == ""
    assert index.requests == []
    assert prov.files() == before
    assert "from https://host/loose.whl (not pinned" in prov("check", "--dry-run", "--allow-direct-url", "a.ipynb").out
    assert prov("check", "--dry-run", "--env", "current", "a.ipynb").out == (
        "a.ipynb: nothing is installed; the environment current is used as it is\n"
    )


@pytest.mark.parametrize("how", ["option", "variable"])
def test_only_the_person_can_allow_a_url_that_is_not_pinned(
    how: str, prov: Command, index: Index, tmp_path: Path
) -> None:
    with served(tmp_path / "elsewhere") as elsewhere:
        made = wheel(tmp_path / "elsewhere", "loose", "1.0")
        url = f"{elsewhere.url.removesuffix('/simple')}/{made.name}"
        write(prov, loose=archive(url))
        setting = "allow-direct-url = true"
        (prov.folder / "pyproject.toml").write_text(f"[tool.uv]\n{setting}\n")
        (prov.folder / ".env").write_text("JUPYTER_PROV_ALLOW_DIRECT_URL=1\n")
        # the stand-in for the kernel does not start, after everything was installed
        said = prov("check", "a.ipynb", code=3)
        assert "loose" not in said.err
        assert elsewhere.requests == []
        if how == "option":
            said = prov("check", "--allow-direct-url", "a.ipynb", code=3)
        else:
            said = prov("check", "a.ipynb", code=3, JUPYTER_PROV_ALLOW_DIRECT_URL="1")
        assert said.complaints[0] == (
            f"jupyter prov: a.ipynb: loose 1.0 is installed from {url} (not pinned by a hash)."
        )
        assert elsewhere.requests


@pytest.mark.parametrize("command", [["fix"], ["bisect", "--env", "current"], ["check", "--env", "current"]])
def test_no_command_installs_what_is_not_pinned(
    command: list[str], prov: Command, index: Index, tmp_path: Path
) -> None:
    with served(tmp_path / "elsewhere") as elsewhere:
        made = wheel(tmp_path / "elsewhere", "loose", "1.0")
        write(prov, loose=archive(f"{elsewhere.url.removesuffix('/simple')}/{made.name}"))
        prov(*command, "a.ipynb", code=None)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("thing", {"version": "1.0\n--extra-index-url {url}"}),
        ("thing @ {url}/loose.whl", {"version": "1.0"}),
        ("-r {url}", {"version": "1.0"}),
        ("thing", {"version": "1.0\nloose @ {url}/loose.whl"}),
    ],
)
def test_a_hostile_record_is_refused_before_anybody_is_asked(
    name: str, noted: dict[str, str], prov: Command, index: Index, tmp_path: Path
) -> None:
    with served(tmp_path / "elsewhere") as elsewhere:
        write(prov, **{name.format(url=elsewhere.url): {k: v.format(url=elsewhere.url) for k, v in noted.items()}})
        said = prov("check", "a.ipynb", code=2)
        assert "a.prov.json is damaged" in said.err
        assert elsewhere.requests == index.requests == []
