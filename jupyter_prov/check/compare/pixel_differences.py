"""How two pictures differ in their pixels, in ways that are seen and ways that are not.

The same renderer draws the same data alike but for rounding: each pixel must be found, but for a few levels, in
the other picture within one pixel, and nothing may have moved. Another version of a renderer sets letters and lines
elsewhere by a pixel or two: there, what cannot be found within two pixels must not be dense anywhere. The limits were
measured on figures of matplotlib 3.9 against 3.11 (densest box: 15 for the same data, 24 and more for changed ones).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image, ImageChops

_ROUNDED = 2
_ROUNDED_LOSSY = 4
"""Levels of 255 by which a pixel may differ."""
_SMOOTHED = 48
"""Levels by which another smoothing of an edge may change a pixel where nothing has moved."""
_DENSE = 19
"""Mean level, over eight by eight pixels, of what is not found near its place."""
_BOX = 8
_NOTABLE = 24
_MOST_COLOURS = 4096
"""A picture with more is a photograph, in which no colour stands for anything."""
_LEAST_AREA = 60
_STRIP = 1_000_000
_Operation = Callable[[Image.Image, Image.Image], Image.Image]


def strongest(difference: Image.Image) -> Image.Image:
    """The largest difference of each pixel in any of its bands."""
    first, *bands = difference.split()
    for band in bands:
        first = ImageChops.lighter(first, band)
    return first


def is_rounding(one: Image.Image, other: Image.Image, difference: Image.Image, is_lossy: bool) -> bool:
    """Whether pictures of the same renderer differ by no more than rounding and the smoothing of edges."""
    levels = strongest(difference)
    limit = _ROUNDED_LOSSY if is_lossy else _ROUNDED
    most = _most(levels)
    if most <= limit:
        return True
    if most > _SMOOTHED:
        return False
    box = levels.getbbox()
    near = _grown(box, 1, one.size) if box else (0, 0, *one.size)
    return all(_most(strip) <= limit for strip in _strips(one.crop(near), other.crop(near), 1))


def is_redrawn(one: Image.Image, other: Image.Image) -> tuple[bool, Image.Image]:
    """Whether two versions of a renderer may have drawn the same; and what is not found near its place."""
    left = Image.new("L", one.size)
    top = 0
    for strip in _strips(one, other, 2):
        left.paste(strip, (0, top))
        top += strip.size[1]
    notable = left.point([0 if level <= _NOTABLE else 255 for level in range(256)])
    return _most(left.reduce(_BOX)) <= _DENSE and _same_colours(one, other), notable


def aligned(one: Image.Image, other: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Two pictures of nearly the same size cut to the same, at the edges where they then fit best."""
    width, height = (min(one.size[axis], other.size[axis]) for axis in (0, 1))
    wide, high = (abs(one.size[axis] - other.size[axis]) for axis in (0, 1))
    places = [(x, y) for x in range(wide + 1) for y in range(high + 1)]

    def cut(image: Image.Image, x: int, y: int) -> Image.Image:
        left, top = x if image.size[0] > width else 0, y if image.size[1] > height else 0
        return image.crop((left, top, left + width, top + height))

    def misfit(place: tuple[int, int]) -> int:
        grey = (cut(image, *place).convert("L") for image in (one, other))
        return -ImageChops.difference(*grey).histogram()[0]

    best = min(places, key=misfit)
    return cut(one, *best), cut(other, *best)


def _strips(one: Image.Image, other: Image.Image, radius: int) -> Iterator[Image.Image]:
    """What of each is not found in the other within a radius, in strips that need little memory."""
    width, height = one.size
    rows = max(16, _STRIP // max(1, width))
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        first, last = max(0, top - radius), min(height, bottom + radius)
        here, there = (image.crop((0, first, width, last)) for image in (one, other))
        missing = ImageChops.lighter(_missing(here, there, radius), _missing(there, here, radius))
        yield strongest(missing).crop((0, top - first, width, bottom - first))


def _missing(one: Image.Image, other: Image.Image, radius: int) -> Image.Image:
    """By how much each pixel lies outside of what the other picture holds near its place."""
    above = ImageChops.subtract(one, _spread(other, ImageChops.lighter, radius))
    return ImageChops.lighter(above, ImageChops.subtract(_spread(other, ImageChops.darker, radius), one))


def _spread(image: Image.Image, operation: _Operation, radius: int) -> Image.Image:
    """The largest or smallest value within a radius of each pixel."""
    for step in ((1, 0), (0, 1)) * radius:
        backwards = (-step[0], -step[1])
        image = operation(operation(image, _shifted(image, step)), _shifted(image, backwards))
    return image


def _shifted(image: Image.Image, step: tuple[int, int]) -> Image.Image:
    """A picture moved by one pixel; what comes in at the edge is what stood there."""
    copy = image.copy()
    copy.paste(image, step)
    return copy


def _same_colours(one: Image.Image, other: Image.Image) -> bool:
    """Whether each colour that covers an area in one picture covers at least half as much in the other."""
    there, here = one.getcolors(_MOST_COLOURS), other.getcolors(_MOST_COLOURS)
    if there is None or here is None:
        return True
    least = max(_LEAST_AREA, one.size[0] * one.size[1] // 1000)
    return all(
        2 * sum(n for n, c in others if _is_near(c, colour)) >= area
        for colours, others in ((there, here), (here, there))
        for area, colour in colours
        if area >= least
    )


def _is_near(one: object, other: object) -> bool:
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    return all(abs(a - b) <= _ROUNDED for a, b in zip(one, other, strict=True))


def _most(levels: Image.Image) -> int:
    extrema = levels.getextrema()
    return int(extrema[1])  # type: ignore[arg-type]


def _grown(box: tuple[int, int, int, int], by: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    return max(0, box[0] - by), max(0, box[1] - by), min(size[0], box[2] + by), min(size[1], box[3] + by)
