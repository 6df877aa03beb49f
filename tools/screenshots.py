"""Makes the pictures of the README: the panel beside the example in JupyterLab, and the report of its check.

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
from browser.conftest import BROWSER_ARGS, BROWSERS, Look, start_lab  # noqa: E402

EXAMPLE, IMAGES = ROOT / "examples" / "penguins", ROOT / "docs" / "images"


def panel(target: Path) -> None:
    """Run the example in JupyterLab, check it from the panel, and take a picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = start_lab(Path(folder), jupyter_prov=True)
        shutil.copytree(EXAMPLE, lab.root / "penguins")
        binary = next((path for name in BROWSERS if (path := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=binary, args=BROWSER_ARGS.split())
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            look = Look(page)
            look.open(lab, "penguins/penguins.ipynb")
            look.command("notebook:run-all-cells")
            page.locator(".jp-Prov-execution").nth(9).wait_for(timeout=120_000)
            look.command("jupyter-prov:check")
            page.locator(".jp-Prov-verdict[data-verdict]").wait_for(timeout=300_000)
            page.locator(".jp-Prov-cell[data-verdict=differs]").first.click()
            page.screenshot(path=target)
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
    panel(IMAGES / "panel.png")
