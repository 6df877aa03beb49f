"""Images by their pixels; metadata means nothing."""

from __future__ import annotations

from PIL import Image, ImageChops

from jupyter_prov.check.compare import pixel_differences
from jupyter_prov.check.compare.base import SAME, Comparison, Context
from jupyter_prov.check.compare.image_decoding import Picture, decoded, is_written_alike, size
from jupyter_prov.report.model import DIFFERS, EQUIVALENT

_MOST_RESIZED = 2
"""By how many pixels another version of a renderer may crop a figure differently."""
_MOST_REDRAWN = 6_000_000
"""Pixels beyond which another version's drawing is looked at in half its size."""
_LOCAL = 0.25
"""The share of a picture outside of which another version of a renderer would have left traces, too."""
_MOST = 0.6
"""The share of what differs that lies in one part of a picture which is told for all."""
_ROWS, _COLUMNS = ("top", "", "bottom"), ("left", "", "right")


def compare(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare two images in base64."""
    if recorded == rerun or "".join(recorded.split()) == "".join(rerun.split()):
        return SAME
    if is_written_alike(recorded, rerun):
        return Comparison(EQUIVALENT, ("image-metadata",))
    return between(decoded(recorded), decoded(rerun))


def between(there: Picture, here: Picture) -> Comparison:
    """Compare two decoded images, frame by frame."""
    if there.problem or here.problem:
        sides = (("recorded", there), ("re-run", here))
        broken = [f"the {side} image {picture.problem}" for side, picture in sides if picture.problem]
        return Comparison(DIFFERS, (), " and ".join(broken))
    if len(there.frames) != len(here.frames):
        return Comparison(DIFFERS, (), f"{len(there.frames):,} → {len(here.frames):,} frames")
    noise: list[str] = []
    other_renderer = there.software != here.software
    for number, (old, new) in enumerate(zip(there.frames, here.frames, strict=True), 1):
        found = _of_frames(old, new, other_renderer, there.is_lossy and here.is_lossy)
        if found.verdict == DIFFERS:
            told = f"frame {number}: {found.summary}" if len(there.frames) > 1 else found.summary
            return Comparison(DIFFERS, (), told)
        noise += found.noise
    return Comparison(EQUIVALENT, tuple(dict.fromkeys(noise)) or ("image-metadata",))


def _of_frames(there: Image.Image, here: Image.Image, other_renderer: bool, is_lossy: bool) -> Comparison:
    """Compare two frames."""
    if there.mode != here.mode:
        return Comparison(DIFFERS, (), "another depth of colour")
    is_exact = there.mode in ("LA", "CMYK")  # parts of numbers, of which no band is a shade
    resized = max(abs(a - b) for a, b in zip(there.size, here.size, strict=True))
    if resized > (0 if is_exact else _MOST_RESIZED) or (resized and min(*there.size, *here.size) < 20):
        return Comparison(DIFFERS, (), f"{size(there)} → {size(here)} pixels")
    if resized:
        there, here = pixel_differences.aligned(there, here)
    difference = ImageChops.difference(there, here)
    if difference.getbbox(alpha_only=False) is None:
        return Comparison(EQUIVALENT, ("image-size",)) if resized else SAME
    if not is_exact and pixel_differences.is_rounding(there, here, difference, is_lossy):
        return Comparison(EQUIVALENT, ("image-size", "anti-aliasing") if resized else ("anti-aliasing",))
    if is_exact or not (resized or other_renderer) or _is_local(difference):
        return Comparison(DIFFERS, (), _describe_pixels(pixel_differences.strongest(difference)))
    if there.size[0] * there.size[1] > _MOST_REDRAWN:
        there, here = there.reduce(2), here.reduce(2)
    redrawn, notable = pixel_differences.is_redrawn(there, here)
    if redrawn:
        return Comparison(EQUIVALENT, ("image-size", "anti-aliasing") if resized else ("anti-aliasing",))
    return Comparison(
        DIFFERS, (), _describe_pixels(notable if notable.getbbox() else pixel_differences.strongest(difference))
    )


def _is_local(difference: Image.Image) -> bool:
    """Whether all but one part is the same to the pixel; another version of a renderer changes labels all over."""
    left, top, right, bottom = difference.getbbox(alpha_only=False) or (0, 0, 0, 0)
    return (right - left) * (bottom - top) < _LOCAL * difference.size[0] * difference.size[1]


def _describe_pixels(levels: Image.Image) -> str:
    """`412 of 90,000 pixels differ, mostly top right`."""
    total = levels.size[0] * levels.size[1]
    count = total - levels.histogram()[0]
    return f"{count:,} of {total:,} pixels differ, {_where(levels, count)}"


def _where(levels: Image.Image, count: int) -> str:
    """The part of the picture, of three by three, in which what differs lies."""
    width, height = levels.size
    left, top, right, bottom = levels.getbbox() or (0, 0, width, height)
    if right - left <= width / 2 and bottom - top <= height / 2:
        return _named(int((left + right) / 2 / width * 3), int((top + bottom) / 2 / height * 3))
    edges = [[round(side * part / 3) for part in range(4)] for side in (width, height)]
    for row in range(3):
        for column in range(3):
            part = levels.crop((edges[0][column], edges[1][row], edges[0][column + 1], edges[1][row + 1]))
            if part.size[0] * part.size[1] - part.histogram()[0] >= _MOST * count:
                return f"mostly {_named(column, row)}"
    return "all over"


def _named(column: int, row: int) -> str:
    return " ".join(part for part in (_ROWS[min(row, 2)], _COLUMNS[min(column, 2)]) if part) or "in the middle"
