"""Images by their pixels; metadata means nothing."""

from __future__ import annotations

import base64
import binascii
import io
import warnings

from PIL import Image, ImageChops, UnidentifiedImageError

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, SAME, Comparison, Context

MOST_PIXELS = 100_000_000


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two images in base64."""
    if recorded.strip() == rerun.strip():
        return SAME
    there, here = _decoded(recorded), _decoded(rerun)
    if there is None or here is None:
        broken = " and ".join(name for name, i in (("recorded", there), ("re-run", here)) if i is None)
        return Comparison(DIFFERS, (), f"the {broken} image cannot be decoded")
    if there.size != here.size:
        return Comparison(DIFFERS, (), f"{_size(there)} → {_size(here)} pixels")
    difference = ImageChops.difference(_flattened(there), _flattened(here))
    box = difference.getbbox(alpha_only=False)
    if box is None:
        return Comparison(EQUIVALENT, ("image-metadata",))
    bands = difference.split()
    strongest = bands[0]
    for band in bands[1:]:
        strongest = ImageChops.lighter(strongest, band)
    count = there.size[0] * there.size[1] - strongest.histogram()[0]
    total = there.size[0] * there.size[1]
    return Comparison(DIFFERS, (), f"{count:,} of {total:,} pixels differ, {_where(box, there.size)}")


def _decoded(data: str) -> Image.Image | None:
    """The picture, or None where it is broken or would need more memory than any plot does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(base64.b64decode(data)))
            if image.size[0] * image.size[1] > MOST_PIXELS:
                return None
            image.load()
    except (
        binascii.Error,
        ValueError,
        OSError,
        SyntaxError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ):
        return None
    return image


def _flattened(image: Image.Image) -> Image.Image:
    """The picture as it looks on white, with its transparency kept beside."""
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return Image.merge("RGBA", (*flat.split(), rgba.getchannel("A")))


def _size(image: Image.Image) -> str:
    return f"{image.size[0]}×{image.size[1]}"


def _where(box: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    """The part of the picture in which the differences lie."""
    left, top, right, bottom = box
    if (right - left) * (bottom - top) > 0.5 * size[0] * size[1]:
        return "all over"
    x, y = (left + right) / 2 / size[0], (top + bottom) / 2 / size[1]
    vertical = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    horizontal = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    return " ".join(part for part in (vertical, horizontal) if part) or "in the middle"
