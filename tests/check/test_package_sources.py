"""From where a recorded package is installed, and that a record cannot have anything else installed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyter_prov.check.environment import Building, recorded
from jupyter_prov.check.installation import required, written
from jupyter_prov.check.package_sources import Rules, Source, source_of
from jupyter_prov.record import record_file
from jupyter_prov.record.direct_url import direct_url
from jupyter_prov.record.errors import EnvironmentFailed, UnreadableRecord
from jupyter_prov.record.model import SCHEMA, Record
from jupyter_prov.record.portable_paths import Place
from tests.check.index import nothing_set, served, wheel
from tests.check.test_environment import session

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HASH = {"archive_info": {"hashes": {"sha256": "a" * 64}}}
GIT = {"vcs_info": {"vcs": "git", "commit_id": COMMIT}}


def of(url: str, *, allow: bool = False, place: Place | None = None, **origin: Any) -> Source:
    noted = {"version": "1.0", "direct_url": {"url": url, **origin}}
    return source_of("b", noted, Rules(place, allow))


@pytest.mark.parametrize(
    ("url", "origin", "wanted"),
    [
        ("https://host/a/b", GIT, f"b @ git+https://host/a/b@{COMMIT}"),
        ("ssh://git@host:22/a/b.git", GIT, f"b @ git+ssh://git@host:22/a/b.git@{COMMIT}"),
        ("https://me:secret@host/a/b", GIT, f"b @ git+https://host/a/b@{COMMIT}"),
        ("https://host/a", {**GIT, "subdirectory": "x/y"}, f"b @ git+https://host/a@{COMMIT}#subdirectory=x/y"),
        ("https://host/b-1.0.tar.gz", HASH, f"b @ https://host/b-1.0.tar.gz#sha256={'a' * 64}"),
        ("http://h/b.whl", {"archive_info": {"hash": f"sha512={'b' * 128}"}}, f"b @ http://h/b.whl#sha512={'b' * 128}"),
        ("file:///home/conda/feedstock_root/build_artifacts/b_1/work", {"dir_info": {}}, "b==1.0"),
        ("file:///croot/b_1/b.whl", {"archive_info": {}}, "b==1.0"),
    ],
)  # fmt: skip
def test_what_the_record_pins_is_installed_as_recorded(url: str, origin: dict[str, Any], wanted: str) -> None:
    made = of(url, **origin)
    assert (made.requirement, made.missing) == (wanted, "")
    assert bool(made.elsewhere) == ("@" in wanted)
    assert "secret" not in made.elsewhere


UNPINNED = [
    ("https://host/b.whl", {"archive_info": {}}),
    ("http://host/b.whl", {"archive_info": {"hash": "md5=" + "a" * 32}}),
    ("http://host/a/b", GIT),
    ("git://host/a/b", GIT),
    ("https://host/a/b", {"vcs_info": {"vcs": "git", "commit_id": "v1"}}),
    ("https://host/a/b", {"vcs_info": {"vcs": "git", "commit_id": COMMIT[:12]}}),
]
NEVER = [
    ("https://host/a/b", {"vcs_info": {"vcs": "hg", "commit_id": COMMIT}}),
    ("ext::sh -c 'touch /tmp/x'", GIT),
    ("ext://sh", GIT),
    ("https://-oProxyCommand=x/b", GIT),
    ("ssh://-oProxyCommand=x/b", GIT),
    ("ssh://-oProxyCommand=x@host/b", {"vcs_info": {"vcs": "git", "commit_id": "x"}}),
    ("https://host/a b", GIT),
    ("https://host/a\n--extra-index-url http://evil", HASH),
    ("https://host/b.whl; python_version > '3'", HASH),
    ("https://host/a/../b", GIT),
    ("https://host/a@--upload-pack=x", GIT),
    ("https://host/a", {**GIT, "subdirectory": "../x"}),
    ("https://host/a", {**GIT, "subdirectory": "/etc"}),
    ("https://host/a", {**GIT, "subdirectory": "x&egg=evil"}),
    ("https://host/a", {**GIT, "subdirectory": "x\n-r /etc/passwd"}),
    ("https://host/…/b.whl", HASH),
    ("http://[", HASH),
    ("javascript:x", HASH),
    ("file://elsewhere/share/b", {"dir_info": {}}),
]


@pytest.mark.parametrize(("url", "origin"), UNPINNED)
def test_what_it_does_not_pin_is_missing_unless_the_person_allows_it(url: str, origin: dict[str, Any]) -> None:
    made = of(url, **origin)
    assert made.requirement == made.elsewhere == ""
    assert made.missing.endswith("--allow-direct-url installs it")
    allowed = of(url, allow=True, **origin)
    assert bool(allowed.requirement) == ("commit_id" not in str(origin) or COMMIT in str(origin))


@pytest.mark.parametrize(("url", "origin"), NEVER)
def test_what_is_no_plain_address_is_never_installed(url: str, origin: dict[str, Any]) -> None:
    for allow in (False, True):
        made = of(url, allow=allow, **origin)
        assert made.requirement == made.folder == ""
        assert made.missing
        assert "\n" not in made.missing


def test_folders_and_files_are_installed_from_the_project_alone(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "project"), str(tmp_path / "project"))
    inside, outside = tmp_path / "project" / "lib", tmp_path / "outside"
    inside.mkdir(parents=True)
    outside.mkdir()
    (tmp_path / "project" / "link").symlink_to(outside)
    editable = {"dir_info": {"editable": True}}
    assert of(inside.as_uri(), place=place, **editable).folder == str(inside)
    assert of(inside.as_uri(), place=place, dir_info={}).folder == str(inside)
    for folder in (outside, tmp_path / "project" / "link", inside / ".." / ".." / "outside"):
        made = of("file://" + str(folder), place=place, **editable)
        assert (made.folder, made.requirement) == ("", "")
        assert made.missing == f"it came from {outside}, outside the project; --allow-direct-url installs it"
        assert of("file://" + str(folder), place=place, allow=True, **editable).requirement == f"b @ {outside.as_uri()}"
    assert of((tmp_path / "gone").as_uri(), **editable).missing == "its source folder is not here"
    archive = wheel(outside, "b", "1.0")
    pinned = {"archive_info": {"hashes": {"sha256": hashlib.sha256(archive.read_bytes()).hexdigest()}}}
    assert of(archive.as_uri(), place=place, archive_info={}).missing
    assert of(archive.as_uri(), place=place, **pinned).requirement.startswith(f"b @ {archive.as_uri()}#sha256=")


@given(
    st.dictionaries(
        st.sampled_from(["url", "vcs_info", "dir_info", "archive_info", "subdirectory"]),
        st.deferred(
            lambda: TEXT | st.dictionaries(st.sampled_from(["vcs", "commit_id", "hash", "hashes", "editable"]), TEXT)
        ),
    )
)
def test_whatever_a_distribution_says_of_its_origin_the_record_can_be_read_again(origin: dict[str, Any]) -> None:
    shown = direct_url(origin)
    noted = {"version": "1.0", **({"direct_url": shown} if shown else {})}
    told = {"number": 1, "started": "", "executions": [], "packages": {"distributions": {"b": noted}}}
    assert record_file.validated({"schema": SCHEMA, "notebook": "a", "cells": [], "sessions": [told]}, "a.prov.json")


TEXT = st.text(max_size=20) | st.sampled_from(
    [
        "1.0\n--extra-index-url http://evil", "b @ http://evil/b.whl", "-r /etc/passwd", "-e .", "b[extra]", "b; x",
        "b ",
        "b==1,>0", "../b", "--index-url=http://evil", "1.0 ; python_version > '3'", "1.0 --hash=sha256:00", "1.*",
        "b#c",
        "b\r\nc", "${HOME}", "\u2028", "b\\\n-e .", COMMIT, "1.0+local", "1!2.0rc1", "git", "https://host/b",
    ]
)  # fmt: skip
ORIGINS = st.fixed_dictionaries(
    {"url": st.builds("{}{}".format, st.sampled_from(["https://h/", "file:///", "ssh://", "git+", ""]), TEXT)},
    optional={
        "vcs_info": st.fixed_dictionaries({"vcs": TEXT, "commit_id": TEXT}),
        "dir_info": st.fixed_dictionaries({"editable": st.booleans()}),
        "archive_info": st.fixed_dictionaries({"hash": TEXT}),
        "subdirectory": TEXT,
    },
)


@given(TEXT, TEXT, st.none() | ORIGINS, st.booleans())
def test_a_requirement_names_what_was_recorded_and_nothing_else(
    name: str, version: str, origin: dict[str, Any] | None, allow: bool
) -> None:
    made = source_of(name, {"version": version, "direct_url": origin}, Rules(None, allow))
    assert bool(made.requirement) != bool(made.missing)
    if made.requirement:
        text = written([made.requirement])
        lines = re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text)
        assert lines == [text[:-1], ""]
        parsed = Requirement(lines[0])
        assert canonicalize_name(parsed.name) == canonicalize_name(name)
        assert not parsed.extras
        assert parsed.marker is None
        assert not lines[0].startswith("-")
        assert bool(parsed.url) == bool(made.elsewhere)


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("b", {"version": "1.0\n--extra-index-url http://evil"}),
        ("b", {"version": "1.0 --hash=x"}),
        ("b @ http://evil/b.whl", {"version": "1.0"}),
        ("b[extra]", {"version": "1.0"}),
        ("-r /etc/passwd", {"version": "1.0"}),
        ("-e .", {"version": "1.0"}),
        ("b\n", {"version": "1.0"}),
        ("b", {"version": "1.0; python_version > '3'"}),
        ("b", {"version": "1.0", "direct_url": {"url": "https://h/\n-e ."}}),
        ("b", {"version": "1.0", "direct_url": {"url": "https://h", "vcs_info": {"vcs": "ext", "commit_id": "a"}}}),
        ("b", {"version": "1.0", "direct_url": {"url": "https://h", "vcs_info": {"vcs": "git", "commit_id": "--x"}}}),
        ("b", {"version": "1.0", "direct_url": {"url": 5}}),
        ("b", {"version": "1.0", "direct_url": {"url": "x", "dir_info": {"editable": "yes"}}}),
    ],
)
def test_the_schema_refuses_what_is_no_name_or_version(name: str, noted: dict[str, Any]) -> None:
    told = {"number": 1, "started": "", "executions": [], "packages": {"distributions": {name: noted}}}
    with pytest.raises(UnreadableRecord, match="damaged"):
        record_file.validated({"schema": SCHEMA, "notebook": "a", "cells": [], "sessions": [told]}, "a.prov.json")


@pytest.mark.parametrize("python", ["../../evil", "3.11\n", "--no-project", "3.11/../../x", "3.*"])
def test_a_record_cannot_choose_an_interpreter_by_its_path(python: str) -> None:
    told = {"number": 1, "started": "", "executions": [], "python": {"version": python}}
    with pytest.raises(UnreadableRecord, match="damaged"):
        record_file.validated({"schema": SCHEMA, "notebook": "a", "cells": [], "sessions": [told]}, "a.prov.json")
    with pytest.raises(EnvironmentFailed, match="no known version"):
        recorded(Record("a", [], [session(python=python, b="1.0")]))


def test_what_comes_from_elsewhere_is_announced_first_and_brings_nothing_along_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_set(monkeypatch, tmp_path)
    said: list[str] = []
    with served(tmp_path / "own") as own, served(tmp_path / "elsewhere") as elsewhere:
        monkeypatch.setenv("UV_DEFAULT_INDEX", own.url)
        own.add("needed", "1.0")
        own.add("private", "9.0")
        evil = wheel(tmp_path / "elsewhere", "evil", "1.0")
        requires = ("needed", f"evil @ {elsewhere.url[:-7]}/{evil.name}", "private")
        archive = wheel(tmp_path / "elsewhere", "direct", "1.0", requires=requires)
        url = f"{elsewhere.url[:-7]}/{archive.name}"
        pinned = {"url": url, "archive_info": {"hash": f"sha256={hashlib.sha256(archive.read_bytes()).hexdigest()}"}}
        noted = {
            "direct": {"version": "1.0", "direct_url": pinned},
            "private": {"version": "1.0", "direct_url": {"url": "https://nowhere/private.whl", "archive_info": {}}},
        }

        def announce(sentence: str) -> None:
            said.append(sentence)
            assert own.requests == elsewhere.requests == []

        made = recorded(Record("a", [], [session(**noted)]), how=Building(announce=announce))
        assert said == [f"direct 1.0 is installed from {url} (sha256)."]
        assert made.missing == [
            "private 1.0 (it came from https://nowhere/private.whl, whose content the record does not pin; "
            "--allow-direct-url installs it)"
        ]
        (packages,) = Path(made.argv[0]).parent.parent.glob("lib/python3*/site-packages")
        assert {path.stem for path in packages.glob("*.py")} & {"direct", "needed", "evil", "private"} == {
            "direct",
            "needed",
        }
        assert not any("evil" in request for request in elsewhere.requests)


def test_another_content_than_the_recorded_one_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_set(monkeypatch, tmp_path)
    with served(tmp_path / "own") as own:
        monkeypatch.setenv("UV_DEFAULT_INDEX", own.url)
        archive = own.add("direct", "1.0")
        origin = {"url": f"{own.url}/direct/{archive.name}", **HASH}
        with pytest.raises(EnvironmentFailed, match="could not be installed"):
            recorded(Record("a", [], [session(direct={"version": "1.0", "direct_url": origin})]))


def test_a_package_of_the_project_is_built_from_a_copy_and_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_set(monkeypatch, tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "0.1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\n'
        'backend-path = ["."]\n[tool.uv.sources]\nneeded = { url = "http://127.0.0.1:9/needed.whl" }\n'
    )
    (project / "backend.py").write_text(BACKEND)
    place = Place(str(project), str(project))
    origin = {"url": project.as_uri(), "dir_info": {"editable": True}}
    record = Record("a.ipynb", [], [session(mine={"version": "0.1", "direct_url": origin})])
    made = []
    with served(tmp_path / "own") as own:
        monkeypatch.setenv("UV_DEFAULT_INDEX", own.url)
        for text in ("SAYS = 1", "SAYS = 1", "SAYS = 2"):
            if not (project / "mine.py").exists() or (project / "mine.py").read_text() != text:
                (project / "mine.py").write_text(text)
            before = sorted(path.name for path in project.iterdir())
            environment = recorded(record, how=Building(place))
            assert sorted(path.name for path in project.iterdir()) == before
            (packages,) = Path(environment.argv[0]).parent.parent.glob("lib/python3*/site-packages")
            assert (packages / "mine.py").read_text() == text
            made.append(environment.argv[0])
    assert made[0] == made[1] != made[2]
    assert required(Path(made[0]).parent.parent, ["mine @ file:///x"]) == []


BACKEND = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    open("left-behind", "w").close()
    name = "mine-0.1-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as archive:
        archive.write("mine.py")
        archive.writestr("mine-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: mine\\nVersion: 0.1\\n")
        archive.writestr("mine-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("mine-0.1.dist-info/RECORD", "mine.py,,\\nmine-0.1.dist-info/METADATA,,\\nmine-0.1.dist-info/WHEEL,,\\n")
    return name
"""  # noqa: E501
