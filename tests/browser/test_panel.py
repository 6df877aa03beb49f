"""The panel in a real JupyterLab: live while cells run, and with a check that it starts itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECK_MS = 240_000
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True, scope="module")
def patience():
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def test_panel_fills_while_cells_run_and_marks_what_ran_out_of_order(lab, look):
    look.open(lab, lab.write("live", first="import random", second="x = random.random()", third="print(1)"))
    expect(look.panel.locator(".jp-Prov-recording")).to_have_attribute("data-state", "recording")
    expect(look.executions).to_have_count(0)
    expect(look.section("random")).to_contain_text("Nothing random was drawn.")

    for index in (0, 2, 1):
        look.run(index)

    expect(look.executions).to_have_text([re.compile(text) for text in ("import random", "print", "x = random")])
    assert [row.get_attribute("data-marks") for row in look.executions.all()] == ["", "", "out-of-order"]
    expect(look.executions.last).to_contain_text("out of order")
    expect(look.section("random").locator("[data-cell=second][data-level=warning]")).to_be_visible()


def test_click_on_an_execution_goes_to_its_cell(lab, look):
    look.open(lab, lab.write("going", first="1", second="2"))
    look.run(0)
    look.run(1)
    active = look.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("2")
    look.executions.first.locator("button").press("Enter")
    expect(active).to_contain_text("1")


def test_panel_follows_the_notebook_through_restart_and_rename(lab, look):
    look.open(lab, lab.write("moving", only="1"))
    look.run(0)
    look.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(look.executions).to_have_count(0)
    look.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.rename('moved.ipynb')")
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("moved.ipynb")
    look.run(0)


def test_check_tells_the_cell_that_differs_and_why(lab, look):
    path = lab.write("drawing", draws="import random\nrandom.random()", same="print('always the same')")
    look.open(lab, path)
    look.run(0)
    look.run(1)
    expect(look.verdict).to_have_attribute("data-verdict", "none")

    look.check.click()

    expect(look.panel.locator(".jp-Prov-progress")).to_be_visible()
    expect(look.verdict).to_have_attribute("data-verdict", "not-reproduced", timeout=CHECK_MS)
    expect(look.verdict).to_contain_text("Not reproduced: 1 cell differs")
    expect(look.cell("draws")).to_have_attribute("data-verdict", "differs")
    expect(look.cell("draws").locator(".jp-Prov-cause[data-kind=random]").first).to_be_visible()
    expect(look.cell("same")).to_have_attribute("data-verdict", "identical")
    look.screenshot("check")


def test_running_check_is_found_after_a_reload_and_can_be_cancelled(lab, look):
    # Ends at once while it is recorded; in the re-run the file is gone, and the cell waits for it.
    wait = "for _ in range(1200):\n    if Path('go').exists():\n        break\n    time.sleep(0.05)"
    path = lab.write("waiting", waits=f"import time\nfrom pathlib import Path\n{wait}\nprint('went')")
    go = Path(lab.root, "waiting", "go")
    go.touch()
    look.open(lab, path)
    look.run(0)
    go.unlink()

    look.check.click()
    expect(look.panel.locator(".jp-Prov-progress")).to_be_visible()
    expect(look.check).to_be_enabled()
    look.page.reload()
    look.wait()

    expect(look.check).to_have_attribute("data-action", "cancel")
    look.check.click()
    expect(look.verdict).to_have_attribute("data-verdict", "cancelled")
    expect(look.check).to_have_attribute("data-action", "check")
    expect(look.check).to_be_enabled()


def test_what_a_notebook_holds_is_shown_as_text(lab, look):
    source = f'"{HOSTILE}"; import random\nprint(random.random(), "{HOSTILE}")'
    look.open(lab, lab.write("hostile", shouts=source))
    look.run(0)
    expect(look.executions.first).to_contain_text(HOSTILE)

    look.check.click()

    expect(look.verdict).to_have_attribute("data-verdict", "not-reproduced", timeout=CHECK_MS)
    expect(look.cell("shouts").locator(".jp-Prov-summary").first).to_contain_text("onerror=alert(1)")
    expect(look.panel.locator("img")).to_have_count(0)


def test_without_the_server_part_the_panel_says_what_to_do(lab_without_server_part, look):
    look.open(lab_without_server_part, lab_without_server_part.write("alone", only="1"))
    expect(look.panel.locator(".jp-Prov-problem")).to_have_text(re.compile("server extension enable jupyter_prov"))
    expect(look.check).to_be_disabled()
