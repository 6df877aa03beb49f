"""Outputs made to take much time or memory: `python -m tests.check.hostile NAME` judges a pair and measures it.

How long each takes, `python -m benchmarks hostile` says.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

from jupyter_prov.check.compare import compare_cell
from tests.check.outputs import TIMED, bundle, png, shown, stream
from tests.check.work import linear_work

MB = 1_000_000
Pair = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def most_memory() -> float:
    """The megabytes that this process took at the most: `getrusage` counts those of the process that started it too."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def texts(piece: str, size: int = 50 * MB, ends: tuple[str, str] = ("\n1 end", "\n2 end")) -> Pair:
    """Streams of so many characters that end differently."""
    text = piece * (size // len(piece))
    return [stream(text + ends[0])], [stream(text + ends[1])]


def spread(size: int = 50 * MB) -> Pair:
    """Streams of which every hundredth line has an address of its own."""
    line, count = "word 10 0.25 of text that is the same\n", size // 4_000
    one, other = ("".join(line * 99 + f"<A at 0x{side}{n:08x}>\n" for n in range(count)) for side in ("7e", "7f"))
    return [stream(one)], [stream(other)]


def nested(depth: int) -> Pair:
    """JSON that is nested so deep."""

    def value(leaf: int) -> Any:
        inner: Any = leaf
        for _ in range(depth):
            inner = [{"a": inner}]
        return inner

    return [bundle({"application/json": value(1)})], [bundle({"application/json": value(2)})]


def markup(part: str, size: int = 2 * MB) -> Pair:
    """HTML of one part again and again."""
    body = part * (size // len(part))
    return [shown(text_html=body + "1")], [shown(text_html=body + "2")]


def table(rows: int = 30_000, columns: int = 10, change: Callable[[int], float] = lambda _: 1e-13) -> Pair:
    """Tables of 300,000 cells of which all differ."""

    def written(sign: int) -> str:
        cells = (f"<td>{n / 7 + 1 + sign * change(n)!r}</td>" for n in range(rows * columns))
        lines = (f"<tr><th>{row}</th>{''.join(next(cells) for _ in range(columns))}</tr>\n" for row in range(rows))
        return f"<table><tbody>{''.join(lines)}</tbody></table>"

    return [shown(text_html=written(0))], [shown(text_html=written(1))]


def images(one: str, other: str, mime: str = "image/png") -> Pair:
    """Two pictures in base64."""
    return [bundle({mime: one})], [bundle({mime: other})]


def claiming(side: int, rest: bytes) -> str:
    """A PNG that claims to have so many pixels at each side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rest)) + chunk(b"IEND", b"")
    return base64.b64encode(content).decode()


def large(changed: bool) -> str:
    """A picture with as many pixels as are decoded, in a file of a few kB."""
    image = Image.new("RGB", (5_000, 3_999), "white")
    if changed:
        image.paste((0, 0, 0), (10, 10, 4_000, 3_000))
    return png(image)


PAIRS: dict[str, Callable[[], Pair]] = {
    "50 MB of lines": lambda: texts("word 10 0.25 /tmp\n"),
    "50 MB in a few lines": lambda: texts("x" * MB + "\n"),
    "50 MB of carriage returns": lambda: texts("loading\r"),
    "50 MB of which every line differs": lambda: (texts("same\n")[0], texts("some\n")[0]),
    "50 MB with addresses in between": spread,
    "50 MB of lone surrogates": lambda: texts("\ud800 1\n", 25 * MB),
    "10,000 lines of carriage returns": lambda: texts("\r" * 200 + "\n", 2 * MB),
    "10,000 bars of progress": lambda: texts(
        "\r".join(f"{n}%|██| {n}/9 [00:01<00:00]" for n in range(50)) + "\n", 5 * MB
    ),
    "two streams in 200,000 chunks": lambda: (
        [stream("x" * 100, ("stdout", "stderr")[n % 2]) for n in range(200_000)],
        [stream("x" * 99, ("stdout", "stderr")[n % 2]) for n in range(200_000)],
    ),
    "sets on every line": lambda: ([stream("{'a', 'b'}\n" * 100_000)], [stream("{'b', 'a'}\n" * 100_000)]),
    "quotes without end": lambda: ([stream('{"\\' * 160_000)], [stream('\\"{' * 160_000)]),
    "deep JSON": lambda: nested(100_000),
    "deep JSON in text": lambda: (
        [bundle({"application/json": "[" * MB})],
        [bundle({"application/json": "[" * MB + "1"})],
    ),
    "deep HTML": lambda: markup("<div>", 200_000),
    "many elements": lambda: markup("<b>a</b>", MB),
    "many attributes": lambda: markup("<p a=1 b=2>", MB),
    "entities": lambda: markup("&amp;&lt;"),
    "a table that differs in the last digits": table,
    "a table that differs in every cell": lambda: table(rows=10_000, change=lambda _: 1),
    "a PNG of 100,000 × 100,000": lambda: images(claiming(100_000, b"\0" * 64), claiming(100_000, b"\1" * 64)),
    "a PNG of 20 megapixels": lambda: images(large(False), large(True)),
    "broken base64": lambda: images("A" * (10 * MB) + "!", "A" * (10 * MB) + "?"),
    "a PNG of nothing": lambda: images("iVBORw0KGgo=" * MB, "iVBORw0KGgo="),
}  # fmt: skip


def main(name: str) -> None:
    """Judge one pair by linear work, and say which verdict it gets and how many MB it took at the most."""
    there, here = PAIRS[name]()
    with linear_work(there, here):
        verdicts = [found.verdict for found in compare_cell(there, here, TIMED)]
        megabytes = most_memory()
    print(json.dumps({"verdict": verdicts[-1], "megabytes": megabytes}))


if __name__ == "__main__":
    main(sys.argv[1])
