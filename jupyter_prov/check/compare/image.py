"""Images by their pixels; metadata means nothing."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageChops, ImageSequence

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context

MOST_PIXELS = 30_000_000
"""Of all frames together; what is larger is compared byte by byte, because it would need gigabytes."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""Other formats are not decoded: Pillow runs a program of the system for some of them."""
_BROKEN = (
    binascii.Error,
    struct.error,
    Image.DecompressionBombError,
    ArithmeticError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What Pillow raises for pictures that are broken."""


@dataclass
class _Picture:
    """A decoded picture, or why it could not be decoded."""

    frames: list[Image.Image] = field(default_factory=list)
    problem: str = ""


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two images in base64."""
    if "".join(recorded.split()) == "".join(rerun.split()):
        return SAME
    there, here = _decoded(recorded), _decoded(rerun)
    if there.problem or here.problem:
        sides = (("recorded", there), ("re-run", here))
        broken = [f"the {side} image {picture.problem}" for side, picture in sides if picture.problem]
        return Comparison(DIFFERS, (), " and ".join(broken))
    if len(there.frames) != len(here.frames):
        return Comparison(DIFFERS, (), f"{len(there.frames):,} → {len(here.frames):,} frames")
    for number, (old, new) in enumerate(zip(there.frames, here.frames, strict=True), 1):
        if told := _difference(old, new):
            return Comparison(DIFFERS, (), f"frame {number}: {told}" if len(there.frames) > 1 else told)
    return Comparison(EQUIVALENT, ("image-metadata",))


def _decoded(data: str) -> _Picture:
    picture = _Picture()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(base64.b64decode(data)), formats=_FORMATS) as image:
                if image.size[0] * image.size[1] * getattr(image, "n_frames", 1) > MOST_PIXELS:
                    picture.problem = f"of {_size(image)} pixels is too large to be compared by its pixels"
                    return picture
                picture.frames = list(_frames(image))
    except Image.DecompressionBombError:
        picture.problem = "is too large to be compared by its pixels"
    except _BROKEN:
        picture.problem = "cannot be decoded"
    return picture


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """Every frame in bands of eight bits: as it looks on white, with its transparency kept beside."""
    for frame in ImageSequence.Iterator(image):
        if frame.mode.startswith("I;16"):
            yield Image.frombytes("LA", frame.size, frame.tobytes())  # the two halves of each value
        elif frame.mode in ("I", "F"):
            yield Image.frombytes("RGBA", frame.size, frame.tobytes())
        else:
            rgba = frame.convert("RGBA")
            flat = Image.new("RGB", frame.size, "white")
            flat.paste(rgba, mask=rgba.getchannel("A"))
            yield Image.merge("RGBA", (*flat.split(), rgba.getchannel("A")))


def _difference(there: Image.Image, here: Image.Image) -> str:
    """How two frames differ, in words."""
    if there.size != here.size:
        return f"{_size(there)} → {_size(here)} pixels"
    if there.mode != here.mode:
        return "another depth of colour"
    difference: Any = ImageChops.difference(there, here)
    box = difference.getbbox(alpha_only=False)
    if box is None:
        return ""
    strongest, *bands = difference.split()
    for band in bands:
        strongest = ImageChops.lighter(strongest, band)
    total = there.size[0] * there.size[1]
    return f"{total - strongest.histogram()[0]:,} of {total:,} pixels differ, {_where(box, there.size)}"


def _size(image: Image.Image) -> str:
    return f"{image.size[0]:,}×{image.size[1]:,}"


def _where(box: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    """The part of the picture in which the differences lie."""
    left, top, right, bottom = box
    if (right - left) * (bottom - top) > 0.5 * size[0] * size[1]:
        return "all over"
    x, y = (left + right) / 2 / size[0], (top + bottom) / 2 / size[1]
    vertical = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    horizontal = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    return " ".join(part for part in (vertical, horizontal) if part) or "in the middle"
