"""Comparing outputs by their meaning: mixed ones of three sizes, text full of noise, tables, and two pictures."""

from __future__ import annotations

import base64
import io
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from benchmarks.measure import Result, median, paired, seconds, shown
from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT
from tests.check.hostile import PAIRS

RUNS = 5
MB = 1_000_000
TIMED = Context("%%time\nwork()")
NOISY: tuple[Callable[[random.Random], str], ...] = (
    lambda chance: f"<A object at 0x7f{chance.getrandbits(40):010x}> is made",
    lambda chance: f"Wall time: {chance.randint(1, 999)} ms",
    lambda chance: chance.choice(["\x1b[31mred\x1b[0m text", "red text"]),
    lambda chance: f"100%|█████| 90/90 [00:{chance.randint(10, 59)}<00:00, {chance.randint(10, 99)}.5it/s]",
    lambda chance: "\r".join(f"{n}/3 [00:{chance.randint(10, 59)}<00:00, 1.5it/s]" for n in range(3)),
    lambda chance: f"Working ━━━━━━━━━━━━━━━ 100% 0:00:{chance.randint(10, 59)}",
    lambda chance: f"loss 0.{chance.choice(['30000000000000004', '3'])} after epoch 12",
    lambda chance: f"/tmp/ipykernel_{chance.randint(1000, 9999)}/1009501474.py:1: UserWarning",
    lambda chance: f"saved to /tmp/tmp{chance.getrandbits(32):08x}/out.csv",
    lambda chance: f"reading /home/{chance.choice(['ann', 'bob'])}/data/a.csv",
    lambda chance: "done" + " " * chance.randint(0, 9),
    lambda chance: "{" + ", ".join(chance.sample(["'a'", "'b'", "'c'"], 3)) + "}",
)
"""Lines of which each time another has the same meaning."""


def noisy(size: int, seed: int) -> str:
    """About so many characters, with noise of every kind on every line."""
    chance = random.Random(seed)
    return "\n".join(NOISY[n % len(NOISY)](chance) for n in range(size // 36)) + "\n"


def printed(size: int, seed: int) -> str:
    """About so many characters, of which every tenth line has noise."""
    chance = random.Random(seed)
    lines = (NOISY[n // 10 % len(NOISY)](chance) if n % 10 == 0 else f"epoch {n}: loss 0.25" for n in range(size // 23))
    return "\n".join(lines) + "\n"


def table(cells: int, noise: float) -> str:
    """A table of so many cells, ten in a row, as pandas writes it."""
    rows = (
        f"    <tr>\n      <th>{row}</th>\n"
        + "".join(f"      <td>{(row * 10 + n + 1) / 7 + noise}</td>\n" for n in range(10))
        + "    </tr>\n"
        for row in range(cells // 10)
    )
    names = "".join(f"<th>c{n}</th>" for n in range(10))
    return (
        f'<table class="dataframe">\n<thead><tr><th></th>{names}</tr></thead>\n<tbody>\n{"".join(rows)}</tbody></table>'
    )


def drawn(side: int, software: str, lines: int = 100) -> str:
    """A figure with so many lines, as a PNG in base64."""
    image = Image.new("RGBA", (side, side), "white")
    draw, chance = ImageDraw.Draw(image), random.Random(3)
    for _ in range(lines):
        points = [(chance.randrange(side), chance.randrange(side)) for _ in range(6)]
        draw.line(points, fill=(chance.randrange(256), 30, 200), width=3)
    info, file = PngInfo(), io.BytesIO()
    info.add_text("Date", software)
    image.save(file, "PNG", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()


def mixed(size: int, seed: int) -> list[dict[str, Any]]:
    """Outputs of about so many characters: a stream in chunks, text, a table, JSON and pictures, a fifth each."""
    part = size // 5
    text, picture = printed(part, seed), drawn(200, str(seed))
    chunks = [text[at : at + 4_000] for at in range(0, len(text), 4_000)]
    model = {"data": [{"y": [(n + 1) / 7 + seed * 1e-13 for n in range(part // 20)]}]}
    return [
        *({"output_type": "stream", "name": "stdout", "text": chunk} for chunk in chunks),
        _display("text/plain", printed(part, seed + 10)),
        _display("text/html", table(part // 37, seed * 1e-13)),
        _display("application/vnd.plotly.v1+json", json.loads(json.dumps(model))),
        *(_display("image/png", picture) for _ in range(part // len(picture))),
    ]


def _display(mime: str, data: object) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {mime: data}, "metadata": {}}


def _taken(there: list[dict[str, Any]], here: list[dict[str, Any]], differs: bool = False) -> float:
    """Seconds of comparing, the median, beside which the verdict must be right."""
    found = compare_cell(there, here, TIMED)
    assert all(one.verdict == (DIFFERS if differs else EQUIVALENT) for one in found), found
    return median([seconds(lambda: compare_cell(there, here, TIMED)) for _ in range(RUNS)])


def _held(name: str, taken: float, limit: float, beside: str = "", ratio: str = "") -> Result:
    return Result(name, shown(taken), beside, ratio, f"≤ {limit:g} s", taken <= limit)


def comparing() -> Iterator[Result]:
    """Each kind of output with noise in it."""
    yield from _sizes()
    one, other = ([_display("text/plain", noisy(10 * MB, seed))] for seed in (1, 2))
    yield _held("10 MB of text, noise on every line", _taken(one, other), 3)
    one, other = ([_display("text/html", table(300_000, noise))] for noise in (0, 1e-13))
    yield _held("a table of 300,000 cells, all noise", _taken(one, other), 2)
    one, other, changed = ([_display("image/png", drawn(2_000, *how))] for how in (("a",), ("b",), ("b", 99)))
    yield _held("two figures of 4 megapixels, the same", _taken(one, other), 0.3)
    yield _held("two figures of 4 megapixels, a line less", _taken(one, changed, differs=True), 0.3)


def _sizes() -> Iterator[Result]:
    """Mixed outputs of 0.1, 1 and 10 MB: what a MB costs may not grow; beside it, reading both from JSON."""
    first = 0.0
    for size in (MB // 10, MB, 10 * MB):
        one, other = mixed(size, 1), mixed(size, 2)
        _taken(one, other)
        stored = [json.dumps(side) for side in (one, other)]
        ours, reading = paired(
            lambda one=one, other=other: seconds(lambda: compare_cell(one, other, TIMED)),  # type: ignore[misc]
            lambda stored=stored: seconds(lambda: [json.loads(side) for side in stored]),  # type: ignore[misc]
            RUNS,
        )
        taken = median(ours)
        first = first or taken
        grown = taken / first / (size * 10 / MB)
        name, beside = f"mixed outputs of {size / MB:g} MB", f"reading JSON {shown(median(reading))}"
        yield Result(name, shown(taken), beside, f"{grown:.2f}", "≤ 1 s, ≤ 1.5 × a MB", taken <= 1 and grown <= 1.5)


def hostile() -> Iterator[Result]:
    """Outputs that were made to take long, beside 50 MB of plain lines."""
    plain = None
    for name, make in PAIRS.items():
        one, other = make()
        compare_cell(one, other, TIMED)
        taken = median([seconds(lambda one=one, other=other: compare_cell(one, other, TIMED)) for _ in range(3)])  # type: ignore[misc]
        plain = plain or taken  # the first pair is that of plain lines
        ratio = taken / plain
        yield Result(name, shown(taken), f"plain lines {shown(plain)}", f"{ratio:.1f}", "≤ 40 ×", ratio <= 40)
