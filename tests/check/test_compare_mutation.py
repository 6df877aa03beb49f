"""Each rule is broken once, and the tests of the comparers have to notice it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prov.check.compare.rule_catalog import table

COMPARE = "jupyter_prov.check.compare"
ROOT = Path(__file__).parents[2]
_NOTICED = 1
"""pytest's exit code when tests have failed."""
AS_IT_IS = "lambda text, *rest: text"
NEVER, NOTHING = "lambda *all, **more: False", "lambda *all, **more: None"


def masked(name: str) -> str:
    """A break of a mask of text, by the name of its noise or its own: it leaves all text as it is."""
    return f"""
from {COMPARE} import error, masks, text
names = ("MARKUP", "TEXT", "MESSAGE", "TRACEBACK")
for module in (masks, text, error):
    for name in names:
        if hasattr(module, name):
            pairs = getattr(module, name)
            kept = tuple((n, ({AS_IT_IS}) if {name!r} in (n, mask.__name__) else mask) for n, mask in pairs)
            setattr(module, name, kept)
text.compare.__defaults__ = (masks.TEXT,)
"""


def broken(*places: str, by: str) -> str:
    """A break that puts something else in the place of functions, `module.name` each."""
    lines = (
        f"import {COMPARE}.{place.rpartition('.')[0]} as m; m.{place.rpartition('.')[2]} = {by}" for place in places
    )
    return "\n".join(lines)


BREAKS = {
    ("terminal", "text"): (masked("terminal"), "text"),
    ("layout", "text"): (masked("layout"), "text"),
    ("layout", "error"): (masked("prompt"), "rules"),
    ("traceback", "error"): (broken("error._own_lines", by="lambda *all: []"), "bundle"),
    ("stage-path", "text"): (masked("stage-path"), "text"),
    ("cell-file", "text"): (masked("cell-file"), "text"),
    ("library-path", "text"): (masked("library-path"), "text"),
    ("temporary-path", "text"): (masked("temporary-path"), "rules"),
    ("home", "text"): (masked("home"), "rules"),
    ("memory-address", "text"): (masked("memory-address"), "text"),
    ("timing", "text"): (masked("timing"), "text"),
    ("progress", "text"): (masked("progress"), "text"),
    ("installer", "stream"): (broken("installer_output.without_reports", by=NOTHING), "installer"),
    ("number", "text"): (broken("residual_text.compare_numbers_in_text", by=NOTHING), "rules"),
    ("order-of-set", "text"): (broken("residual_text.same_sets", by=NEVER), "order"),
    ("line-order", "stream"): (broken("residual_text._another_order", by=NOTHING), "order"),
    ("layout", "html"): (broken("html._without_preamble", by=AS_IT_IS), "html"),
    ("random-id", "html"): (broken("html.named", by=AS_IT_IS), "html"),
    ("image-metadata", "image"): (broken("svg._without_metadata", by=AS_IT_IS), "svg"),
    ("anti-aliasing", "image"): (broken("pixel_differences.is_rounding", by=NEVER), "image"),
    ("image-size", "image"): (broken("image._MOST_RESIZED", by="0"), "image"),
    ("number", "json"): (broken("json_structure.same_number", by="lambda a, b, rtol: a == b"), "json"),
    ("widget-defaults", "widget"): (broken("widget._is_default", by=NEVER), "widget"),
    ("representation", "bundle"): (broken("bundle.rank", by="lambda mime: (0, '')"), "bundle"),
}
"""For each rule of the table code that breaks it, and the test file whose tests notice that first."""
MORE = {
    "line ends": (broken("terminal_text.line_ends", by=AS_IT_IS) + masked("line_ends"), "text"),
    "the names of JSON": (broken("random_ids.canonical", by=AS_IT_IS), "json"),
    "the names of scripts": (broken("random_ids.in_code", by="lambda source: set()"), "html"),
    "the names of SVG": (broken("svg._named", by=AS_IT_IS), "svg"),
    "coordinates of SVG": (broken("svg._is_drawn_alike", by=NEVER), "svg"),
    "packed arrays": (broken("json_structure.unpacked", by=AS_IT_IS), "json"),
    "figures of another version": (
        broken("pixel_differences.is_redrawn", by="lambda a, b: (False, a.convert('L'))"),
        "image",
    ),
    "colours of figures": (broken("pixel_differences._same_colours", by="lambda *all: True"), "image"),
    "nothing but one place changed": (broken("image._is_local", by=NEVER), "image"),
    "syntax errors": (masked("cell_in_message"), "noise"),
    "a version is no number": (broken("number._MOST_OF_A_VERSION", by="0"), "number"),
    "seconds of a clock": (broken("number._SECONDS", by="(0, 0)"), "number"),
    "a set that is none": (broken("set_order._is_one", by="lambda opened: True"), "order"),
    "what may stand before a set": (broken("set_order._stands_for_one", by="lambda before: True"), "order"),
    "an address that is none": (broken("masks._in_repr", by="lambda *all: True"), "text"),
    "bundles of other types": (broken("bundle.RICHNESS", by="()"), "bundle"),
    "versions that installers leave": (broken("installer_output._agree", by="lambda *all: True"), "installer"),
    "names of rows and columns": (broken("html_tables.difference", by="lambda *all: ''"), "html"),
}
"""Decisions that have no row of their own in the table."""


def survives(code: str, tests: str) -> bool:
    """Whether the tests pass although this code has broken a rule before them."""
    start = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{code}\nimport pytest\n"
    options = ["-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", f"tests/check/test_compare_{tests}.py"]
    command = [sys.executable, "-c", f"{start}sys.exit(pytest.main({options!r}))"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"COLUMNS": "100"}, capture_output=True, text=True)
    assert done.returncode in (0, _NOTICED), done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode == 0


def test_every_rule_of_the_table_has_its_break() -> None:
    assert set(BREAKS) == {(rule.name, rule.kind) for rule in table.all_rules()}


@pytest.mark.mutation
@pytest.mark.parametrize("rule", BREAKS, ids="-".join)
def test_a_broken_rule_is_noticed(rule: tuple[str, str]) -> None:
    assert not survives(*BREAKS[rule])


@pytest.mark.mutation
@pytest.mark.parametrize("decision", MORE)
def test_a_broken_decision_is_noticed(decision: str) -> None:
    assert not survives(*MORE[decision])


@pytest.mark.mutation
def test_a_break_of_nothing_is_not_noticed() -> None:
    """What all the others rest on: the tests pass where nothing is broken."""
    assert survives(masked("no such mask"), "rules")
