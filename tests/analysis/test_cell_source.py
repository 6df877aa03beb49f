"""What runs of a cell, under the magics above it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.analysis.cell_source import (
    SKIP,
    VOLATILE,
    Exemption,
    body_of,
    exemption_of,
    python_of,
    without_exemption,
)


@pytest.mark.parametrize(
    ("cell", "exemption"),
    [
        ("%%prov volatile\nx", Exemption(VOLATILE)),
        ("%%prov volatile it is  a clock \nx", Exemption(VOLATILE, "it is  a clock")),
        ("\n \n  %%prov \t skip\n  x", Exemption(SKIP)),
        ("%%time\n%%prov skip\nx", Exemption(SKIP)),
        ("%%prov volatile\n%%bash\ndate", Exemption(VOLATILE)),
        ("%%prov volatile\r\nx", Exemption(VOLATILE)),
        ("%%prov skip", Exemption(SKIP)),
        ("%%prov volatiles\nx", None),
        ("%%prov\nx", None),
        ("# %%prov skip\nx", None),
        ("x\n%%prov skip", None),
        ("%%bash\n%%prov skip", None),
        ("%%provskip\nx", None),
    ],
)
def test_what_a_cell_asks_of_a_check_stands_at_its_top(cell: str, exemption: Exemption | None) -> None:
    assert exemption_of(cell) == exemption


@pytest.mark.parametrize(
    "first", ["%%prov skip", "%%prov volatile why", "\n%%prov skip\n", "%%time\n%%prov skip", "%%prov skip\n%%time"]
)
def test_lines_stay_where_they_were(first: str) -> None:
    cell = f"{first}\nx = 1\ny = 2"
    lines = python_of(cell).splitlines()
    assert lines[-2:] == ["x = 1", "y = 2"]
    assert len(lines) == len(cell.splitlines())
    assert all(line == "#" for line in lines[:-2])


@given(st.text(alphabet="%prov skiltme\n\r#x", max_size=60))
def test_no_cell_is_too_strange(cell: str) -> None:
    body = body_of(cell)
    assert cell.endswith(body.text)
    assert 0 <= body.comments <= body.above == cell.count("\n", 0, len(cell) - len(body.text))
    text = "".join(without_exemption(cell.splitlines(keepends=True)))
    assert text == cell or exemption_of(cell) is not None
