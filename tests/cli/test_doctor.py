"""`jupyter prov doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command


def add_kernel(folder: Path, name: str, python: str, **more: Any) -> None:
    spec = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": name,
        "language": "python",
    }
    (folder / "kernels" / name).mkdir(parents=True)
    (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec | more))


def test_what_is_well_is_said_and_nothing_is_written(prov: Command) -> None:
    done = prov("doctor", code=None)
    found = [line for line in done.out.splitlines() if not line.startswith("      do: ")]
    assert {line[:5] for line in found} <= {"ok   ", "NOT  "}
    assert done.code == int(any(line.startswith("NOT") for line in found))
    assert sum(line.startswith("ok   jupyter-prov ") for line in found) == 1
    assert any(line.startswith("ok   the kernel 'python3'") for line in found)
    assert done.err == ""
    assert prov.files() == {}
    assert prov.left() == []


def test_each_thing_that_is_not_well_comes_with_what_to_do(prov: Command, tmp_path: Path) -> None:
    shared = tmp_path / "share"
    add_kernel(shared, "broken", "/nowhere/python")
    add_kernel(shared, "silent", sys.executable, env={"JUPYTER_PROV": "0"})
    add_kernel(shared, "dies", "/bin/false")
    add_kernel(shared, "other", "/nowhere/julia", language="julia")
    (tmp_path / "file").touch()
    done = prov("doctor", code=1, JUPYTER_PATH=str(shared), JUPYTER_PROV="0", XDG_CACHE_HOME=str(tmp_path / "file"))
    said = done.out.splitlines()
    assert "NOT  the kernel 'broken' does not start" in said
    assert "NOT  the kernel 'dies' does not start" in said
    assert f"NOT  the kernel 'silent' ({sys.executable}) is recorded" in said
    assert "NOT  recording is not switched off by JUPYTER_PROV=0" in said
    assert any(line.startswith("NOT  environments can be kept in ") for line in said)
    assert not any("julia" in line or "other" in line for line in said)
    for line, after in zip(said, [*said[1:], ""], strict=True):
        assert line.startswith("NOT ") == after.startswith("      do: ")
    assert prov.left() == []


def test_a_line_for_gitattributes_is_offered_until_it_is_there(prov: Command) -> None:
    from jupyter_prov.cli.doctor import ATTRIBUTES

    (prov.folder / ".git").mkdir()
    assert "git treats records" not in prov("doctor", code=None).out
    (prov.folder / "a.prov.json").write_text("{}")
    said = prov("doctor", code=None).out.splitlines()
    at = said.index("ok   git treats records as any other file")
    assert said[at + 1].startswith(f"      tip: add the line `{ATTRIBUTES}` to ")
    (prov.folder / ".gitattributes").write_text(f"# ours\n\n{ATTRIBUTES}\n")
    said = prov("doctor", code=None).out.splitlines()
    assert "ok   git has attributes for records" in said
    assert not any("tip:" in line for line in said)


def test_a_notebook_whose_record_has_no_place_is_said(prov: Command) -> None:
    for name in ("a", "w3c"):
        prov.write(f"{name}.ipynb", "1")
    (prov.folder / "w3c.prov.json").write_text('{"prefix": {}}')
    lines = prov("doctor", code=1).out.splitlines()
    at = lines.index("NOT  no record of w3c.ipynb is written: w3c.prov.json is not a jupyter-prov record")
    assert lines[at + 1].startswith("      do: move it away, or give records another name, such as record-name = ")
    assert not any("a.ipynb" in line for line in lines)


@pytest.mark.parametrize(
    "written", ['{"ServerApp": []}', '{"ServerApp": {"jpserver_extensions": [1]}}', "[" * 5000, "\0"]
)
def test_a_configuration_of_a_shape_that_no_server_takes_is_passed_over(
    prov: Command, tmp_path: Path, written: str
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(written)
    said = prov("doctor", code=None, JUPYTER_CONFIG_DIR=str(tmp_path / "config"))
    assert "the server extension is enabled" in said.out
    assert said.err == ""


def test_the_names_of_files_steer_no_terminal_and_make_no_lines(prov: Command) -> None:
    name = "ev\x1b[31mil\x07\nok   everything is fine"
    (prov.folder / f"{name}.ipynb").write_text("{}")
    (prov.folder / f"{name}.prov.json").write_text("mine")
    said = prov("doctor", code=1)
    assert "\x1b" not in said.out
    assert not [line for line in said.out.splitlines() if line.startswith("ok   everything is fine")]
