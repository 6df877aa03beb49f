"""PDF by its rendered pages, where pypdfium2 or poppler's pdftoppm is installed; else byte by byte."""

from __future__ import annotations

import base64
import binascii
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from jupyter_prov.check.compare import image
from jupyter_prov.check.compare.base import SAME, Comparison, Context
from jupyter_prov.check.compare.image_decoding import Picture
from jupyter_prov.record import launch_python
from jupyter_prov.report.model import DIFFERS

_DPI = 72
_MOST_PAGES = 20
_MOST_PIXELS = 1500
"""Of the longer side of a page."""
_SECONDS = 10
_PDFIUM = """
import sys, pypdfium2
pages = pypdfium2.PdfDocument(sys.argv[1])
for number in range(min(len(pages), int(sys.argv[3]))):
    page = pages[number]
    scale = min(1.0, int(sys.argv[4]) / max(1, *page.get_size()))
    page.render(scale=scale).to_pil().convert("RGB").save(f"{sys.argv[2]}-{number:03}.png")
"""
_EXACT = "the data differ, compared byte by byte"


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two documents in base64."""
    if recorded == rerun or "".join(recorded.split()) == "".join(rerun.split()):
        return SAME
    there, here = _pages(recorded), _pages(rerun)
    if there is None or here is None:
        return Comparison(DIFFERS, (), _EXACT + _why())
    if len(there) != len(here):
        return Comparison(DIFFERS, (), f"{len(there):,} → {len(here):,} pages")
    if len(there) >= _MOST_PAGES:
        return Comparison(DIFFERS, (), f"{_EXACT}, as it has {_MOST_PAGES} pages or more")
    found = image.between(Picture(there), Picture(here))
    summary = found.summary.replace("frame", "page", 1) if len(there) > 1 else found.summary
    return Comparison(found.verdict, found.noise, summary)


def _why() -> str:
    return ", as its pages cannot be drawn" if _renderer("", "") else ", as no program that draws PDF is installed"


def _pages(data: str) -> list[Image.Image] | None:
    """The pages as pictures; None where they cannot be drawn. A process of its own draws them: it may crash."""
    with tempfile.TemporaryDirectory(prefix="jupyter-prov-") as folder:
        source = Path(folder, "document.pdf")
        try:
            source.write_bytes(base64.b64decode(data))
            command = _renderer(str(source), str(Path(folder, "page")))
            if command is None:
                return None
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, env=launch_python.environ())
        except (OSError, subprocess.SubprocessError, binascii.Error, ValueError):
            return None
        drawn = sorted(Path(folder).glob("page*.png"))
        return [_opened(path) for path in drawn] or None


def _renderer(source: str, target: str) -> list[str] | None:
    if find_spec("pypdfium2"):
        return launch_python.python(_PDFIUM, source, target, str(_MOST_PAGES), str(_MOST_PIXELS))
    if program := launch_python.find("pdftoppm"):
        size = ["-r", str(_DPI), "-scale-to", str(_MOST_PIXELS // 2)]
        return [program, "-png", *size, "-l", str(_MOST_PAGES), source, target]
    return None


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as page:
        rgba: Image.Image = page.convert("RGBA")
        return rgba
