"""Makes the pictures of the README and of docs/using-the-panel.md: JupyterLab with the example, and its report.

    make browser demo && .venv/bin/python tools/screenshots.py

It needs what the browser tests need, and `make demo` to have run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from browser.conftest import BROWSER_ARGS, Lab, Look, find_browser, start_lab  # noqa: E402

EXAMPLE, IMAGES = ROOT / "examples" / "penguins", ROOT / "docs" / "images"


class Pictures:
    """One JupyterLab with the example, of which pictures are taken."""

    def __init__(self, look: Look, lab: Lab) -> None:
        self._look, self._lab = look, lab

    def take(self) -> None:
        """Work with the example as the documentation tells, and take each picture on the way."""
        look, page = self._look, self._look.page
        look.open(self._lab, "penguins/penguins.ipynb")
        look.command("notebook:run-all-cells")
        page.locator(".jp-Prov-execution").nth(9).wait_for(timeout=120_000)
        page.locator(".jp-Prov-cellMark").first.wait_for()
        self._top("panel-working")
        look.command("jupyter-prov:check")
        page.locator(".jp-Prov-progress[data-phase=rerun]").wait_for(timeout=300_000)
        self._shot("panel-checking")
        page.locator(".jp-Prov-outcome[data-outcome=not-reproduced]").wait_for(timeout=300_000)
        page.locator(".jp-Prov-cell[data-verdict=differs]").first.click()
        self._top("panel")
        self._theme("JupyterLab Dark")
        self._shot("panel-dark")
        self._theme("JupyterLab Light")
        page.locator(".jp-Prov-cell[data-verdict=differs] [data-action=compare]").first.click()
        page.locator(".jp-Prov-compare").get_by_role("table").first.wait_for()
        self._shot("panel-compare")
        page.locator(".jp-Prov-reason").get_by_role("button", name="Fix…").first.click()
        page.locator(".jp-Prov-fixDialog").wait_for(timeout=300_000)
        self._shot("panel-fix")

    def _theme(self, theme: str) -> None:
        page = self._look.page
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        light = str(theme.endswith("Light")).lower()
        page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def _top(self, name: str) -> None:
        self._look.panel.evaluate("node => (node.scrollTop = 0)")
        self._shot(name)

    def _shot(self, name: str) -> None:
        self._look.page.wait_for_timeout(700)  # until nothing moves
        self._look.page.screenshot(path=IMAGES / f"{name}.png")


def panel() -> None:
    """Run the example in JupyterLab, check it from the panel, and take the pictures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        lab = start_lab(Path(folder), jupyter_prov=True)
        shutil.copytree(EXAMPLE, lab.root / "penguins", ignore=shutil.ignore_patterns("*.prov.json", ".*"))
        browser = playwright.chromium.launch(executable_path=find_browser(playwright), args=BROWSER_ARGS.split())
        try:
            Pictures(Look(browser.new_page(viewport={"width": 1400, "height": 900})), lab).take()
        finally:
            browser.close()
            lab.stop()


def report(target: Path) -> None:
    """Print the report of the demo's check into a picture."""
    notebook = ROOT / "build" / "demo" / "penguins" / "penguins.ipynb"
    command = [sys.executable, "-m", "jupyter_prov", "check", notebook.name]
    done = subprocess.run(command, cwd=notebook.parent, capture_output=True, text=True, check=False)
    console = Console(record=True, width=90, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(Text("$ jupyter prov check penguins.ipynb", "bold"))
    for line in done.stdout.splitlines():
        style = "bold red" if "✗" in line else "cyan" if "→" in line and "(" not in line[:40] else ""
        console.print(Text(line.rstrip(), style))
    console.save_svg(str(target), title="jupyter prov check")


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    report(IMAGES / "report.svg")
    panel()
