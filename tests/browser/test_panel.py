"""The panel in a real JupyterLab, live while cells run and files change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_MADE, MOST_DRAWN = 60, 100
"""Elements that one step of scrolling may make, and rows that it may change."""
SCROLL = """async top => {
    const panel = document.querySelector('.jp-Prov-panel');
    const known = new Set(panel.querySelectorAll('*'));
    const made = new Set();
    const drawn = new Set();
    const observer = new MutationObserver(records => {
        for (const { target, addedNodes } of records) {
            const element = target instanceof Element ? target : target.parentElement;
            drawn.add(element?.closest('li') ?? element);
            for (const node of addedNodes) {
                const all = node instanceof Element ? [node, ...node.querySelectorAll('*')] : [];
                all.filter(one => !known.has(one)).forEach(one => made.add(one));
            }
        }
    });
    observer.observe(panel, { attributes: true, characterData: true, childList: true, subtree: true });
    panel.scrollTop = top;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    await new Promise(resolve => setTimeout(resolve));
    observer.disconnect();
    return [made.size, drawn.size];
}"""


def scrolling(look) -> list[tuple[int, int]]:
    """The elements made and the rows changed by each step of scrolling from top to bottom."""
    height = look.panel.evaluate("node => node.scrollHeight")
    return [tuple(look.page.evaluate(SCROLL, top)) for top in range(0, height, 900)]


def test_panel_fills_while_cells_run_and_draws_what_ran_out_of_order(lab, look):
    look.open(lab, lab.write("live", first="import random", second="x = random.random()", third="print(1)"))
    expect(look.panel.locator(".jp-Prov-recording")).to_have_attribute("data-state", "recording")
    expect(look.executions).to_have_count(0)
    expect(look.section("random")).to_contain_text("Nothing random was drawn.")
    expect(look.verdict).to_have_attribute("data-verdict", "not-checked")

    for index in (0, 2, 1):
        look.run(index)

    expect(look.executions).to_have_text([re.compile(text) for text in ("import random", "print", "x = random")])
    assert [row.get_attribute("data-marks") for row in look.executions.all()] == ["", "", "out-of-order"]
    points = look.panel.locator(".jp-Prov-picture > svg .jp-Prov-point")
    assert [point.get_attribute("data-cell") for point in points.all()] == ["first", "third", "second"]
    expect(points.last).to_have_attribute("data-marks", "out-of-order")
    expect(look.panel.get_by_role("img", name="Order of 3 executions, 1 out of order")).to_be_visible()
    expect(look.section("random").locator("[data-cell=second][data-level=warning]")).to_be_visible()
    expect(look.verdict).to_have_attribute("data-verdict", "would-not-reproduce")
    expect(look.verdict).to_contain_text("1 reason")


def test_an_edited_a_deleted_and_a_rerun_cell_are_drawn_as_such(lab, look):
    cells = {"first": "a = 1", "second": "b = 2", "third": "print(a + b)"}
    look.open(lab, lab.write("edited", **cells))
    for index in (0, 1, 2, 2):
        look.run(index)
    look.edit(0, "a = 10")
    expect(look.mark(0, "stale")).to_be_visible()
    look.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputPrompt").click()
    look.command("notebook:delete-cell")

    expect(look.executions.nth(1)).to_have_attribute("data-marks", "deleted used")
    expect(look.executions.nth(0)).to_have_attribute("data-marks", "edited")
    expect(look.executions.nth(3)).to_have_attribute("data-marks", "run-again")
    legend = look.panel.locator(".jp-Prov-legend")
    for said in ("1 edited since", "1 deleted", "1 still used", "1 run again"):
        expect(legend).to_contain_text(said)


def test_a_click_on_a_point_or_an_execution_goes_to_its_cell(lab, look):
    look.open(lab, lab.write("going", first="1", second="2"))
    look.run(0)
    look.run(1)
    active = look.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("2")
    look.executions.first.locator("button").press("Enter")
    expect(active).to_contain_text("1")
    look.panel.locator(".jp-Prov-picture > svg .jp-Prov-point").nth(1).click()
    expect(active).to_contain_text("2")


def test_a_data_file_that_changes_on_disk_is_shown_as_changed(lab, look):
    look.open(lab, lab.write("files", reads="print(open('data.csv').read())"))
    data = Path(lab.root, "files", "data.csv")
    data.write_text("a,b\n")
    look.run(0)
    row = look.section("data").locator(".jp-Prov-row").first
    expect(row).to_have_attribute("data-file", "same")
    expect(row).to_contain_text("4 B")

    data.write_text("a,c\n")
    expect(row).to_have_attribute("data-file", "changed")
    data.write_text("a,b\n")
    expect(row).to_have_attribute("data-file", "same")
    data.write_text("a,c\n")
    expect(row).to_contain_text("changed on disk since it was read")
    expect(look.mark(0, "changed-input")).to_be_visible()
    look.reasons.get_by_role("button", name="Run cell").click()
    expect(look.mark(0, "changed-input")).to_have_count(0)
    expect(look.section("data").locator(".jp-Prov-row").last).to_have_attribute("data-file", "same")
    row.locator("button").first.click()
    expect(look.page.locator(".jp-CSVViewer")).to_be_visible()


def test_panel_follows_the_notebook_through_restart_and_rename(lab, look):
    look.open(lab, lab.write("moving", only="1"))
    look.run(0)
    look.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(look.executions).to_have_count(0)
    look.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.rename('moved.ipynb')")
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("moved.ipynb")
    look.run(0)


def test_two_notebooks_side_by_side_are_each_marked_and_the_panel_follows_the_current_one(lab, look):
    left = lab.write("left", draws="import random\nrandom.random()")
    right = lab.write("right", plain="1 + 1")
    look.open(lab, left)
    look.run(0)
    look.page.evaluate(
        "path => window.jupyterapp.commands.execute('docmanager:open', {path, options: {mode: 'split-right'}})", right
    )
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("right.ipynb")
    expect(look.executions).to_have_count(0)
    expect(look.page.locator(".jp-Prov-cellMark[data-mark=unseeded]")).to_be_visible()
    look.page.locator(".jp-Notebook").first.locator(".cm-content").click()
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("left.ipynb")
    expect(look.executions).to_have_count(1)


def test_marks_say_in_words_what_they_mean_and_can_be_switched_off(lab, look):
    look.open(lab, lab.write("marked", draws="import random, time\nrandom.random(), time.time()"))
    look.run(0)
    expect(look.mark(0, "unseeded")).to_have_attribute("title", re.compile("Unseeded randomness\n.*without a seed"))
    expect(look.mark(0, "clock")).to_be_visible()
    expect(look.page.locator(".jp-Prov-status")).to_contain_text("Would not reproduce")
    look.command("jupyter-prov:toggle-marks")
    expect(look.page.locator(".jp-Prov-cellMark")).to_have_count(0)
    look.command("jupyter-prov:toggle-marks")
    expect(look.mark(0, "unseeded")).to_be_visible()


@pytest.mark.timeout(3000)  # two thousand executions, on a machine that may be busy
def test_scrolling_through_two_thousand_executions_draws_what_is_seen(lab, look):
    cells = {f"cell{index}": f"x{index} = {index}" for index in range(8)}
    look.open(lab, lab.write("many", **cells))
    look.run(0)
    look.page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            const kernel = panel.sessionContext.session.kernel;
            const run = index => kernel.requestExecute(
                { code: `x${index % 8} = ${index}` }, false, { cellId: `cell${index % 8}` }).done;
            for (let start = 0; start < 2000; start += 50) {  // of more at once, a server may leave the last ones lying
                await Promise.all(Array.from({ length: 50 }, (_, index) => run(start + index)));
            }
        }"""
    )
    last = look.panel.locator(".jp-Prov-execution[aria-setsize='2001']").first
    expect(last).to_be_visible(timeout=600_000)
    assert look.executions.count() < 200

    steps = scrolling(look)

    assert len(steps) > 40
    assert max(made for made, _ in steps) <= MOST_MADE, steps
    assert 0 < max(drawn for _, drawn in steps) <= MOST_DRAWN, steps
