"""Outputs made to hang or crash a comparer: each gets a verdict, by work that grows with their size and not faster."""

from __future__ import annotations

import base64
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL
from tests.check.outputs import TIMED, bundle, compared, error, png, shown, stream
from tests.check.work import linear_work

MB = 1_000_000


def judged(one: Any, other: Any, context: Context = TIMED) -> str:
    """The verdict on two outputs, reached by linear work."""
    with linear_work(one, other, context.source):
        return compared(one, other, context).verdict


TEXTS: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * n,
    "digits and dots": lambda n: "1." * (n // 2),
    "loops": lambda n: "1 s ± 2 ms per loop\n" * (n // 20),
    "number before a loop": lambda n: "1 s " * (n // 4) + "per loop",
    "numbers with units": lambda n: "1 s " * (n // 4),
    "units without end": lambda n: "12 ns ± " * (n // 8),
    "addresses": lambda n: "<A at 0x7f00deadbeef>" * (n // 21),
    "angles": lambda n: "<" * n + " at 0x7f00deadbeef",
    "addresses on one line": lambda n: " at 0x7f00deadbeef" * (n // 18),
    "escapes": lambda n: "\x1b[" * (n // 2),
    "titles": lambda n: "\x1b]" * (n // 2),
    "carriage returns": lambda n: "x" * (n // 2) + "\rab" * (n // 6),
    "backspaces": lambda n: "a\b" * (n // 2),
    "slashes": lambda n: "/" * n,
    "kernel paths": lambda n: "/ipykernel_1" * (n // 12),
    "folders": lambda n: "=/a/lib/python" * (n // 14),
    "clocks": lambda n: "[00:00<" * (n // 7),
    "spaces": lambda n: " " * n,
    "lines": lambda n: "\n" * n,
    "line": lambda n: "a" * n,
    "words": lambda n: "word 10:20\n" * (n // 11),
    "arrows": lambda n: "-" * n,
}


@pytest.mark.parametrize("name", TEXTS)
def test_five_megabytes_of_text_take_linear_work(name: str) -> None:
    text = TEXTS[name](5 * MB)
    assert judged(text, text) == IDENTICAL
    assert judged(text + "\n1 end", text + "\n2 end") == DIFFERS


@pytest.mark.parametrize("name", ["slashes", "kernel paths", "folders", "digits", "arrows", "lines", "titles"])
def test_a_megabyte_of_traceback_takes_linear_work(name: str) -> None:
    text = TEXTS[name](MB)
    assert judged(error("E", "e", text + " 1"), error("E", "e", text + " 2")) == DIFFERS


@pytest.mark.parametrize("source", [
    "\n" * MB + "x = " * 1000, " " * MB, "# " * (MB // 2) + "'", "#" * MB + "'", "#'" * (MB // 2),
    "uv" + " " * MB, "x\n= " * (MB // 4), "%time " * (MB // 6), "\n#" * (MB // 2),
], ids=["lines", "spaces", "comments", "signs", "quotes", "uv", "names", "magics", "lines of comments"])  # fmt: skip
def test_a_hostile_source_takes_linear_work(source: str) -> None:
    assert judged("1", "2", Context(source)) == DIFFERS
    assert judged("1", "2", Context("print(1)", earlier=(source,))) == DIFFERS


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
def test_deeply_nested_json_takes_linear_work(depth: int) -> None:
    def nested(leaf: int) -> Any:
        value: Any = leaf
        for _ in range(depth):
            value = [{"a": value}]
        return value

    assert judged(bundle({"application/json": nested(1)}), bundle({"application/json": nested(1)})) == IDENTICAL
    assert judged(bundle({"application/json": nested(1)}), bundle({"application/json": nested(2)})) == DIFFERS
    assert judged(bundle({"application/json": nested(1)}), bundle({"application/json": 1})) == DIFFERS


def test_nested_json_in_text_takes_linear_work() -> None:
    one, other = ("[" * 100_000 + str(n) for n in (1, 2))
    assert judged(bundle({"application/json": one}), bundle({"application/json": other})) == DIFFERS


def test_wide_json_takes_linear_work() -> None:
    there = {str(n): n for n in range(200_000)}
    assert judged(bundle({"application/json": there}), bundle({"application/json": {**there, "9": 0}})) == DIFFERS


@pytest.mark.parametrize("part", ["<div>", "<b", "<!--", "<p x='", "</p>", "<", "&amp;", "<table><tr><td>"])
def test_hostile_html_takes_linear_work(part: str) -> None:
    markup = part * (200_000 // len(part))
    assert judged(shown(text_html=markup + "1"), shown(text_html=markup + "2")) in (DIFFERS, EQUIVALENT)
    assert judged(shown(text_html="x" + markup), shown(text_html="y" + markup)) == DIFFERS


@pytest.mark.parametrize("data", ["", "!!!!", "a", "AAAA", "iVBORw0KGgo=", "é", base64.b64encode(b"GIF89a").decode()])
def test_a_broken_image_differs_from_a_whole_one_and_not_from_itself(data: str) -> None:
    whole = png(Image.new("L", (3, 3)))
    assert judged(bundle({"image/png": data}), bundle({"image/png": data})) == IDENTICAL
    assert compared(bundle({"image/png": data}), bundle({"image/png": whole})).summary == (
        "the recorded image cannot be decoded"
    )


def test_an_image_that_claims_to_be_enormous_is_not_decoded() -> None:
    def claiming(side: int, rest: bytes) -> str:
        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        content = (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rest)) + chunk(b"IEND", b"")
        )
        return base64.b64encode(content).decode()

    for side in (6_000, 12_000, 100_000, 2**31 - 1):
        there, here = (bundle({"image/png": claiming(side, rest)}) for rest in (b"\0" * 64, b"\1" * 64))
        assert judged(there, there) == IDENTICAL
        assert judged(there, here) == DIFFERS
        assert "too large to be compared by its pixels" in compared(there, here).summary


def test_a_cut_or_altered_image_takes_linear_work() -> None:
    content = base64.b64decode(png(Image.radial_gradient("L")))
    for at in range(0, len(content), max(1, len(content) // 60)):
        for damaged in (content[:at], content[:at] + b"\xff" + content[at + 1 :], content[:at] * 2):
            there, here = (bundle({"image/png": base64.b64encode(c).decode()}) for c in (content, damaged))
            assert judged(there, here) in (DIFFERS, EQUIVALENT, IDENTICAL)


@pytest.mark.parametrize("kind", ["EPS", "PPM", "TIFF"])
def test_a_picture_of_another_kind_than_notebooks_show_is_not_decoded(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, kind)
    there, here = (bundle({"image/png": base64.b64encode(file.getvalue() + end).decode()}) for end in (b"1", b"2"))
    assert compared(there, here).summary.count("cannot be decoded") == 2


def test_ten_thousand_outputs_take_linear_work() -> None:
    there = [shown(text_plain=str(n)) for n in range(10_000)]
    with linear_work(there, there[1:]):
        assert len(compare_cell(there, there[1:], Context())) == 10_000


def test_lone_surrogates_are_judged() -> None:
    assert judged(stream("\ud800 1"), stream("\ud800 1")) == IDENTICAL
    assert judged(stream("\ud800 1"), stream("\ud801 1")) == DIFFERS
    assert judged(shown(text_html="\ud800 1"), shown(text_html="\ud800 2")) == DIFFERS


def gif(frames: int, last: int) -> str:
    images = [Image.new("L", (8, 8), n % 250) for n in range(frames - 1)] + [Image.new("L", (8, 8), last)]
    file = io.BytesIO()
    images[0].save(file, "GIF", save_all=True, append_images=images[1:])
    return base64.b64encode(file.getvalue()).decode()


def test_a_gif_of_thousands_of_frames_takes_linear_work() -> None:
    for frames in (1_500, 4_000):
        there, here = (bundle({"image/gif": gif(frames, last)}) for last in (251, 255))
        assert judged(there, here) == DIFFERS


@pytest.mark.parametrize(
    "part",
    ['<p id="T_1a2b{}">', "<iframe srcdoc='", "<td colspan=999999999 rowspan=999999>x", '<script>[{{"a":', "<svg><g>"],
)
def test_hostile_tables_ids_and_scripts_take_linear_work(part: str) -> None:
    rows = "".join(part.format(n % 10) for n in range(100_000 // len(part)))
    for markup in (rows, f"<table><tr>{rows}"):
        assert judged(shown(text_html=markup + "1"), shown(text_html=markup + "2")) in (DIFFERS, EQUIVALENT)
        assert judged(bundle({"image/svg+xml": markup + "1"}), bundle({"image/svg+xml": markup + "2"})) == DIFFERS


def test_scripts_and_models_full_of_brackets_and_names_take_linear_work() -> None:
    for part in ('[{"', "([[", "_" + "0" * 32, '{"a":[', "x = {"):
        code = part * (MB // len(part))
        one, other = (bundle({"application/javascript": code + end}) for end in ("1", "2"))
        assert judged(one, other) == DIFFERS
    names = [f"{n:032x}" for n in range(5_000)]
    chain = {name: {"ref": after} for name, after in zip(names, [*names[1:], "end"], strict=True)}
    model = "application/vnd.x+json"
    assert judged(bundle({model: {**chain, "n": 1}}), bundle({model: {**chain, "n": 2}})) == DIFFERS


def test_a_document_that_is_no_pdf_takes_linear_work() -> None:
    for data in ("", "!", "JVBERi0=", "JVBERi0xLjcK" * 1000):
        assert judged(bundle({"application/pdf": data}), bundle({"application/pdf": data + "AAAA"})) == DIFFERS


def _spans(text: str) -> str:
    row = f"<td colspan=500 rowspan=500>{text}</td>" * 1000
    return f"<table><tr>{row}</tr>{'<tr></tr>' * 500}</table>"


def _attributes(text: str) -> str:
    return "<a " + " ".join(f"a{i}={text}" for i in range(200_000)) + ">"


@pytest.mark.parametrize("made", [_spans, _attributes])
def test_what_a_page_makes_large_without_being_so_is_bounded(made: Callable[[str], str]) -> None:
    one, other = (bundle({"text/html": made(text)}) for text in "ab")
    assert judged(one, other) == DIFFERS


def test_millions_of_packed_numbers_stay_packed() -> None:
    def packed(byte: bytes) -> Any:
        values = {"dtype": "i1", "bdata": base64.b64encode(byte * 20 * MB).decode()}
        return bundle({"application/vnd.plotly.v1+json": {"data": [{"y": values}], "layout": {}}})

    tracemalloc.start()
    assert judged(packed(b"a"), packed(b"b")) == DIFFERS
    assert judged(packed(b"a"), packed(b"a")) == IDENTICAL
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 600 * MB
