"""Numbers in text: which spellings are one number, and which are not."""

from __future__ import annotations

import math

import pytest

from jupyter_prov.check.compare.number import compare_numbers_in_text, same_number
from tests.check.work import linear_work

ONE_NUMBER = [
    ("0.30000000000000004", "0.3"),
    ("x = 0.30000000000000004 kg", "x = 0.3 kg"),
    ("0.30000000000000004kg, 99.99999999999999%", "0.3kg, 100.0%"),
    ("[0.1, 0.30000000000000004, ..., 1.5]", "[0.1, 0.3, ..., 1.5]"),
    ("1,234.5000000001", "1,234.5"),
    ("999,999.9999999999", "1,000,000.0"),
    ("1.0000000000000002e-05", "1e-05"),
    ("6.02e+23", "6.02e23"),
    ("(0.30000000000000004+0.1j)", "(0.3+0.10000000000000001j)"),
    ("-0.00", "0.00"),
    ("[ 0.3 -0. ]", "[0.3 0. ]"),
    ('{"a":0.30000000000000004}', '{"a":0.3}'),
    ("np.float64(0.30000000000000004)", "np.float64(0.3)"),
]
OTHER = [
    ("0.31", "0.3"),
    ("3", "3.0"),
    ("1.10", "1.1"),
    ("1,234", "1234"),
    ("10:20", "10:90"),
    ("1.2.3", "1.2.4"),
    ("1.2.30000000001", "1.2.3"),
    ("2024-01-02", "2024-01-03"),
    ("0:00:01.0000000001", "0:00:01.0"),
    ("1/3.0000000001", "1/3.0"),
    ("v1.00000000001", "v1.0"),
    ("0.123456789ab1", "0.1234567891ab1"),
    ("1e-400", "1e-500"),
    ("1e400", "1e500"),
    ("1763734658.123", "1763734659.5"),
    ("0.30000000000000004 kg", "0.3 g"),
    ("0.30000000000000004 1", "0.3 2"),
    ("0.3", "-0.3"),
]


@pytest.mark.parametrize(("one", "other"), ONE_NUMBER)
def test_spellings_of_one_number(one: str, other: str) -> None:
    assert compare_numbers_in_text(one, other)
    assert compare_numbers_in_text(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_is_not_one_number(one: str, other: str) -> None:
    assert compare_numbers_in_text(one, other) is None
    assert compare_numbers_in_text(other, one) is None


def test_a_tolerance_that_was_asked_for() -> None:
    assert compare_numbers_in_text("0.81234", "0.81235", 1e-3) == ("0.81234", "0.81235")
    assert compare_numbers_in_text("0.81234", "0.82235", 1e-3) is None
    assert compare_numbers_in_text("10:20", "10:21", 0.5) is None


def test_numbers_as_such() -> None:
    assert same_number(math.nan, math.nan)
    assert same_number(0.1 + 0.2, 0.3)
    assert same_number(math.inf, math.inf)
    for one, other in ((math.inf, -math.inf), (math.inf, 1e308), (1.0, math.nan), (10**18, 10**18 + 1), (10**400, 1.5)):
        assert not same_number(one, other)
        assert not same_number(other, one)


@pytest.mark.parametrize("piece", ["1", "1.", "1,111", "1e", "1.5e-", ".1", "1.5abc", "-", "0.1 ", "1:1.5/"])
def test_hostile_digits_take_linear_work(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    with linear_work(text, text):
        compare_numbers_in_text(text + " 1.5", text + " 1.50000000001")
