"""The folders of jobs: removed with their job, or later where their server was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from jupyter_prov.server.job_folder import JobFolder, sweep

HOLDS = """
import sys
from jupyter_prov.server.job_folder import JobFolder
folder = JobFolder()
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="folders of killed servers stay on Windows")
def test_the_folder_of_a_killed_server_is_swept_and_that_of_a_living_one_is_not() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        (folder / "kept").mkdir()
        sweep()
        assert (folder / "kept").is_dir()
        other.send_signal(signal.SIGKILL)
    sweep()
    assert not folder.exists()


def test_a_folder_that_is_being_made_or_led_to_is_left(tmp_path: Path) -> None:
    (tmp_path / "jupyter-prov-job-new").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "lock").touch()
    (tmp_path / "jupyter-prov-job-link").symlink_to("mine")
    sweep()
    assert (tmp_path / "jupyter-prov-job-new").is_dir()
    assert (tmp_path / "mine" / "lock").exists()


def test_a_folder_is_removed_with_all_that_is_in_it(tmp_path: Path) -> None:
    folder = JobFolder()
    (folder.path / "report.json").touch()
    sweep()
    assert (folder.path / "report.json").exists()
    folder.remove()
    assert list(tmp_path.iterdir()) == []
