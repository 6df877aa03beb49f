"""Outputs as nbformat has them, written short, and the one comparison of a pair of them."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import OutputComparison

NOTHING = Context()
TIMED = Context("%%time\nwork()")


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: Any) -> dict[str, Any]:
    """A display of these representations; `text_html` stands for `text/html`."""
    return bundle({mime.replace("_", "/", 1): content for mime, content in data.items()})


def bundle(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def error(ename: str, evalue: str, *traceback: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": list(traceback)}


def compared(recorded: Any, rerun: Any, context: Context = NOTHING) -> OutputComparison:
    """The comparison of one output; text stands for what a cell printed."""
    pair = [stream(one) if isinstance(one, str) else one for one in (recorded, rerun)]
    (found,) = compare_cell(pair[:1], pair[1:], context)
    return found


def png(image: Image.Image, **text: str) -> str:
    """An image in base64, with metadata."""
    info = PngInfo()
    for name, value in text.items():
        info.add_text(name, value)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()
