"""Which comparer takes which output: by MIME type, plug-ins first."""

from __future__ import annotations

from typing import Any

from jupyter_prov.check.compare import html, json_structure, text, widget
from jupyter_prov.check.compare.base import SAME, Comparer, Comparison, Context
from jupyter_prov.check.compare.json_structure import is_json
from jupyter_prov.check.compare.plugins import plugged
from jupyter_prov.report.model import DIFFERS

_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_SCRIPTS = frozenset({"application/javascript", "text/javascript", "application/x-javascript"})
_MARKUP = frozenset({"text/latex", "text/markdown", "application/x-latex", "application/x-tex"})


def comparer_of(mime: str) -> Comparer:
    """The comparer of a MIME type, whose parameters (`;version=3`) mean nothing; of an unknown one, byte by byte."""
    kind = mime.partition(";")[0].strip().lower()
    return plugged(mime, plugged(kind, _own(kind)) if kind != mime else _own(kind))


def _own(mime: str) -> Comparer:
    if mime == widget.VIEW:
        return widget.compare
    if mime in ("text/html", "application/xhtml+xml"):
        return html.compare
    if is_json(mime):
        return json_structure.compare if mime in json_structure.PLAIN else json_structure.compare_model
    if mime in _IMAGES or mime in ("image/svg+xml", "application/pdf"):
        return _of_picture(mime)
    if mime in _SCRIPTS:
        from jupyter_prov.check.compare import html_script

        return html_script.compare
    if mime in _MARKUP:
        return text.compare_markup
    return text.compare if mime.startswith("text/") or mime == "application/xml" else exact


def _of_picture(mime: str) -> Comparer:
    """Comparers that load Pillow, which a notebook without pictures never needs."""
    from jupyter_prov.check.compare import image, pdf, svg

    if mime == "image/svg+xml":
        return svg.compare
    return pdf.compare if mime == "application/pdf" else image.compare


def exact(there: Any, here: Any, _: Context) -> Comparison:
    """Compare byte by byte."""
    return SAME if there == here else Comparison(DIFFERS, (), "the data differ, of a type compared byte by byte")
