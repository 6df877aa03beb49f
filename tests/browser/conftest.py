"""A real JupyterLab in folders of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, expect, sync_playwright

TOKEN = "browser-test"
START_SECONDS = 120
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
READY = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget;
    await notebook.context.ready;
    await notebook.sessionContext.ready;
    await notebook.sessionContext.session.kernel.info;
}"""


@dataclass
class Lab:
    """A running JupyterLab."""

    process: subprocess.Popen[str]
    root: Path
    url: str = ""
    log: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Keep what the server says, and take its address from it."""
        address: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._follow, args=(address,), daemon=True)
        self.reader.start()
        try:
            self.url = address.get(timeout=START_SECONDS)
        except queue.Empty:
            self.url = ""
        if not self.url or not self._answers():
            pytest.fail("JupyterLab did not start:\n" + "".join(self.log[-40:]))

    def _answers(self) -> bool:
        """Wait until the server answers a request; it tells its address a moment before it listens."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}api", timeout=START_SECONDS).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def _follow(self, address: queue.Queue[str]) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.log.append(line)
                if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+/)lab\?token", line):
                    address.put(found[1])
        address.put("")

    @property
    def data(self) -> Path:
        """Where this JupyterLab looks for what is its user's."""
        return self.root.parent / "data"

    def write(self, name: str, kernel: str = "python3", **cells: str) -> str:
        """Write a notebook of code cells, id by id, in a folder of its own, and give its path."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, id=cell) for cell, source in cells.items()],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        )
        folder = self.root / name
        folder.mkdir()
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return f"{name}/{name}.ipynb"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()


def start_lab(folder: Path, **extensions: bool) -> Lab:
    """Start JupyterLab with everything of its own below a folder; `extensions` switches server extensions."""
    config = folder / "config"
    (config / "labconfig").mkdir(parents=True)
    # The question whether to fetch news would lie over the page.
    news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(news))
    server = {"ServerApp": {"jpserver_extensions": extensions}}
    (config / "jupyter_server_config.json").write_text(json.dumps(server))
    root = folder / "root"
    root.mkdir()
    environ = {name: value for name, value in os.environ.items() if name not in ("JUPYTER_PROV", "JUPYTER_TOKEN")}
    environ |= {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.port=0", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=root, env=environ, stderr=subprocess.PIPE, text=True)
    lab = Lab(process, root)
    try:
        lab.read()
    except BaseException:
        lab.stop()
        raise
    return lab


@dataclass
class Look:
    """The page, as somebody with a notebook and the panel open sees it."""

    page: Page
    trouble: list[str] = field(default_factory=list)
    """What went wrong on the page: none of it may be there when a test has ended."""

    def open(self, lab: Lab, path: str) -> None:
        """Open a notebook and the panel, and wait until the kernel is there."""
        self.page.goto(f"{lab.url}lab/tree/{quote(path)}?token={TOKEN}&reset")
        self.wait()

    def open_in_notebook(self, lab: Lab, path: str) -> None:
        """The same in Jupyter Notebook."""
        self.page.goto(f"{lab.url}notebooks/{quote(path)}?token={TOKEN}")
        self.wait()

    def wait(self) -> None:
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
        self.page.evaluate(READY)
        self.command("jupyter-prov:open")
        expect(self.panel).to_be_visible()

    def command(self, name: str) -> None:
        """Let JupyterLab act a command, as its palette does."""
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    @property
    def panel(self) -> Locator:
        return self.page.locator(".jp-Prov-panel")

    @property
    def check(self) -> Locator:
        return self.panel.locator(".jp-Prov-check")

    @property
    def verdict(self) -> Locator:
        """Whether the notebook would reproduce, as the header says."""
        return self.panel.locator(".jp-Prov-verdict")

    @property
    def outcome(self) -> Locator:
        """What the last check found, or what became of it."""
        return self.panel.locator(".jp-Prov-outcome")

    @property
    def reasons(self) -> Locator:
        return self.panel.locator(".jp-Prov-reason")

    def mark(self, index: int, mark: str) -> Locator:
        """The mark of the cell with this index in the notebook."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(f".jp-Prov-cellMark[data-mark={mark}]")

    @property
    def executions(self) -> Locator:
        return self.panel.locator(".jp-Prov-execution")

    def cell(self, cell: str) -> Locator:
        """What the check says of a cell."""
        return self.panel.locator(f".jp-Prov-cell[data-cell={cell}]")

    def section(self, name: str) -> Locator:
        return self.panel.locator(f".jp-Prov-section[data-section={name}]")

    def run(self, index: int) -> None:
        """Run one cell with the keyboard, and wait until it has ended."""
        cell = self.page.locator(".jp-Notebook .jp-Cell").nth(index)
        before = self.executions.count()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        expect(self.executions).to_have_count(before + 1)
        expect(self.executions.last).not_to_have_attribute("data-outcome", "running")

    def edit(self, index: int, source: str) -> None:
        """Type another source into a cell."""
        self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def grave(self, *parts: str) -> list[str]:
        """What an accessibility scan finds in these parts that is serious."""
        found = Axe().run(self.page, context={"include": [[part] for part in parts]}).response
        assert found["passes"], "nothing was scanned"
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    def screenshot(self, name: str) -> None:
        """Keep a picture where PROV_SCREENSHOTS asks for it."""
        if folder := os.environ.get("PROV_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")


def find_browser(playwright: Playwright) -> str:
    """The Chromium that CHROMIUM names, one of the PATH, or playwright's own."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [*BROWSERS, playwright.chromium.executable_path]
    for candidate in candidates:
        path = shutil.which(candidate)
        # Asked for its version, because Ubuntu's chromium-browser may be a script that only advertises a snap.
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    pytest.fail(
        f"No working Chromium was found ({', '.join(candidates)}): install chromium, or set CHROMIUM to one's path."
    )


# pytest-jupyter gives every test an event loop and closes it; here that loop would be playwright's own, in use.
@pytest.fixture
def jp_asyncio_loop() -> None:
    return None


@pytest.fixture
def jp_server_cleanup() -> None:
    return None


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    expect.set_options(timeout=120_000)
    yield
    expect.set_options(timeout=5_000)


# Of the module, not of the session: while playwright's sync API is open, no other test can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = start_lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture
def lab_without_server_part(tmp_path: Path) -> Iterator[Lab]:
    lab = start_lab(tmp_path, jupyter_prov=False)
    yield lab
    lab.stop()


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """A new page; no script on it may raise or open a dialog, and ours leave no error in the console."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(180_000)
    look = Look(page)
    page.on("pageerror", lambda error: look.trouble.append(f"page error: {error}\n{error.stack}"))
    page.on("dialog", lambda dialog: (dialog.dismiss(), look.trouble.append(f"dialog: {dialog.message}")))
    page.on("console", lambda message: look.trouble.extend(_errors(message)))
    yield look
    page.close()
    assert look.trouble == []


def _errors(message: ConsoleMessage) -> list[str]:
    """An error in the console that is ours."""
    said = f"{message.text} ({message.location.get('url')})"
    return [f"console: {said}"] if message.type == "error" and "jupyter-prov" in said else []
