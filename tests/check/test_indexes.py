"""From which index packages come: the person's settings of uv or pip hold, those of a project never do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_prov.check import pip_settings, uv, uv_settings
from jupyter_prov.check.environment import Environment, recorded
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.record.model import Record
from tests.check.index import Index, certificate, nothing_set, served
from tests.check.test_environment import session


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Files of the machine on which the tests run are nobody's settings here.
    monkeypatch.setattr(pip_settings, "MACHINE", tmp_path / "no-such-file")
    return nothing_set(monkeypatch, tmp_path)


def build(**versions: str) -> Environment:
    return recorded(Record("a.ipynb", [], [session(**{name.replace("_", "-"): one for name, one in versions.items()})]))


def said_by(environment: Environment, module: str) -> str:
    command = [environment.argv[0], "-c", f"import {module}; print({module}.SAYS)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def index_with(tmp_path: Path, name: str, says: str) -> Index:
    index = Index(tmp_path / name)
    index.add("thing", "1.0", f"SAYS = {says!r}")
    return index


FILES = {
    "uv.toml": '[[index]]\nurl = "{url}"\n[[index]]\nname = "d"\nurl = "{url}"\ndefault = true\n',
    "pyproject.toml": '[[tool.uv.index]]\nurl = "{url}"\n[tool.uv.pip]\nextra-index-url = ["{url}"]\n',
    "pip.conf": "[global]\nindex-url = {url}\nextra-index-url = {url}\n",
    ".env": "UV_DEFAULT_INDEX={url}\nUV_INDEX={url}\n",
}
VARIABLES = {"UV_CONFIG_FILE": "uv.toml", "PIP_CONFIG_FILE": "pip.conf", "UV_ENV_FILE": ".env", "UV_PROJECT": "."}


@pytest.mark.parametrize("named", [False, True], ids=["there", "named"])
@pytest.mark.parametrize("files", ["uv.toml", "pyproject.toml", "all"])
def test_no_file_of_a_project_chooses_the_index(
    files: str, named: bool, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with served(tmp_path / "own") as own, served(tmp_path / "hostile") as hostile:
        own.add("thing", "1.0", "SAYS = 'mine'")
        hostile.add("thing", "1.0", "SAYS = 'hostile'")
        for name, text in FILES.items():
            if files in (name, "all"):
                (project / name).write_text(text.format(url=hostile.url))
        monkeypatch.chdir(project)
        (home / ".config" / "uv").mkdir()
        (home / ".config" / "uv" / "uv.toml").write_text(f'[[index]]\nurl = "{own.url}"\ndefault = true\n')
        if named:  # relative to wherever the command is started
            for name, value in VARIABLES.items():
                monkeypatch.setenv(name, value)
        assert said_by(build(thing="1.0"), "thing") == "mine"
        assert hostile.requests == []


def test_links_to_a_folder_are_those_of_no_project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index_with(tmp_path, "project", "hostile")
    monkeypatch.chdir(tmp_path / "project")
    with served(tmp_path / "own") as own:
        own.add("thing", "1.0", "SAYS = 'mine'")
        monkeypatch.setenv("UV_DEFAULT_INDEX", own.url)
        for variable in ("UV_FIND_LINKS", "PIP_FIND_LINKS", "UV_INDEX"):
            monkeypatch.setenv(variable, "./simple/thing")
        assert said_by(build(thing="1.0"), "thing") == "mine"


def test_an_environment_is_not_that_of_another_index(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "one") as one, served(tmp_path / "two") as two:
        for index in (one, two):
            index.add("thing", "1.0", f"SAYS = {index.folder.name!r}")
        for index in (one, two, one):
            monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
            monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv" / index.folder.name))
            assert said_by(build(thing="1.0"), "thing") == index.folder.name


def test_the_password_of_an_index_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = ("https://me:one@host/simple", "https://me:two@host/simple?token=1", "https://other/simple")
    one, two, other = (uv_settings.identity({"UV_INDEX_URL": url, "UV_NO_CONFIG": "1"}) for url in urls)
    assert one == two != other


@pytest.mark.parametrize("how", ["variable", "file", "uv's file"])
def test_an_index_of_pip_behind_a_certificate_of_its_own_is_uvs_as_well(
    how: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, *made = certificate(tmp_path / "tls")
    with served(tmp_path / "company", made) as index, served(tmp_path / "other") as other:
        index.add("thing", "1.0", "SAYS = 'company'")
        if how == "variable":
            monkeypatch.setenv("PIP_INDEX_URL", index.url)
            monkeypatch.setenv("PIP_CERT", str(authority))
        elif how == "file":
            (home / ".config" / "pip").mkdir()
            (home / ".config" / "pip" / "pip.conf").write_text(
                f"[global]\nindex_url = {index.url}\n[install]\ncert = {authority}\n"
            )
        else:  # uv has one of the person's, and pip's is not asked
            (home / ".config" / "uv").mkdir()
            (home / ".config" / "uv" / "uv.toml").write_text(f'[[index]]\nurl = "{index.url}"\ndefault = true\n')
            monkeypatch.setenv("PIP_INDEX_URL", other.url)
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
        assert said_by(build(thing="1.0"), "thing") == "company"
        assert other.requests == []


def test_a_certificate_that_nobody_trusts_is_not_trusted(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "company", certificate(tmp_path / "tls")[1:]) as index:
        index.add("thing", "1.0")
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(EnvironmentFailed, match="cannot be reached"):
            build(thing="1.0")
        monkeypatch.setenv("PIP_TRUSTED_HOST", index.url.split("/")[2])
        assert build(thing="1.0").missing == []


def test_what_pip_is_told_reaches_uv_in_its_own_words(home: Path, tmp_path: Path) -> None:
    def told(**variables: str) -> dict[str, str]:
        return pip_settings.as_uv(pip_settings.of_person(variables), variables)

    basis = told()
    assert basis == {"UV_NATIVE_TLS": "1", "UV_SYSTEM_CERTS": "1"}
    assert told(UV_SYSTEM_CERTS="0", UV_NATIVE_TLS="0") == {}
    assert told(PIP_EXTRA_INDEX_URL="https://a/s\n https://b/s") == basis | {
        "UV_INDEX": "https://a/s https://b/s",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    assert told(PIP_FIND_LINKS="/a /b", PIP_NO_INDEX="yes") == basis | {"UV_FIND_LINKS": "/a,/b", "UV_NO_INDEX": "1"}
    assert told(PIP_INDEX_URL="https://a/s", UV_INDEX="https://b/s") == basis
    assert told(PIP_PROXY="http://p:1", https_proxy="http://q:1", PIP_DEFAULT_TIMEOUT="7", PIP_CLIENT_CERT="/c") == (
        basis | {"ALL_PROXY": "http://p:1", "UV_HTTP_TIMEOUT": "7", "SSL_CLIENT_CERT": "/c"}
    )
    (tmp_path / "own.conf").write_text("[global]\nindex-url = https://file/s\n[install]\nno-index = true\n[x")
    assert told(PIP_CONFIG_FILE=str(tmp_path / "own.conf")) == basis  # which pip cannot read, either
    (tmp_path / "own.conf").write_text("[global]\nindex-url = https://file/s\ncert = ca.pem\n")
    assert told(PIP_CONFIG_FILE=str(tmp_path / "own.conf")) == basis | {"UV_DEFAULT_INDEX": "https://file/s"}


def test_uv_reads_no_file_of_the_folders_above_its_own(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uv.toml").write_text("no-such-setting = [\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert uv.run("cache", "dir") == os.environ["UV_CACHE_DIR"]
