"""PDF: its pages count, how and when it was written does not."""

from __future__ import annotations

import base64
import io
import shutil
from importlib.util import find_spec

import pytest
from PIL import Image

from jupyter_prov.check.compare import pdf
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

drawn = pytest.mark.skipif(
    not (find_spec("pypdfium2") or shutil.which("pdftoppm")), reason="no program that draws PDF is installed"
)


def document(*shades: int, title: str = "t") -> str:
    pages = [Image.new("RGB", (200, 100), (shade, shade, shade)) for shade in shades]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], title=title)
    return base64.b64encode(file.getvalue()).decode()


@drawn
def test_what_is_not_drawn_is_noise() -> None:
    assert pdf.compare(document(9, title="a"), document(9, title="b"), Context()).verdict == EQUIVALENT


@drawn
def test_a_changed_page_differs_and_is_told() -> None:
    found = pdf.compare(document(9, 9), document(9, 90), Context())
    assert (found.verdict, found.summary[:8]) == (DIFFERS, "page 2: ")
    assert pdf.compare(document(9, 9), document(9), Context()).summary == "2 → 1 pages"


def test_without_a_renderer_it_is_compared_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_renderer", lambda source, target: None)
    assert pdf.compare(document(9, title="a"), document(9, title="b"), Context()).summary == (
        "the data differ, compared byte by byte, as no program that draws PDF is installed"
    )
