"""Images: pixels count, metadata and the way they are packed do not."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jupyter_prov.check.compare.image_decoding import is_written_alike
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
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


def figure(value: float, title: str = "Score", software: str = "v1") -> Any:
    """A figure as matplotlib draws it."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from matplotlib import pyplot

    axes = pyplot.figure().gca()
    axes.plot([1, 4, value])
    axes.set_title(title)
    file = io.BytesIO()
    pyplot.savefig(file, bbox_inches="tight", metadata={"Software": software})
    pyplot.close("all")
    return Image.open(file).convert("RGB")


def relabelled(image: Image.Image) -> Image.Image:
    """The figure with its labels set aside by a pixel, as another version of the renderer may."""
    width, height = image.size
    other = image.copy()
    other.paste(image.crop((0, 0, width, 22)), (1, 0))
    other.paste(image.crop((0, height - 25, width, height - 4)), (-1, height - 25))
    other.paste(image.crop((0, 0, 25, height)), (0, 1))
    other.putpixel((width // 2, height - 60), (150, 150, 150))
    return other


def test_a_figure_of_another_version_may_be_set_elsewhere_by_a_pixel() -> None:
    old = figure(9)
    new = relabelled(old)
    found = as_image(old, new.crop((0, 1, *new.size)))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["image-size", "anti-aliasing"])
    found = as_image(png(old, Software="3.9"), png(new, Software="3.11"))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["anti-aliasing"])


def test_nothing_moves_where_one_version_drew_both() -> None:
    old = figure(9)
    assert as_image(png(old, Software="3.9"), png(relabelled(old), Software="3.9")).verdict == DIFFERS


@pytest.mark.parametrize(("value", "title"), [(8.5, "Score"), (9, "Store"), (9, "Score 2")])
def test_another_curve_or_label_differs_whatever_drew_it(value: float, title: str) -> None:
    old, new = figure(9), figure(value, title)
    assert as_image(old, new).verdict == DIFFERS
    assert as_image(png(old, Software="3.9"), png(new, Software="3.11")).verdict == DIFFERS


def test_another_colour_of_a_line_differs_whatever_drew_it() -> None:
    old = figure(9)
    new = old.copy()
    for place in ((x, y) for x in range(old.size[0]) for y in range(old.size[1])):
        if old.getpixel(place) == (0x1F, 0x77, 0xB4):
            new.putpixel(place, (0x2F, 0x77, 0xB4))
    assert as_image(png(old, Software="3.9"), png(new, Software="3.11")).verdict == DIFFERS


@given(st.integers(-2, 2), st.integers(-2, 2))
def test_rounding_by_two_levels_never_differs(one: int, other: int) -> None:
    old = plot().point(lambda value: 40 + value // 2)
    new = old.copy()
    new.paste(old.crop((3, 3, 40, 30)).point(lambda value: value + one), (3, 3))
    new.paste(old.crop((41, 3, 60, 30)).point(lambda value: value + other), (41, 3))
    assert as_image(old, new).verdict in (EQUIVALENT, IDENTICAL)


def test_what_lies_mostly_in_one_part_is_told_so() -> None:
    new = with_block(with_block(plot(), (45, 1, 59, 10)), (1, 38, 2, 39))
    assert as_image(plot(), new).summary == "127 of 2,400 pixels differ, mostly top right"


def test_only_what_a_png_says_about_itself_is_passed_without_decoding() -> None:
    image = Image.radial_gradient("L")
    one, other = png(image, Date="1"), png(image, Date="2", Author="x")
    assert is_written_alike(one, other)
    assert not is_written_alike(one, png(image.rotate(90), Date="1"))
    assert not is_written_alike(one, one[: len(one) // 8 * 4])
    assert not is_written_alike("iVBORw0KGgo=", "iVBORw0KGgo=" * 2 + "!")
    palette = image.convert("P")
    palette.putpalette([255, 0, 0] * 256)
    shades = image.convert("P")
    assert not is_written_alike(png(palette), png(shades))
