"""Rows of long tables that need not be parsed: what is said of a table is what is said of the whole of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_prov.check.compare import html_table_rows
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import EQUIVALENT, OutputComparison
from tests.check.outputs import compared, shown

TABLE = '<table class="dataframe">\n<thead><tr><th></th><th>n</th><th>acc</th></tr></thead>\n<tbody>{}</tbody></table>'
ROW = '<tr style="text-align: right;">\n  <th>{}</th>\n  <td>{}</td>\n  <td>0.5</td>\n</tr>\n'
CHANGES = {
    "same": ("3", "3"),
    "number": ("0.30000000000000004", "0.3"),
    "address": ("&lt;A at 0x7f00deadbeef&gt;", "&lt;A at 0x7f00deadbee0&gt;"),
    "blanks": ("a  b", "a b"),
    "entity": ("a &amp; b", "a &#38; b"),
    "value": ("3", "5"),
    "words": ("a b", "a c"),
    "tag": ("<b>3</b>", "<i>3</i>"),
    "attribute": ('<a href="1">3</a>', '<a href="2">3</a>'),
    "style": ('3</td><td style="color: red">4', '3</td><td style="color: blue">4'),
    "id": ('<i id="T_1a2b3">3</i>', '<i id="T_4c5d6">3</i>'),
    "comment": ("3<!-- 1 -->", "3<!-- 2 -->"),
    "span": ("</td><td rowspan=2>3", "</td><td rowspan=2>4"),
    "no end": ("<td>3", "<td>4"),
    "set wrapped over cells": ("{'a', </td><td>'b'}", "{'b', </td><td>'a'}"),
}


def tables(names: list[str]) -> tuple[str, str]:
    """Two tables with a row for each change."""
    sides = ("".join(ROW.format(n, CHANGES[name][side]) for n, name in enumerate(names)) for side in (0, 1))
    one, other = (TABLE.format(side) for side in sides)
    return one, other


def both(monkeypatch: pytest.MonkeyPatch, one: str, other: str) -> list[OutputComparison]:
    """What is said where everything is parsed, and where rows are left out."""
    found = []
    for longest in (10**9, 0):
        monkeypatch.setattr(html_table_rows, "_LONG", longest)
        monkeypatch.setattr(html_table_rows, "_FIRST", 3)
        monkeypatch.setattr(html_table_rows, "_MOST", 2)
        found.append(compared(shown(text_html=one), shown(text_html=other)))
    return found


def told(found: OutputComparison) -> str:
    """The summary; where tags differ it counts lines of what was parsed."""
    return re.sub(r"^line [\d,]+: ", "", found.summary)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=12), unequal=st.booleans())
def test_rows_that_are_left_out_change_no_verdict(
    monkeypatch: pytest.MonkeyPatch, names: list[str], unequal: bool
) -> None:
    one, other = tables(["same"] * 4 + names)
    other = other.replace("</tbody>", "<tr><td>more</td></tr></tbody>") if unequal else other
    whole, short = both(monkeypatch, one, other)
    assert short.verdict == whole.verdict


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_said_of_one_changed_row_is_the_same(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    whole, short = both(monkeypatch, *tables(["same"] * 9 + [name] + ["same"] * 5))
    assert (short.verdict, short.noise, told(short)) == (whole.verdict, whole.noise, told(whole))


def test_only_rows_that_stand_for_themselves_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_table_rows, "_LONG", 0)
    one, other = tables(["same"] * 100)
    short = html_table_rows.reduced(one, other + " ", Context())
    assert len(short.old) < len(one) / 2
    for before in ("<!--", "<pre>", "<script>", "<textarea>", "<td rowspan=3>"):
        assert html_table_rows.reduced(before + one, before + other, Context()).old == before + one


def test_a_long_table_is_compared_without_being_parsed() -> None:
    one, other = tables(["number", "address"] * 2_000)
    found = compared(shown(text_html=one), shown(text_html=other))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["memory-address", "number"])
    assert html_table_rows.reduced(one, other, Context()).old.count("<td>") < 200
