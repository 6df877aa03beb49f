"""Decoding pictures safely: broken ones and those that claim to be enormous are told, not decoded."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageSequence

MOST_PIXELS = 20_000_000
"""Of all frames together; what is larger is compared byte by byte, because it would need gigabytes."""
_MOST_FRAMES = 2_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""Other formats are not decoded: Pillow runs a program of the system for some of them."""
_PNG = "iVBORw0KGgo"
_SAID = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME"})
"""Parts of a PNG that are text about it."""
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
class Picture:
    """A decoded picture, or why it could not be decoded."""

    frames: list[Image.Image] = field(default_factory=list)
    software: str = ""
    """What drew it, as it says itself; matplotlib writes its version here."""
    is_lossy: bool = False
    problem: str = ""


def is_written_alike(one: str, other: str) -> bool:
    """Whether two PNGs in base64 differ in nothing but what they say about themselves: then none need be decoded."""
    if not (one.startswith(_PNG) and other.startswith(_PNG)):
        return False
    try:
        there, here = (list(_chunks(base64.b64decode(data))) for data in (one, other))
    except (binascii.Error, ValueError):
        return False
    return there == here and bool(there) and there[-1][4:8] == b"IEND"


def _chunks(content: bytes) -> Iterator[bytes]:
    """The parts of a PNG (specification, section 5.3) that bear on what is seen."""
    at = 8
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] not in _SAID:
            yield content[at:end]
        at = end


def decoded(data: str) -> Picture:
    """A picture in base64."""
    picture = Picture()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(base64.b64decode(data)), formats=_FORMATS) as image:
                _read(image, picture)
    except Image.DecompressionBombError:
        picture.problem = "is too large to be compared by its pixels"
    except _BROKEN:
        picture.problem = "cannot be decoded"
    return picture


def _read(image: Image.Image, picture: Picture) -> None:
    pixels = image.size[0] * image.size[1]
    if pixels > MOST_PIXELS:
        picture.problem = f"of {size(image)} pixels is too large to be compared by its pixels"
        return
    frames = getattr(image, "n_frames", 1)
    if frames > _MOST_FRAMES or pixels * frames > MOST_PIXELS:
        picture.problem = f"of {frames:,} frames is too large to be compared by its pixels"
        return
    picture.software = str(image.info.get("Software", ""))
    picture.is_lossy = image.format in ("JPEG", "WEBP")
    picture.frames = list(_frames(image))


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """Every frame in bands of eight bits: as it looks on white, with its transparency kept beside."""
    several = getattr(image, "is_animated", False)
    for frame in ImageSequence.Iterator(image):
        if frame.mode.startswith("I;16"):
            yield Image.frombytes("LA", frame.size, frame.tobytes())  # the two halves of each value
        elif frame.mode in ("I", "F"):
            yield Image.frombytes("CMYK", frame.size, frame.tobytes())  # the four quarters of each value
        else:
            yield _on_white(frame.convert("RGBA") if several or frame.mode != "RGBA" else frame)


def _on_white(rgba: Image.Image) -> Image.Image:
    alpha = rgba.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return rgba
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=alpha)
    flat.putalpha(alpha)
    return flat


def size(image: Image.Image) -> str:
    """`640×480`."""
    return f"{image.size[0]:,}×{image.size[1]:,}"
