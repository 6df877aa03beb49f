"""What the panel says where a notebook is not recorded, or in vain: a clear state with what to do, and no error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "<img src=x onerror=alert(1)>"


def kernelspec(lab, name: str, argv: list[str], language: str = "python") -> None:
    """Install a kernel beside the ones that JupyterLab has."""
    folder = lab.data / "kernels" / name
    folder.mkdir(parents=True, exist_ok=True)
    spec = {"argv": [*argv, "-f", "{connection_file}"], "display_name": f"The {name} kernel", "language": language}
    (folder / "kernel.json").write_text(json.dumps(spec))


def state(look):
    return look.panel.locator(".jp-Prov-state")


def test_without_the_server_part_the_panel_says_what_to_do(lab_without_server_part, look):
    lab = lab_without_server_part
    look.open(lab, lab.write("alone", only="1"))
    expect(look.panel.locator(".jp-Prov-problem")).to_have_text(re.compile("server extension enable jupyter_prov"))
    expect(look.panel.locator(".jp-Prov-command code")).to_have_text(re.compile("^jupyter server extension enable"))
    expect(look.check).to_be_disabled()


def test_a_kernel_without_the_package_names_the_command_that_installs_it(lab, look, tmp_path):
    bare = tmp_path / "bare"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, bare], check=True)
    subprocess.run([uv, "pip", "install", "-q", "--python", bare / "bin" / "python", "ipykernel"], check=True)
    kernelspec(lab, "bare", [str(bare / "bin" / "python"), "-m", "ipykernel_launcher"])
    look.open(lab, lab.write("bare", kernel="bare", only="1 + 1"))
    expect(state(look)).to_have_attribute("data-state", "not-loaded")
    expect(state(look)).to_contain_text("The bare kernel")
    expect(look.panel.locator(".jp-Prov-command code")).to_have_text(f"{bare}/bin/python -m pip install jupyter-prov")
    expect(look.check).to_be_disabled()


def test_a_kernel_of_another_language_is_said_to_be_one(lab, look):
    argv = [sys.executable, "-m", "ipykernel_launcher"]
    kernelspec(lab, "julia-like", argv, language="julia")
    look.open(lab, lab.write("other", kernel="julia-like", only="1 + 1"))
    expect(state(look)).to_have_attribute("data-state", "other-language")
    expect(state(look)).to_contain_text(re.compile("only Python", re.IGNORECASE))


def test_a_notebook_without_a_record_says_how_to_get_one(lab, look):
    look.open(lab, lab.write("fresh", only="print(1)"))
    expect(look.panel.locator(".jp-Prov-nothing")).to_contain_text("Nothing is recorded")
    expect(look.check).to_be_disabled()
    look.panel.get_by_role("button", name="Run all cells").click()
    expect(look.executions).to_have_count(1)
    expect(look.panel.locator(".jp-Prov-nothing")).to_have_count(0)
    expect(look.check).to_be_enabled()


def test_a_read_only_folder_is_said_to_keep_no_record(lab, look):
    path = lab.write("readonly", only="1")
    folder = Path(lab.root, "readonly")
    Path(lab.root, path).chmod(0o444)
    folder.chmod(0o555)
    try:
        if os.access(folder, os.W_OK):  # root can write everywhere: then the server's answer is changed on its way
            look.page.route(re.compile("/jupyter-prov/live"), as_if_read_only)
        look.open(lab, path)
        expect(look.panel.locator(".jp-Prov-readonly")).to_contain_text("read-only")
    finally:
        look.page.unroute_all(behavior="ignoreErrors")
        folder.chmod(0o755)


def as_if_read_only(route) -> None:
    told = route.fetch().json()
    assert told["writable"] is True
    route.fulfill(json={**told, "writable": False})


def test_what_a_notebook_holds_is_shown_as_text(lab, look):
    shouting = f'"{HOSTILE}"; import random\nprint(random.random(), "{HOSTILE}", "\u202eright to left")'
    name = "n" * 1_000_000
    look.open(lab, lab.write("hostile", shouts=shouting, long=f"{name} = 1", uses=f"{name} + 1"))
    for index in range(3):
        look.run(index)
    expect(look.executions.first).to_contain_text(HOSTILE)
    look.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputPrompt").click()
    look.command("notebook:delete-cell")
    expect(look.executions.nth(1)).to_have_attribute("data-marks", re.compile("deleted"))
    assert look.panel.locator("img, script, iframe").count() == 0
    assert len(look.panel.inner_html()) < 100_000
