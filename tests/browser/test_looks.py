"""How the panel meets everybody: themes, zoom, the keyboard alone, screen readers, and Jupyter Notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS = (".jp-Prov-panel", ".jp-Prov-status", ".jp-Prov-cellMarks")
CELLS = {
    "draws": "import random, time\nx = random.random()\nopen('made.txt', 'w').write('x')",
    "reads": "open('made.txt').read(); t = time.time()",
    "shows": "print(1)",
}


def filled(lab, look, name: str) -> None:
    """A notebook of which the panel has something to say in most sections."""
    look.open(lab, lab.write(name, **CELLS))
    for index in (1, 0, 2):
        look.run(index)
    expect(look.reasons.first).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_an_accessibility_scan_finds_nothing_grave(lab, look, theme):
    filled(lab, look, f"scan-{theme.split()[1].lower()}")
    look.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    light = str(theme.endswith("Light")).lower()
    expect(look.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
    look.panel.evaluate("node => node.querySelectorAll('details').forEach(fold => (fold.open = true))")
    assert look.grave(*OURS) == []
    look.screenshot(f"panel-{theme.split()[1].lower()}")


def test_at_twice_the_size_nothing_is_cut_off(lab, look):
    filled(lab, look, "zoomed")
    # To a page a zoom of 200 % is a window of half as many pixels.
    look.page.set_viewport_size({"width": 700, "height": 500})
    wide = look.panel.evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert wide[0] <= wide[1]
    expect(look.check).to_be_in_viewport()


def test_the_keyboard_alone_opens_the_panel_and_goes_to_a_cell(lab, look):
    filled(lab, look, "keys")
    look.page.evaluate("() => window.jupyterapp.shell.collapseRight()")
    expect(look.panel).to_be_hidden()
    look.page.keyboard.press("Escape")
    look.page.keyboard.press("Control+Alt+r")
    expect(look.panel).to_be_focused()
    look.page.keyboard.press("Tab")
    expect(look.check).to_be_focused()

    first = look.executions.first.locator("button")
    for _ in range(60):
        if first.evaluate("node => node === document.activeElement"):
            break
        look.page.keyboard.press("Tab")
    expect(first).to_be_focused()
    look.page.keyboard.press("End")
    expect(look.executions.last.locator("button")).to_be_focused()
    look.page.keyboard.press("ArrowUp")
    look.page.keyboard.press("Enter")
    active = look.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("random.random()")


def test_commands_are_in_palette_menu_and_toolbar(lab, look):
    look.open(lab, lab.write("menus", only="1"))
    look.run(0)
    look.page.get_by_role("menuitem", name="Run", exact=True).click()
    expect(look.page.locator(".lm-Menu-item[data-command='jupyter-prov:check']")).to_be_visible()
    look.page.keyboard.press("Escape")
    look.command("apputils:activate-command-palette")
    look.page.keyboard.type("reproducib")
    expect(look.page.locator(".lm-CommandPalette-item[data-command='jupyter-prov:open']")).to_be_visible()
    look.page.keyboard.press("Escape")
    expect(look.page.locator(".jp-NotebookPanel-toolbar [data-command='jupyter-prov:check']")).to_be_visible()


def test_in_jupyter_notebook_the_panel_opens_and_fills(lab, look):
    look.open_in_notebook(lab, lab.write("classic", draws="import random\nrandom.random()"))
    look.run(0)
    expect(look.section("random")).to_contain_text("without a seed")
    expect(look.verdict).to_have_attribute("data-verdict", "would-not-reproduce")
    expect(look.mark(0, "unseeded")).to_be_visible()
    look.screenshot("notebook")
    look.trouble[:] = [one for one in look.trouble if "jupyter-prov" in one]  # Jupyter Notebook has some of its own


def test_the_widget_says_what_the_panel_says_and_follows_the_session(lab, look):
    look.open(lab, lab.write("widget", panel="%prov panel", draws="import random\nrandom.random()"))
    look.run(0)
    widget = look.page.locator(".jp-OutputArea-output .jupyter-widgets").first
    expect(widget).to_contain_text("Randomness")
    expect(widget).to_contain_text("Not checked")
    look.run(1)
    expect(widget).to_contain_text("Would not reproduce")
    expect(look.verdict).to_contain_text("Would not reproduce")
    look.screenshot("widget")
