"""Looking at a hostile repository (`doctor`, `show`, `diff`) runs nothing that lies in it or that it names."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from jupyter_prov.watch import git_objects as reads
from tests.command import Command

TRAPS = (
    "platform",
    "ipykernel_launcher",
    "rich",
    "nbformat",
    "pypdfium2",
    "fastjsonschema",
    "tempfile",
    "site_packages",
)


def lay_traps(folder: Path) -> None:
    for name in TRAPS:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'RAN')!r}, 'w')\n")
    for name in ("git", "python", "python3", "uv", "pdftoppm", "jupyter"):
        (folder / name).write_text(f"#!/bin/sh\ntouch {folder / 'RAN'}\n")
        (folder / name).chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def with_pdf(folder: Path, name: str, content: bytes) -> None:
    data = {"application/pdf": base64.b64encode(content).decode()}
    cell = nbformat.v4.new_code_cell("1", id="c", outputs=[nbformat.v4.new_output("display_data", data)])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / name)


@pytest.mark.parametrize("paths", [{}, {"PYTHONPATH": "."}, {"PATH": f".{os.pathsep}{os.environ['PATH']}"}])
def test_files_of_the_working_folder_are_not_taken_for_ours(prov: Command, paths: dict[str, str]) -> None:
    prov.write("a.ipynb", "1")
    with_pdf(prov.folder, "b.ipynb", b"%PDF-1.4 a")
    with_pdf(prov.folder, "c.ipynb", b"%PDF-1.4 b")
    lay_traps(prov.folder)
    prov("show", "a.ipynb", code=2, **paths)
    prov("diff", "a.ipynb", "b.ipynb", code=1, **paths)
    prov("diff", "b.ipynb", "c.ipynb", code=1, **paths)
    prov("diff", "HEAD", "b.ipynb", code=2, **paths)
    assert not (prov.folder / "RAN").exists()


def test_a_doctor_takes_nothing_from_the_working_folder(prov: Command) -> None:
    lay_traps(prov.folder)
    assert "ok   the kernel 'python3'" in prov("doctor", code=None).out
    assert not (prov.folder / "RAN").exists()


CONFIGURED = {
    "core.pager": "touch {}", "pager.cat-file": "touch {}", "core.fsmonitor": "touch {}", "core.sshCommand": "touch {}",
    "core.gitProxy": "touch {}", "core.askPass": "touch {}", "core.editor": "touch {}", "alias.cat-file": "!touch {}",
    "alias.show": "!touch {}", "diff.external": "touch {}", "diff.evil.textconv": "touch {}",
    "diff.evil.command": "touch {}",
    "filter.evil.smudge": "touch {}", "filter.evil.clean": "touch {}", "filter.evil.process": "touch {}",
    "gpg.program": "touch {}", "credential.helper": "!touch {}", "log.showSignature": "true",
}  # fmt: skip


@pytest.fixture
def repository(prov: Command) -> Path:
    folder = prov.folder
    prov.write("a.ipynb", "1")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (folder / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {folder / 'RAN'}\n")
        (folder / ".git" / "hooks" / hook).chmod(0o755)
    for key, value in CONFIGURED.items():
        git(folder, "config", key, value.format(folder / "RAN"))
    return folder


def test_nothing_that_a_repository_configures_is_run(prov: Command, repository: Path) -> None:
    prov.write("a.ipynb", "2")
    said = prov("diff", "HEAD", "a.ipynb").out
    assert said == "all 1 code cells show the same; 1 more edited, with the same outputs\n"
    assert not (repository / "RAN").exists()


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("ext::sh -c 'touch {ran}'", {"protocol.ext.allow": "always", "protocol.allow": "always"}),
        ("{elsewhere}", {"remote.origin.uploadpack": "touch {ran}; git-upload-pack"}),
        ("file://{elsewhere}", {"remote.origin.uploadpack": "touch {ran}", "protocol.file.allow": "always"}),
        ("ssh://example.org/a", {"core.sshCommand": "touch {ran}"}),
        ("git://example.org/a", {"core.gitProxy": "touch {ran}"}),
        ("a", {"remote.origin.vcs": "ext", "protocol.ext.allow": "always"}),
        ("https://127.0.0.1:1/a", {"credential.helper": "!touch {ran}"}),
    ],
)  # fmt: skip
def test_a_partial_clone_fetches_nothing(prov: Command, repository: Path, url: str, more: dict[str, str]) -> None:
    ran, elsewhere = repository / "RAN", prov.cache / "elsewhere"
    git(repository.parent, "init", "-q", "--bare", str(elsewhere))
    blob = git(repository, "rev-parse", "HEAD:a.ipynb")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    settings = {"remote.origin.url": url, "remote.origin.promisor": "true", "extensions.partialClone": "origin", **more}
    for key, value in {"core.repositoryFormatVersion": "1", **settings}.items():
        git(repository, "config", key, value.format(ran=ran, elsewhere=elsewhere))
    done = prov("diff", "HEAD", "a.ipynb", code=2)
    assert len(done.complaints) == 1
    assert not ran.exists()


def test_a_folder_that_looks_like_a_bare_repository_is_none(prov: Command) -> None:
    inner = prov.folder / "inner"
    git(prov.folder, "init", "-q", "--bare", str(inner))
    git(inner, "config", "core.fsmonitor", f"touch {prov.folder / 'RAN'}")
    prov.write("inner/a.ipynb", "1")
    assert "git does not give" in prov("diff", "HEAD", "inner/a.ipynb", code=2).err
    assert not (prov.folder / "RAN").exists()


def test_a_git_that_waits_is_not_waited_for(repository: Path) -> None:
    os.mkfifo(repository / "pipe")
    git(repository, "config", "include.path", str(repository / "pipe"))
    with pytest.raises(reads.GitFailed, match="no answer in 1 seconds"):
        reads.answer(str(repository), "rev-parse", "HEAD", seconds=1)


@pytest.mark.parametrize("revision", ["-p", "HEAD~9", "nowhere", "HEAD:b", "\x1b[31m", "a\nb", "@{-1}", ""])
def test_a_revision_that_is_none_gets_a_sentence(prov: Command, repository: Path, revision: str) -> None:
    done = prov("diff", revision, "a.ipynb", code=2)
    assert len([line for line in done.complaints if not line.startswith("usage")]) <= 2
    assert "\x1b" not in done.err
