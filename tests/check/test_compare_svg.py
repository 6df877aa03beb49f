"""SVG: what is drawn counts, what things are called and when they were drawn does not."""

from __future__ import annotations

import pytest

from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL, OutputComparison
from tests.check.outputs import bundle, compared

DRAWING = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt">
 <metadata><date>2024-01-02</date></metadata>
 <defs><path id="m1" d="M 0 3.5 L 1.25 2"/><path id="m2" d="M 9 9"/><clipPath id="p9"><rect x="1.5"/></clipPath></defs>
 <g clip-path="url(#p9)"><use xlink:href="#m1" y="150.123456" style="fill: #1f77b4"/><use xlink:href="#m2"/></g>
 <text>acc 0.81</text></svg>"""


def as_svg(one: str, other: str) -> OutputComparison:
    return compared(bundle({"image/svg+xml": one}), bundle({"image/svg+xml": other}))


@pytest.mark.parametrize(
    ("old", "new", "noise"),
    [
        ("2024-01-02", "2025-03-04", "image-metadata"),
        ("p9", "pabc12", "random-id"),
        ("150.123456", "150.123457", "number"),
        ("\n <g", "\n\n   <g", "layout"),
        (' width="9pt"', '\n width="9pt"', "layout"),
        ("<defs>", "<!-- made at 10:20 --><defs>", "layout"),
    ],
)
def test_noise_is_named_and_means_nothing(old: str, new: str, noise: str) -> None:
    found = as_svg(DRAWING, DRAWING.replace(old, new))
    assert (found.verdict, found.noise) == (EQUIVALENT, [noise])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.5", "3.6"),
        ("150.123456", "150.223456"),
        ("#1f77b4", "#2f77b4"),
        ('href="#m1"', 'href="#m2"'),
        ("0.81", "0.79"),
        ("M 0 3.5 L 1.25 2", "M 0 3.5"),
        ('<use xlink:href="#m2"/>', ""),
        ("<text>", "<text x='1'>"),
        ("9pt", "8pt"),
    ],
)
def test_a_changed_drawing_differs(old: str, new: str) -> None:
    assert as_svg(DRAWING, DRAWING.replace(old, new)).verdict == DIFFERS
    assert as_svg(DRAWING.replace(old, new), DRAWING).verdict == DIFFERS


def test_broken_svg_is_compared_as_text() -> None:
    assert as_svg("<svg><g>", "<svg><g>").verdict == IDENTICAL
    assert as_svg("<svg><g>1", "<svg><g>2").verdict == DIFFERS


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
    )
    assert as_svg(f"{bomb}]><svg>&m;1</svg>", f"{bomb}]><svg>&m;2</svg>").verdict == DIFFERS
