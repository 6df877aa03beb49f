"""Images: pixels count, metadata and the way they are packed do not."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jupyter_prov.check.compare.base import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.outputs import bundle, compared, png


def as_image(one: Any, other: Any, mime: str = "image/png") -> OutputComparison:
    return compared(*(bundle({mime: i if isinstance(i, str) else png(i)}) for i in (one, other)))


def plot(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    image = Image.radial_gradient("L").resize(size)
    return image if mode == "L" else image.convert(mode)


def with_block(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    changed = image.copy()
    changed.paste(image.crop(box).point(lambda value: (value + 100) % 256), box)
    return changed


def saved(frames: list[Image.Image], kind: str, **options: Any) -> str:
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=len(frames) > 1, append_images=frames[1:], **options)
    return base64.b64encode(file.getvalue()).decode()


def test_metadata_and_line_breaks_of_base64_are_noise() -> None:
    found = as_image(png(plot(), Software="matplotlib 3.8"), png(plot(), Software="matplotlib 3.9"))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["image-metadata"])
    data = png(plot())
    assert as_image(data, "\n".join(data[i : i + 76] for i in range(0, len(data), 76)) + "\n").verdict == IDENTICAL


def test_another_compression_is_noise() -> None:
    assert as_image(saved([plot()], "PNG", compress_level=0), saved([plot()], "PNG")).verdict == EQUIVALENT


@pytest.mark.parametrize(
    ("box", "where"),
    [
        ((2, 2, 8, 8), "top left"),
        ((50, 30, 60, 40), "bottom right"),
        ((27, 17, 33, 23), "in the middle"),
        ((0, 0, 60, 40), "all over"),
    ],
)
def test_a_changed_block_is_counted_and_placed(box: tuple[int, int, int, int], where: str) -> None:
    found = as_image(plot(), with_block(plot(), box))
    area = (box[2] - box[0]) * (box[3] - box[1])
    assert (found.verdict, found.summary) == (DIFFERS, f"{area:,} of 2,400 pixels differ, {where}")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_block_differs_in_every_mode(mode: str) -> None:
    there = Image.new(mode, (20, 20), 1 if mode in ("1", "I;16") else None)
    here = there.copy()
    here.paste({"1": 0, "I;16": 2, "LA": (9, 255), "RGB": (0, 0, 9), "RGBA": (0, 0, 0, 9)}.get(mode, 9), (5, 5, 9, 9))
    if mode == "P":
        there.putpalette(range(256)), here.putpalette(range(256))
    assert as_image(there, there.copy()).verdict == IDENTICAL
    assert as_image(there, here).verdict == DIFFERS


def test_a_change_of_the_low_byte_of_sixteen_bits_differs() -> None:
    there, here = Image.new("I;16", (9, 9), 40_000), Image.new("I;16", (9, 9), 40_001)
    assert as_image(there, here).verdict == DIFFERS
    assert as_image(there, Image.new("L", (9, 9), 156)).verdict == DIFFERS


def test_another_size_differs() -> None:
    assert as_image(plot(), plot(size=(63, 40))).summary == "60×40 → 63×40 pixels"
    assert as_image(plot(), plot(size=(60, 37))).summary == "60×40 → 60×37 pixels"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_every_frame_of_a_moving_picture_counts(kind: str) -> None:
    frames = [plot("L"), plot("L").rotate(90), plot("L").rotate(180)]
    there = saved(frames, kind)
    here = saved([frames[0], with_block(frames[1], (5, 5, 25, 25)), frames[2]], kind)
    mime = f"image/{kind.lower()}"
    assert as_image(there, here, mime).verdict == DIFFERS
    assert as_image(there, here, mime).summary.startswith("frame 2: ")
    assert as_image(there, saved(frames[:2], kind), mime).summary == "3 → 2 frames"


def test_a_jpeg_is_decoded() -> None:
    there, here = saved([plot()], "JPEG"), saved([with_block(plot(), (5, 5, 25, 25))], "JPEG")
    assert as_image(there, there, "image/jpeg").verdict == IDENTICAL
    assert as_image(there, here, "image/jpeg").verdict == DIFFERS


@given(st.integers(0, 50), st.integers(0, 30), st.integers(1, 10), st.integers(1, 10))
def test_a_changed_block_always_differs_both_ways(x: int, y: int, width: int, height: int) -> None:
    there = plot()
    here = with_block(there, (x, y, x + width, y + height))
    found = as_image(there, here)
    assert found.verdict == DIFFERS
    assert found.summary.startswith(f"{width * height} of")
    assert as_image(here, there).verdict == DIFFERS
