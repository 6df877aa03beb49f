"""A check from the panel: started, followed, cancelled, found again, queued; then compared, fixed, accepted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECK_MS = 240_000
HOSTILE = "<img src=x onerror=alert(1)>"
# Ends at once while it is recorded; in the re-run the file is gone, and the cell waits for it.
WAIT = "for _ in range(1200):\n    if Path('go').exists():\n        break\n    time.sleep(0.05)"
WAITING = f"import time\nfrom pathlib import Path\n{WAIT}\nprint('went')"
DRAWS = "import random\nrandom.random()"
PLOT = (
    "import base64, random, struct, zlib\n"
    "from IPython.display import Image, HTML\n"
    "def chunk(kind, data):\n"
    "    body = kind + data\n"
    "    return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))\n"
    "rows = b''.join(b'\\0' + bytes(random.randrange(256) for _ in range(60)) for _ in range(20))\n"
    "head = chunk(b'IHDR', struct.pack('>IIBBBBB', 20, 20, 8, 2, 0, 0, 0))\n"
    "Image(b'\\x89PNG\\r\\n\\x1a\\n' + head + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))"
)
TABLE = (
    "HTML('<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>%s</td></tr>"
    "<tr><td>2</td><td>same</td></tr></table>' % random.random())"
)


def run_all(look, count: int) -> None:
    look.command("notebook:run-all-cells")
    expect(look.executions).to_have_count(count)
    expect(look.executions.last).to_have_attribute("data-outcome", "ok")


def check(look) -> None:
    look.check.click()
    expect(look.outcome).to_have_attribute("data-outcome", re.compile("reproduced"), timeout=CHECK_MS)


@pytest.fixture
def waiting(lab, look):
    """A notebook that is recorded and whose re-run waits until its check is cancelled."""
    look.open(lab, lab.write(f"waiting{len(list(lab.root.iterdir()))}", waits=WAITING))
    folder = next(
        path for path in lab.root.iterdir() if path.name == look.panel.locator(".jp-Prov-name").inner_text()[:-6]
    )
    (folder / "go").touch()
    look.run(0)
    (folder / "go").unlink()
    return look


def test_check_tells_the_cell_that_differs_and_why(lab, look):
    look.open(lab, lab.write("drawing", draws=DRAWS, same="print('always the same')"))
    run_all(look, 2)
    expect(look.verdict).to_have_attribute("data-verdict", "would-not-reproduce")
    look.check.click()
    expect(look.panel.locator(".jp-Prov-progress")).to_be_visible()
    expect(look.outcome).to_have_attribute("data-outcome", "not-reproduced", timeout=CHECK_MS)
    expect(look.verdict).to_contain_text("Would not reproduce")
    expect(look.cell("draws")).to_have_attribute("data-verdict", "differs")
    expect(look.cell("draws").locator(".jp-Prov-cause[data-kind=random]").first).to_be_visible()
    expect(look.cell("same")).to_have_attribute("data-verdict", "identical")
    look.edit(1, "print('another')")
    expect(look.verdict).to_have_attribute("data-verdict", "changed")
    expect(look.panel.locator(".jp-Prov-outdated")).to_be_visible()


def test_a_notebook_that_reproduces_is_said_to_also_after_a_reload(lab, look):
    look.open(lab, lab.write("steady", same="print('always the same')"))
    run_all(look, 1)
    check(look)
    expect(look.verdict).to_have_attribute("data-verdict", "reproduces")
    look.page.reload()
    look.wait()
    expect(look.verdict).to_have_attribute("data-verdict", "reproduces")


def test_an_input_that_changed_since_the_check_is_known_after_a_reload(lab, look):
    look.open(lab, lab.write("overtaken", reads="print(open('data.csv').read())"))
    data = Path(lab.root, "overtaken", "data.csv")
    data.write_text("a,b\n")
    run_all(look, 1)
    check(look)
    expect(look.verdict).to_have_attribute("data-verdict", "reproduces")
    data.write_text("a,c\n")
    expect(look.verdict).to_have_attribute("data-verdict", "changed")
    look.page.reload()
    look.wait()
    expect(look.verdict).to_have_attribute("data-verdict", "changed")


def test_a_rerun_after_the_check_counts_after_a_restart_too(lab, look):
    look.open(lab, lab.write("rerun", same="print('always the same')"))
    run_all(look, 1)
    check(look)
    look.run(0)
    expect(look.verdict).to_have_attribute("data-verdict", "changed")
    look.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(look.executions).to_have_count(0)
    expect(look.verdict).to_have_attribute("data-verdict", "changed")


def test_progress_is_told_by_phase_and_cell_over_the_event_stream(waiting):
    asked = []
    waiting.page.on(
        "request", lambda request: asked.append(request.url) if "/jupyter-prov/jobs/" in request.url else None
    )
    waiting.check.click()
    phase = waiting.panel.locator(".jp-Prov-phases [data-state=now]")
    expect(phase).to_have_attribute("data-phase", "rerun", timeout=CHECK_MS)
    expect(waiting.panel.locator(".jp-Prov-phase")).to_have_text("Running cells: 0 of 1")
    assert asked == []
    waiting.check.click()
    expect(waiting.outcome).to_have_attribute("data-outcome", "cancelled")


def test_a_running_check_is_found_after_a_reload_and_can_be_cancelled(waiting):
    waiting.check.click()
    expect(waiting.panel.locator(".jp-Prov-progress[data-phase=rerun]")).to_be_visible(timeout=CHECK_MS)
    waiting.page.reload()
    waiting.wait()
    expect(waiting.check).to_have_attribute("data-action", "cancel")
    waiting.check.click()
    expect(waiting.outcome).to_have_attribute("data-outcome", "cancelled")
    expect(waiting.check).to_have_attribute("data-action", "check")
    expect(waiting.check).to_be_enabled()


def test_several_notebooks_wait_for_one_another(lab, waiting):
    other = lab.write("queued", same="print(1)")
    waiting.check.click()
    expect(waiting.panel.locator(".jp-Prov-progress[data-phase=rerun]")).to_be_visible(timeout=CHECK_MS)
    waiting.page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", other)
    expect(waiting.panel.locator(".jp-Prov-name")).to_have_text("queued.ipynb")
    run_all(waiting, 1)
    waiting.check.click()
    expect(waiting.panel.locator(".jp-Prov-progress")).to_have_attribute("data-state", "queued")
    expect(waiting.panel.locator(".jp-Prov-phase")).to_have_text("Waiting: 1 is before it")
    job = waiting.section("jobs").locator(".jp-Prov-job[data-state=running]")
    job.get_by_role("button", name="Cancel").click()
    expect(waiting.outcome).to_have_attribute("data-outcome", "reproduced", timeout=CHECK_MS)


def test_recorded_and_re_run_outputs_stand_side_by_side(lab, look):
    cells = {"picture": PLOT, "table": TABLE, "text": "print('one')\nprint(random.random())"}
    look.open(lab, lab.write("beside", **cells))
    run_all(look, 3)
    check(look)
    look.cell("picture").get_by_role("button", name="Compare").click()
    view = look.page.locator(".jp-Prov-compare")
    expect(view).to_be_visible()
    expect(view.locator("img").first).to_be_visible()
    view.get_by_role("radio", name=re.compile("slider", re.IGNORECASE)).first.check()
    slider = view.get_by_role("slider").first
    slider.press("ArrowRight")
    view.get_by_role("radio", name=re.compile("difference", re.IGNORECASE)).first.check()
    expect(view.locator("canvas").first).to_be_visible()
    expect(view).to_contain_text("same")
    assert look.grave(".jp-Prov-compare") == []
    look.screenshot("compare")


def test_a_comparison_keeps_to_its_notebook_and_accepts_nothing_that_is_old(lab, look):
    look.open(lab, lab.write("kept", draws=DRAWS))
    run_all(look, 1)
    check(look)
    look.cell("draws").get_by_role("button", name="Compare").click()
    view = look.page.locator(".jp-Prov-compare")
    expect(view.get_by_role("button", name="Accept new outputs")).to_be_visible()
    other = lab.write("kept-other", plain="1 + 1")
    look.page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", other)
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("kept-other.ipynb")
    look.page.get_by_role("tab", name="Outputs of kept.ipynb").click()
    view.get_by_role("button", name="Fix…").click()
    dialog = look.page.locator(".jp-Prov-fixDialog")
    expect(dialog).to_contain_text("Fix of kept.ipynb", timeout=CHECK_MS)
    dialog.get_by_role("button", name="Cancel").click()
    look.run(0)
    expect(look.page.locator(".jp-Prov-compare").get_by_role("button", name="Accept new outputs")).to_have_count(0)


def test_a_fix_is_shown_applied_and_undone(lab, look):
    look.open(lab, lab.write("fixing", draws=DRAWS))
    run_all(look, 1)
    check(look)
    look.reasons.get_by_role("button", name="Fix…").first.click()
    dialog = look.page.locator(".jp-Dialog.jp-Prov-fixDialog")
    expect(dialog).to_be_visible(timeout=CHECK_MS)
    expect(dialog).to_contain_text("random.seed")
    assert look.grave(".jp-Prov-fixDialog") == []
    look.screenshot("fix")
    dialog.get_by_role("button", name="Apply").click()
    cell = look.page.locator(".jp-Notebook .jp-Cell").first
    expect(cell).to_contain_text("random.seed")
    look.page.get_by_role("button", name="Undo").click()
    expect(cell).not_to_contain_text("random.seed")

    look.panel.locator(".jp-Prov-reason").get_by_role("button", name="Fix…").first.click()
    expect(dialog).to_be_visible(timeout=CHECK_MS)
    dialog.get_by_role("button", name="Apply").click()
    expect(cell).to_contain_text("random.seed")
    cell.locator(".jp-InputPrompt").click()
    look.command("notebook:undo-cell-action")
    expect(cell).not_to_contain_text("random.seed")


def test_after_a_fix_its_own_notebook_is_restarted_and_run_whichever_is_in_front(lab, look):
    look.open(lab, lab.write("fixed", draws=DRAWS, more="1 + 1"))
    run_all(look, 2)
    check(look)
    look.reasons.get_by_role("button", name="Fix…").first.click()
    dialog = look.page.locator(".jp-Dialog")
    dialog.get_by_role("button", name="Apply").click(timeout=CHECK_MS)
    other = lab.write("in-front", plain="print('ran')")
    look.page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", other)
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("in-front.ipynb")
    look.wait()

    look.page.get_by_role("button", name="Restart and run all").click()
    dialog.get_by_role("button", name="Confirm Kernel Restart").click()

    expect(look.panel.locator(".jp-Prov-name")).to_have_text("fixed.ipynb")
    expect(look.executions).to_have_count(2)
    for execution in (look.executions.first, look.executions.last):
        expect(execution).to_have_attribute("data-marks", "")  # not "edited" any more
        expect(execution).to_have_attribute("data-outcome", "ok")
    look.page.get_by_role("tab", name="in-front.ipynb").click()
    expect(look.panel.locator(".jp-Prov-name")).to_have_text("in-front.ipynb")
    expect(look.executions).to_have_count(0)


def test_new_outputs_are_accepted_into_notebook_and_record(lab, look):
    path = lab.write("accepting", draws=DRAWS)
    look.open(lab, path)
    run_all(look, 1)
    check(look)
    before = look.page.locator(".jp-OutputArea-output").inner_text()
    look.cell("draws").get_by_role("button", name="Accept new outputs").click()
    output = look.page.locator(".jp-OutputArea-output")
    expect(output).not_to_have_text(before)
    expect(look.page.locator(".jp-Notebook .jp-InputPrompt").first).to_contain_text("[")
    shown = output.inner_text()
    record = Path(lab.root, path.replace(".ipynb", ".prov.json"))
    look.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads(Path(lab.root, path).read_text())
    assert "".join(saved["cells"][0]["outputs"][0]["data"]["text/plain"]) == shown
    assert "accepted" in json.dumps(json.loads(record.read_text())["cells"])


def test_what_a_hostile_notebook_printed_stays_text_in_the_results(lab, look):
    shouting = f'import random\nprint(random.random(), "{HOSTILE}", "\u202eright to left")'
    look.open(lab, lab.write("shouting", shouts=shouting))
    run_all(look, 1)
    check(look)
    expect(look.cell("shouts").locator(".jp-Prov-summary").first).to_contain_text("onerror=alert(1)")
    look.cell("shouts").get_by_role("button", name="Compare").click()
    expect(look.page.locator(".jp-Prov-compare")).to_contain_text("onerror=alert(1)")
    assert look.page.locator(".jp-Prov-panel, .jp-Prov-compare").locator("img, script, iframe").count() == 0
